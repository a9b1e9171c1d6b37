"""Customers won by marketing: the table of spend with the customers of its months and sources."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import Any

from scenario_cli.events.errors import ExportError
from scenario_cli.hosts.insights.log import Log
from scenario_cli.hosts.tables import table_rows
from scenario_cli.model.insights_results import Acquisition

_MONTH = re.compile(r"(\d{4})-(\d{2})(-\d{2}.*)?")


def acquisition(log: Log) -> tuple[Acquisition, ...]:
    """All, then month by month, then source by source, of the months in the table that the span touches.

    Customers count by the month of their first order; for a source, by the source of their first touch. `cohorts` has
    made the table of the customers.
    """
    spend = _spend(log)
    months = {month for month, _ in spend}
    won: dict[tuple[str, str], tuple[int, Decimal]] = {
        (month, source): (customers, revenue)
        for month, source, customers, revenue in log.ask(
            "SELECT month, coalesce(source, ''), count(*), sum(revenue) FROM begun GROUP BY ALL"
        )
        if month in months
    }
    sources = {source for _, source in spend}
    figures = [_figures("", "", spend, won)]
    figures += [_figures(month, "", spend, won) for month in sorted(months)]
    bought = [_figures("", source, spend, won) for source in sorted(sources)]
    return (*figures, *sorted(bought, key=lambda figure: -figure.spend)) if months else ()


def _figures(
    month: str, source: str, spend: dict[tuple[str, str], Decimal], won: dict[tuple[str, str], tuple[int, Decimal]]
) -> Acquisition:
    def counts(key: tuple[str, str]) -> bool:
        return month in ("", key[0]) and source in ("", key[1])

    customers = [figures for key, figures in won.items() if counts(key)]
    return Acquisition(
        month,
        source,
        float(sum(amount for key, amount in spend.items() if counts(key))),
        sum(count for count, _ in customers),
        float(sum(revenue for _, revenue in customers)),
    )


def _spend(log: Log) -> dict[tuple[str, str], Decimal]:
    """The spend by month and source, in the months that the span touches."""
    settings = log.settings.spend
    assert settings is not None
    spend: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in table_rows(log.project, [settings.table.text])[settings.table.text]:
        month, source, amount = (row.get(name.text) for name in (settings.month, settings.source, settings.amount))
        spend[_month(month, settings.table.text), str(source or "").strip()] += _amount(amount, settings.table.text)
    first, last = _bounds(log)
    return {key: amount for key, amount in spend.items() if first <= key[0] <= last}


def _bounds(log: Log) -> tuple[str, str]:
    """The first and the last month of the span."""
    start = log.start if log.start is not None else log.staged.report.first or 0
    end = log.as_of if log.until is None else min(log.as_of, log.until - 1)
    ((first, last),) = log.ask(f"SELECT month_of({start}), month_of({end})")
    return first, last


def _month(value: Any, table: str) -> str:
    match = _MONTH.fullmatch(str(value).strip())
    if match is None:
        raise ExportError(f"table '{table}': {value!r} is no month", "write it as 2024-03")
    return f"{match[1]}-{match[2]}"


def _amount(value: Any, table: str) -> Decimal:
    try:
        return Decimal(str(value).strip()) if value is not None else Decimal()
    except InvalidOperation:
        raise ExportError(f"table '{table}': {value!r} is no amount", "write it with a point, as 1250.50") from None
