"""RFM in words, tables and charts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from scenario_cli.model.insights_results import Group, Insights, Rfm, Scored, together
from scenario_cli.reports.document.parts import NOTHING, Block, Heading, Paragraph
from scenario_cli.reports.insights.charts.columns import columns
from scenario_cli.reports.insights.charts.heat import heat
from scenario_cli.reports.insights.figures import count, days, in_currency, mean, money, share
from scenario_cli.reports.insights.tables import number_table

_MOST_ORDERS = 10  # customers with more orders are shown together
_MOST_SCORES = 3

_MEASURES = {"recency": "days since the last order", "frequency": "orders", "monetary": "revenue"}


def rfm_blocks(rfm: Rfm, insights: Insights) -> Iterator[Block]:
    yield Heading(2, "RFM", f"{count(rfm.buyers.customers)} buyers")
    if not rfm.buyers.customers:
        yield Paragraph("Nobody has bought yet.")
        return
    yield Paragraph(_scored_by(rfm))
    yield from _grid(rfm)
    yield from _by_value(rfm, insights)
    yield from _segments(rfm, insights)
    yield from _orders(rfm, insights.minimum)


def _scored_by(rfm: Rfm) -> str:
    if rfm.edges is None:
        return "The scores come from the metrics of the project."
    bounds = "; ".join(
        f"{name}: {', '.join(count(edge) for edge in rfm.edges[name])} {measure}" for name, measure in _MEASURES.items()
    )
    return f"Scores from 1 to 4 (best) are the quarters of the buyers. Their limits: {bounds}."


def _grid(rfm: Rfm) -> Iterator[Block]:
    yield Heading(3, "Recency and frequency", "customers")
    recencies = list(dict.fromkeys(score.recency for score in rfm.scores))
    frequencies = _ordered(score.frequency for score in rfm.scores)
    cells = {
        (recency, frequency): together(
            score.group for score in rfm.scores if (score.recency, score.frequency) == (recency, frequency)
        )
        for recency in recencies
        for frequency in frequencies
    }
    names = {recency: f"recency {recency or NOTHING}" for recency in recencies}
    heads = {frequency: f"frequency {frequency or NOTHING}" for frequency in frequencies}
    drawn = {
        (names[recency], heads[frequency]): (float(group.customers), count(group.customers))
        for (recency, frequency), group in cells.items()
    }
    yield heat("rfm", "Customers by recency and frequency", list(names.values()), list(heads.values()), drawn, 40)
    rows = [
        (
            names[recency],
            *(count(cells[recency, frequency].customers) for frequency in frequencies),
            count(sum(cells[recency, frequency].customers for frequency in frequencies)),
        )
        for recency in recencies
    ]
    yield number_table(("", *heads.values(), "all"), rows)


def _by_value(rfm: Rfm, insights: Insights) -> Iterator[Block]:
    yield Heading(3, "Monetary value")
    values = {
        f"monetary {value or NOTHING}": together(score.group for score in rfm.scores if score.monetary == value)
        for value in _ordered(score.monetary for score in rfm.scores)
    }
    yield _groups(values, rfm, insights, "score")


def _segments(rfm: Rfm, insights: Insights) -> Iterator[Block]:
    if not rfm.segments:
        return
    yield Heading(3, "Segments")
    yield _groups({**dict(rfm.segments), "in none of them": rfm.outside}, rfm, insights, "segment")
    outside, buyers = rfm.outside.customers, rfm.buyers.customers
    sentence = f"{count(outside)} of {count(buyers)} buyers ({share(outside, buyers)}) are in none of these segments"
    if not outside:
        sentence = f"None of the {count(buyers)} buyers is outside these segments"
    else:
        sentence += f", so scenarios for a segment never reach them. {_frequent_scores(rfm.outside_scores)}"
    if rfm.several:
        sentence += f"{'' if sentence.endswith('.') else '.'} {count(rfm.several)} are in several and count in each"
    yield Paragraph(sentence if sentence.endswith(".") else f"{sentence}.")


def _frequent_scores(scores: Iterable[Scored]) -> str:
    most = sorted(scores, key=lambda score: -score.group.customers)[:_MOST_SCORES]
    listed = ", ".join(
        f"{count(score.group.customers)} with {score.recency or NOTHING}-{score.frequency or NOTHING}"
        f"-{score.monetary or NOTHING}"
        for score in most
    )
    return f"Their most frequent scores (recency-frequency-monetary): {listed}."


def _groups(groups: Mapping[str, Group], rfm: Rfm, insights: Insights, word: str) -> Block:
    rows = [
        (
            name,
            count(group.customers),
            share(group.customers, rfm.buyers.customers),
            money(group.revenue),
            share(group.revenue, rfm.buyers.revenue),
            mean(group.revenue, group.orders, least=insights.minimum),
            mean(group.orders, group.customers, 1, insights.minimum),
        )
        for name, group in {**groups, "all buyers": rfm.buyers}.items()
    ]
    head = (
        word,
        "customers",
        "share",
        in_currency("revenue", insights.currency),
        "share",
        "basket",
        "orders per customer",
    )
    return number_table(head, rows)


def _orders(rfm: Rfm, least: int) -> Iterator[Block]:
    yield Heading(3, "Orders per customer")
    classes: dict[str, int] = {}
    for orders, customers in rfm.order_counts:
        name = str(orders) if orders < _MOST_ORDERS else f"{_MOST_ORDERS} or more"
        classes[name] = classes.get(name, 0) + customers
    yield columns("orders", "Customers by number of orders",
                          [(name.partition(" ")[0], number) for name, number in classes.items()])  # fmt: skip
    rows = [(name, count(number), share(number, rfm.buyers.customers)) for name, number in classes.items()]
    yield number_table(("orders", "customers", "share"), rows)
    if rfm.gaps >= max(least, 1):
        low, middle, high = rfm.gap_quarters
        yield Paragraph(
            f"Time between orders: median {days(middle)}; half of the {count(rfm.gaps)} gaps are from "
            f"{low:.0f} to {high:.0f}."
        )


def _ordered(scores: Iterable[str]) -> list[str]:
    return sorted(set(scores), reverse=True)
