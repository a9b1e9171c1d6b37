"""Cohorts and the cost of new customers, in words, tables and charts."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.model.insights_results import WINDOWS, Acquisition, Cohort, Cohorts, Insights
from scenario_cli.reports.document.parts import NOTHING, Block, Heading, Paragraph
from scenario_cli.reports.insights.charts.bars import bars
from scenario_cli.reports.insights.charts.columns import points
from scenario_cli.reports.insights.charts.heat import heat
from scenario_cli.reports.insights.figures import count, in_currency, mean, money, priced, share
from scenario_cli.reports.insights.tables import number_table

_KINDS = {
    "month": "By month of the first order",
    "category": "By first category",
    "channel": "By first channel",
    "source": "By source of the first touch",
}
_AFTER = tuple(f"{days} days" for days in WINDOWS)


def cohort_blocks(cohorts: Cohorts, insights: Insights) -> Iterator[Block]:
    everybody = cohorts.of("all")
    yield Heading(2, "Cohorts", "customers by their first order")
    if not everybody:
        yield Paragraph("No first orders in this period.")
        return
    yield Paragraph(
        "For customers whose first order is at least this many days old: the share who ordered again in "
        "this time, and the total paid per customer (LTV), including the first order. A month is shown "
        f"when its end is that long ago. Groups with fewer than {insights.minimum} customers have no figure."
    )
    yield from _curve(everybody[0], insights)
    for kind, title in _KINDS.items():
        listed = cohorts.of(kind)
        if listed:
            yield Heading(3, title)
            yield from _again(kind, (*listed, *everybody), insights)
            yield from _value(kind, (*listed, *everybody), insights)
    yield from _acquisition(cohorts.acquisition, insights)


def _curve(cohort: Cohort, insights: Insights) -> Iterator[Block]:
    spans = [observed for observed in cohort.observed if observed.customers >= insights.minimum]
    if spans:
        values = [
            (f"{observed.days} days", observed.again / observed.customers, share(observed.again, observed.customers))
            for observed in spans
        ]
        yield points("again", "Share of customers who ordered again", values)


def _name(cohort: Cohort) -> str:
    return "all" if cohort.kind == "all" else cohort.name or "(not known)"


def _again(kind: str, cohorts: tuple[Cohort, ...], insights: Insights) -> Iterator[Block]:
    least = insights.minimum
    cells = {
        (_name(cohort), f"{observed.days} days"): (
            observed.again / observed.customers, share(observed.again, observed.customers)
        )
        for cohort in cohorts
        for observed in cohort.observed
        if observed.customers >= least
    }  # fmt: skip
    names = [_name(cohort) for cohort in cohorts]
    yield heat(f"again-{kind}", "Share that ordered again", names, _AFTER, cells)
    rows = [
        (_name(cohort), count(cohort.group.customers),
         *(share(observed.again, observed.customers, least) for observed in cohort.observed))
        for cohort in cohorts
    ]  # fmt: skip
    yield number_table(("ordered again within", "customers", *_AFTER), rows)


def _value(kind: str, cohorts: tuple[Cohort, ...], insights: Insights) -> Iterator[Block]:
    least = insights.minimum
    rows = [
        (_name(cohort),
         *(mean(observed.revenue, observed.customers, 0, least) for observed in cohort.observed),
         mean(cohort.group.revenue, cohort.group.customers, 0, least))
        for cohort in cohorts
    ]  # fmt: skip
    yield number_table((in_currency("LTV in", insights.currency), *_AFTER, "to date"), rows)


def _acquisition(figures: tuple[Acquisition, ...], insights: Insights) -> Iterator[Block]:
    if not figures:
        return
    everything, *rest = figures
    yield Heading(3, "Cost of a new customer")
    yield Paragraph(
        f"Marketing spend in the months of the table: {priced(everything.spend, insights.currency)}, with "
        f"{count(everything.customers)} new customers. CAC: spend per new customer. LTV: total paid to "
        "date, which still grows for recent months."
    )
    sources = [figure for figure in rest if figure.source]
    drawn = [
        (figure.source, figure.spend / figure.customers, money(figure.spend / figure.customers, 2))
        for figure in sources
        if figure.customers >= insights.minimum
    ]
    if drawn:
        yield bars("cac", in_currency("CAC by source,", insights.currency), drawn)
    head = ("customers", in_currency("spend", insights.currency), "CAC", "LTV to date", "LTV:CAC")
    yield number_table(("source", *head), [_cost(figure.source or "all", figure, insights)
                                           for figure in (*sources, everything)])  # fmt: skip
    yield number_table(("month", *head), [_cost(figure.month, figure, insights) for figure in rest if figure.month])


def _cost(name: str, figure: Acquisition, insights: Insights) -> tuple[str, ...]:
    enough = figure.customers >= insights.minimum
    ratio = f"{figure.revenue / figure.spend:.1f}" if enough and figure.spend else NOTHING
    return (
        name or "(not known)",
        count(figure.customers),
        money(figure.spend),
        mean(figure.spend, figure.customers, 2, insights.minimum),
        mean(figure.revenue, figure.customers, 2, insights.minimum),
        ratio,
    )
