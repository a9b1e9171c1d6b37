"""Cohorts of customers, by the month, category, channel and source with which they began."""

from __future__ import annotations

from scenario_cli.hosts.insights.log import DAY, Log
from scenario_cli.model.insights_results import WINDOWS, Cohort, Group, Observed

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
    return tuple(cohort for kind in KINDS for cohort in _of_kind(log, kind))


def _of_kind(log: Log, kind: str) -> list[Cohort]:
    figures = ", ".join(_observed(log, kind, days) for days in WINDOWS)
    order = "name" if kind == "month" else "count(*) DESC, name"
    rows = log.ask(
        f"SELECT coalesce(\"{kind}\", '') AS name, count(*), sum(orders), sum(revenue), {figures}"
        f" FROM begun JOIN paid USING (contact) GROUP BY name ORDER BY {order}"
    )
    # A property without any known value adds nothing to the cohort of all.
    if kind not in ("all", "month") and all(row[0] == "" for row in rows):
        return []
    return [
        Cohort(
            kind,
            "" if kind == "all" else name,
            Group(customers, orders, float(revenue)),
            tuple(
                Observed(days, values[3 * index], values[3 * index + 1], float(values[3 * index + 2] or 0))
                for index, days in enumerate(WINDOWS)
            ),
        )
        for name, customers, orders, revenue, *values in rows
    ]


def _observed(log: Log, kind: str, days: int) -> str:
    """SQL for the customers who have been observed for so long, those of them who ordered again, and their payments."""
    if kind == "month":
        # The day after the month's last, and so many days: that day must be over, because clocks can have changed.
        ends = "date_diff('day', DATE '1970-01-01', CAST(month || '-01' AS DATE) + INTERVAL 1 MONTH)"
        ended = f"{ends} + {days} < day_of({log.as_of})"
    else:
        ended = f"first_at + {days * DAY} <= {log.as_of}"
    again = f"second_at <= first_at + {days * DAY}"
    return f"count(*) FILTER ({ended}), count(*) FILTER ({ended} AND {again}), sum(paid_{days}) FILTER ({ended})"
