"""The base in words, tables and charts."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.model.insights_results import Base, Insights
from scenario_cli.reports.document.parts import NOTHING, Block, Heading, Paragraph, facts
from scenario_cli.reports.insights.charts.bars import bars, stacked
from scenario_cli.reports.insights.charts.columns import columns
from scenario_cli.reports.insights.figures import count, in_currency, money, priced, share
from scenario_cli.reports.insights.tables import number_table
from scenario_cli.reports.text import plural


def base_blocks(base: Base, insights: Insights) -> Iterator[Block]:
    yield Heading(2, "Base")
    revenue = sum(month.revenue for month in base.months)
    orders = sum(month.orders for month in base.months)
    yield facts(
        ("contacts", count(base.contacts)),
        ("buyers", f"{count(base.buyers)} ({share(base.buyers, base.contacts)})"),
        ("prospects", f"{count(base.prospects)} ({share(base.prospects, base.contacts)})"),
        ("orders", f"{count(orders)}, worth {priced(revenue, insights.currency)}"),
        ("never seen", f"{plural(base.unseen, 'contact')} of the contacts table, without a start date"
         if base.unseen else ""),
    )  # fmt: skip
    yield from _months(base, insights)
    yield from _attributes(base)
    yield from _channels(base)
    yield from _unsubscribes(base)


def _months(base: Base, insights: Insights) -> Iterator[Block]:
    yield Heading(3, "Month by month")
    if not base.months:
        yield Paragraph("No activity in this period.")
        return
    currency = insights.currency
    yield columns("revenue", in_currency("Revenue by month,", currency),
                          [(month.month, month.revenue) for month in base.months])  # fmt: skip
    rows = [
        (month.month, count(month.new), count(month.active), count(month.first_orders), count(month.orders),
         money(month.revenue))
        for month in base.months
    ]  # fmt: skip
    head = ("month", "new contacts", "active", "first orders", "orders", in_currency("revenue", currency))
    yield number_table(head, rows)
    yield Paragraph("Active: contacts with an event of the tracking plan in the month.")


def _attributes(base: Base) -> Iterator[Block]:
    if not base.attributes:
        return
    yield Heading(3, "Attributes", f"of all {count(base.contacts)} contacts")
    yield bars("attributes", "Contacts with a value, in percent",
                       [(name, filled, share(filled, base.contacts)) for name, filled in base.attributes],
                       base.contacts)  # fmt: skip
    rows = [(name, count(filled), share(filled, base.contacts)) for name, filled in base.attributes]
    yield number_table(("attribute", "filled", "share"), rows)


def _channels(base: Base) -> Iterator[Block]:
    if not base.channels:
        return
    yield Heading(3, "Channels")
    with_consent = [reach for reach in base.channels if reach.yes is not None]
    if with_consent:
        lines = [(reach.channel, (reach.yes or 0, reach.no or 0, reach.never or 0)) for reach in with_consent]
        yield stacked("consent", "Consent by channel", ("yes", "no", "never asked"), lines)
    rows = [
        (
            reach.channel,
            *(NOTHING if number is None else count(number)
              for number in (reach.yes, reach.no, reach.never, reach.addressed, reach.invalid, reach.shared)),
            count(reach.reachable),
            share(reach.reachable, base.contacts),
        )
        for reach in base.channels
    ]  # fmt: skip
    head = ("channel", "yes", "no", "never asked", "address", "invalid", "shared", "reachable", "share")
    yield number_table(head, rows)
    yield Paragraph(
        "Reachable: contacts with an address and consent. Invalid: a value that is not an address. Shared: "
        "an address that another contact also has."
    )


def _unsubscribes(base: Base) -> Iterator[Block]:
    if base.unsubscribes is None:
        return
    yield Heading(3, "Unsubscribes")
    if not base.unsubscribes:
        yield Paragraph("Nobody unsubscribed in this period.")
        return
    by_month = {month.month: 0 for month in base.months}
    for (month, _), number in base.unsubscribes.items():
        by_month[month] = by_month.get(month, 0) + number
    channels = sorted({channel for _, channel in base.unsubscribes})
    yield columns("unsubscribes", "Unsubscribes by month", list(by_month.items()))
    rows = [
        (month, *(count(base.unsubscribes.get((month, channel), 0)) for channel in channels), count(number))
        for month, number in by_month.items()
    ]
    yield number_table(("month", *(channel or "(not said)" for channel in channels), "all"), rows)
