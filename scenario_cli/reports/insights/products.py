"""Products, categories and the products bought next, in words, tables and charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scenario_cli.model.insights_results import Affinity, Insights, Pair, Sold
from scenario_cli.reports.document.parts import Block, Heading, Paragraph
from scenario_cli.reports.insights.charts.bars import bars
from scenario_cli.reports.insights.figures import count, in_currency, mean, money, share
from scenario_cli.reports.insights.tables import number_table

MOST = 15  # products, and pairs, that people are shown; JSON has all


def product_blocks(sold: Sequence[Sold], insights: Insights) -> Iterator[Block]:
    yield Heading(2, "Products and categories")
    if not sold:
        yield Paragraph("No purchase has a product or a category.")
        return
    yield Paragraph(
        "New: share of its orders that were the first order of the customer. Again: share of its customers "
        "who bought it in two or more orders. LTV: total paid to date by customers whose first order "
        "contained it."
    )
    for kind, title in (("product", "Products"), ("category", "Categories")):
        listed = [part for part in sold if part.kind == kind]
        if listed:
            largest = listed[:MOST]
            note = f"the first {MOST} of {count(len(listed))}, by revenue" if len(listed) > MOST else ""
            yield Heading(3, title, note)
            yield bars(kind, in_currency(f"{title} by revenue,", insights.currency),
                               [(_name(part), part.revenue, money(part.revenue)) for part in largest])  # fmt: skip
            yield _table(kind, largest, sum(part.revenue for part in listed), insights)


def _table(kind: str, sold: Sequence[Sold], total: float, insights: Insights) -> Block:
    least = insights.minimum
    rows = [
        (
            _name(part),
            money(part.revenue),
            share(part.revenue, total),
            count(part.units),
            count(part.customers),
            share(part.first_orders, part.orders, least),
            share(part.again, part.customers, least),
            mean(part.won_revenue, part.won, 0, least),
        )
        for part in sold
    ]
    return number_table(
        (kind, in_currency("revenue", insights.currency), "share", "units", "customers", "new", "again", "LTV"), rows
    )


def _name(part: Sold) -> str:
    return f"{part.name} {part.label}" if part.label and part.label != part.name else part.name


def affinity_blocks(affinity: Affinity, insights: Insights) -> Iterator[Block]:
    yield Heading(2, "Bought after one another")
    if not affinity.pairs:
        yield Paragraph(
            f"No pair of products or categories was bought one after the other by {insights.support} or "
            f"more customers; {count(affinity.candidates)} pairs by fewer."
        )
        return
    yield Paragraph(
        f"{count(len(affinity.pairs))} of {count(affinity.candidates)} pairs have {insights.support} or "
        "more customers who bought the second in a later order than the first. Share: of the buyers of the "
        "first. Lift 2: they buy the second twice as often as all buyers. Days: the median."
    )
    for kind, title in (("product", "Products"), ("category", "Categories")):
        listed = sorted((pair for pair in affinity.pairs if pair.kind == kind), key=_rank)
        if listed:
            note = f"the first {MOST} of {count(len(listed))}, by lift" if len(listed) > MOST else "by lift"
            yield Heading(3, title, note)
            yield _pairs(listed[:MOST], affinity)


def _rank(pair: Pair) -> tuple[float, int, str, str]:
    return -pair.lift, -pair.customers, pair.first, pair.second


def _pairs(pairs: Sequence[Pair], affinity: Affinity) -> Block:
    def name(product: str, kind: str) -> str:
        label = affinity.labels.get(product) if kind == "product" else None
        return f"{product} {label}" if label and label != product else product

    rows = [
        (name(pair.first, pair.kind), name(pair.second, pair.kind), count(pair.customers),
         share(pair.customers, pair.first_buyers), f"{pair.lift:.1f}", count(round(pair.median_days)))
        for pair in pairs
    ]  # fmt: skip
    return number_table(("after", "they buy", "customers", "share", "lift", "days"), rows, texts=2)
