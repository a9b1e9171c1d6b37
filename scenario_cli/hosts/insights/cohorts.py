"""Cohorts of customers, by the month, category, channel and source with which they began."""

from __future__ import annotations

from typing import Any

from scenario_cli.events.sql_text import text_literal
from scenario_cli.hosts.insights.log import DAY, Log
from scenario_cli.model.insights_results import WINDOWS, Cohort, Group, Observed

Row = list[Any]  # the name of a cohort and its figures

KINDS = ("all", "month", "category", "channel", "source")


def cohorts(log: Log) -> tuple[Cohort, ...]:
    """The customers whose first order is in the span, observed until the instant.

    A customer counts after so many days if the first order is that long ago; a month if its end is.
    """
    log.con.execute(
        "CREATE OR REPLACE TEMP TABLE begun AS SELECT *, 'all' AS \"all\" FROM customers"
        f" WHERE {log.within('first_at')}"
    )
    paid = ", ".join(
        f"coalesce(sum(amount) FILTER (moment <= first_at + {days * DAY}), 0) AS paid_{days}" for days in WINDOWS
    )
    log.con.execute(
        f"CREATE OR REPLACE TEMP TABLE paid AS SELECT contact, {paid} FROM orders JOIN begun USING (contact)"
        " GROUP BY contact"
    )
    rows: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    for kind, *row in log.ask(_figures_sql(log)):
        rows[kind].append(row)
    # A property without any known value adds nothing to the cohort of all.
    kinds = [kind for kind in KINDS if kind in ("all", "month") or any(row[0] != "" for row in rows[kind])]
    return tuple(_cohort(kind, row) for kind in kinds for row in rows[kind])


def _figures_sql(log: Log) -> str:
    """The figures of each cohort: one query, because each takes longer to plan than to run."""
    kinds = ", ".join(map(text_literal, KINDS))
    names = ", ".join(f"coalesce(\"{kind}\", '')" for kind in KINDS)
    members = f"SELECT *, unnest([{kinds}]) AS kind, unnest([{names}]) AS name FROM begun JOIN paid USING (contact)"
    figures = ", ".join(_observed(log, days) for days in WINDOWS)
    return (
        f"SELECT kind, name, count(*), sum(orders), sum(revenue), {figures} FROM ({members})"
        " GROUP BY kind, name ORDER BY CASE WHEN kind = 'month' THEN 0 ELSE -count(*) END, name"
    )


def _cohort(kind: str, row: Row) -> Cohort:
    name, customers, orders, revenue, *values = row
    return Cohort(
        kind,
        "" if kind == "all" else name,
        Group(customers, orders, float(revenue)),
        tuple(
            Observed(days, values[3 * index], values[3 * index + 1], float(values[3 * index + 2] or 0))
            for index, days in enumerate(WINDOWS)
        ),
    )


def _observed(log: Log, days: int) -> str:
    """SQL for the customers who have been observed for so long, those of them who ordered again, and their payments."""
    # Of a month the day after its last, and so many days: that day must be over, because clocks can have changed.
    ends = "date_diff('day', DATE '1970-01-01', CAST(month || '-01' AS DATE) + INTERVAL 1 MONTH)"
    ended = (
        f"CASE WHEN kind = 'month' THEN {ends} + {days} < day_of({log.as_of})"
        f" ELSE first_at + {days * DAY} <= {log.as_of} END"
    )
    again = f"second_at <= first_at + {days * DAY}"
    return f"count(*) FILTER ({ended}), count(*) FILTER ({ended} AND {again}), sum(paid_{days}) FILTER ({ended})"
