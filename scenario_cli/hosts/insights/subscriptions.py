"""Subscriptions: the numbers that run, begin, are renewed and end, and after what time."""

from __future__ import annotations

from scenario_cli.events.zones import utc_offset_sql
from scenario_cli.hosts.insights.log import DAY, Log
from scenario_cli.model.insights_results import WINDOWS, SubscriptionMonth, Subscriptions


def subscriptions(log: Log) -> Subscriptions:
    """A subscription runs from its beginning until notice is given, or until its last term is over.

    Notice that is followed by a renewal counts no more.
    """
    _make_terms(log)
    _make_subscriptions(log)
    ((started, running, left, days),) = log.ask(
        f"SELECT count(*), count(*) FILTER (left_at IS NULL), count(left_at), coalesce(sum(left_at - started_at), 0)"
        f" / {DAY} FROM subscriptions"
    )
    ((due, renewed),) = log.ask(
        f"SELECT count(*), count(*) FILTER (later IS NOT NULL) FROM terms WHERE over_at <= {log.as_of}"
    )
    retention = []
    for length in WINDOWS:
        condition = f"started_at + {length * DAY} <= {log.as_of}"
        stays = f"(left_at IS NULL OR left_at > started_at + {length * DAY})"
        ((count, still),) = log.ask(
            f"SELECT count(*) FILTER ({condition}), count(*) FILTER ({condition} AND {stays}) FROM subscriptions"
        )
        retention.append((length, count, still))
    return Subscriptions(started, running, left, float(days), due, renewed, _months(log), tuple(retention))


def _make_terms(log: Log) -> None:
    """Makes `terms`: for each beginning or renewal the contact, the key, the instant at which the term is `over` (none
    if no last day is known), and the `later` renewal.
    """
    settings = log.settings.subscriptions
    assert settings is not None
    parts = [
        f"SELECT contact, {log.text(event, settings.key)} AS key, instant AS moment, rowid AS place,"
        f" TRY_CAST(left({log.text(event, settings.ends)}, 10) AS DATE) AS ends"
        f" FROM log.events WHERE {log.rows(event)}"
        for event in (settings.started, settings.renewed)
        if event is not None
    ]
    local = f"(date_diff('day', DATE '1970-01-01', ends) + 1) * {DAY}"
    offset = utc_offset_sql(log.project.timezone, "over_local")
    log.con.execute(
        f"CREATE OR REPLACE TEMP TABLE terms AS SELECT contact, key, moment, over_local - {offset} AS over_at,"
        " lead(moment) OVER (PARTITION BY contact, key ORDER BY moment, place) AS later"
        f" FROM (SELECT *, {local} AS over_local FROM ({' UNION ALL '.join(parts)}) WHERE key IS NOT NULL)"
    )


def _make_subscriptions(log: Log) -> None:
    """Makes `subscriptions`: when each began and, if it does not run any more, when it ended."""
    settings = log.settings.subscriptions
    assert settings is not None
    notices = (
        f"SELECT contact, {log.text(settings.cancelled, settings.key)} AS key, instant AS notice FROM log.events"
        f" WHERE {log.rows(settings.cancelled)}"
    )
    log.con.execute(
        "CREATE OR REPLACE TEMP TABLE subscriptions AS SELECT key, started_at,"
        f" CASE WHEN coalesce(notice, over_at) <= {log.as_of} THEN least(notice, over_at) END AS left_at FROM"
        " (SELECT contact, key, min(moment) AS started_at, max(moment) AS last_at,"
        " arg_max(over_at, moment) AS over_at FROM terms GROUP BY contact, key) AS t"
        f" LEFT JOIN (SELECT contact, key, last_at, min(notice) AS notice FROM ({notices}) JOIN (SELECT contact, key,"
        " max(moment) AS last_at FROM terms GROUP BY contact, key) USING (contact, key) WHERE notice >= last_at"
        " GROUP BY contact, key, last_at) AS n USING (contact, key, last_at)"
    )


def _months(log: Log) -> tuple[SubscriptionMonth, ...]:
    """Each month of the span from the first beginning on, with the subscriptions that ran when it began."""
    changes = (
        "SELECT month_of(started_at) AS month, 1 AS started, 0 AS gone FROM subscriptions"
        " UNION ALL SELECT month_of(left_at), 0, 1 FROM subscriptions WHERE left_at IS NOT NULL"
    )
    rows = {month: (started, gone) for month, started, gone in log.ask(
        f"SELECT month, sum(started), sum(gone) FROM ({changes}) GROUP BY month")}  # fmt: skip
    if not rows:
        return ()
    ((last,),) = log.ask(f"SELECT month_of({log.as_of})")
    ((first_told, end_told),) = log.ask(
        f"SELECT month_of({log.start if log.start is not None else 0}),"
        f" month_of({log.until - 1 if log.until is not None else log.as_of})"
    )
    figures, running, month = [], 0, min(rows)
    while month <= last:
        started, gone = rows.get(month, (0, 0))
        if first_told <= month <= end_told:
            figures.append(SubscriptionMonth(month, running, started, gone))
        running += started - gone
        month = following(month)
    return tuple(figures)


def following(month: str) -> str:
    """The month after a month."""
    number = 12 * int(month[:4]) + int(month[5:])
    return f"{number // 12:04}-{number % 12 + 1:02}"
