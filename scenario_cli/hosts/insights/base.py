"""The base: known contacts, buyers, the months, filled attributes, reachable contacts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from scenario_cli.hosts.insights.log import Log
from scenario_cli.hosts.insights.people import People
from scenario_cli.model.insights_results import Base, Month


def make_seen(log: Log) -> None:
    """Makes `seen`: each contact with an event until the instant, and the first of these."""
    log.con.execute(
        "CREATE TEMP TABLE seen AS SELECT contact, min(instant) AS moment FROM log.events"
        f" WHERE contact IS NOT NULL AND instant <= {log.as_of} GROUP BY contact"
    )


def silent_contacts(log: Log) -> frozenset[str]:
    """The contacts in the contacts table who are not in `seen`."""
    rows = log.ask("SELECT DISTINCT contact FROM log.people WHERE contact IS NOT NULL AND contact NOT IN"
                   " (SELECT contact FROM seen)")  # fmt: skip
    return frozenset(contact for (contact,) in rows)


def base(log: Log, people: People) -> Base:
    ((seen, buyers),) = log.ask("SELECT (SELECT count(*) FROM seen), (SELECT count(*) FROM customers)")
    contacts = seen + people.silent
    return Base(
        contacts=contacts,
        buyers=buyers,
        unseen=people.unseen,
        months=_months(log, people),
        attributes=tuple((name, people.filled[name]) for name in log.project.plan.profile),
        channels=people.reaches(contacts),
        unsubscribes=_unsubscribes(log),
    )


def _months(log: Log, people: People) -> tuple[Month, ...]:
    """Each month of the span, also those in which nothing happened."""
    new = _new_by_month(log, people.known_since)
    active = dict(
        log.ask(
            "SELECT month, count(DISTINCT contact) FROM (SELECT contact, month_of(instant) AS month FROM log.events"
            f" WHERE contact IS NOT NULL AND {log.within('instant')}) GROUP BY month"
        )
    )
    orders = {
        month: sums
        for month, *sums in log.ask(
            "SELECT month_of(moment), count(*) FILTER (number = 1), count(*), sum(amount) FROM orders"
            f" WHERE {log.within('moment')} GROUP BY ALL"
        )
    }
    return tuple(
        Month(month, new[month], active.get(month, 0), first, count, float(revenue))
        for month in _all_months({*new, *active, *orders})
        for first, count, revenue in [orders.get(month, (0, 0, 0))]
    )


def _new_by_month(log: Log, known_since: Mapping[str, int]) -> Counter[str]:
    log.con.execute("CREATE OR REPLACE TEMP TABLE known (contact VARCHAR, moment BIGINT)")
    if known_since:
        parameters = [list(known_since), list(known_since.values())]
        log.con.execute("INSERT INTO known SELECT unnest(?), unnest(?)", parameters)
    first = (
        "SELECT contact, min(moment) AS moment FROM (FROM seen UNION ALL FROM known"
        f" WHERE moment <= {log.as_of}) GROUP BY contact"
    )
    rows = log.ask(f"SELECT month_of(moment), count(*) FROM ({first}) WHERE {log.within('moment')} GROUP BY ALL")
    return Counter(dict(rows))


def _all_months(months: set[str]) -> list[str]:
    """The months from the first to the last."""
    if not months:
        return []
    numbers = [12 * int(month[:4]) + int(month[5:]) - 1 for month in (min(months), max(months))]
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(numbers[0], numbers[1] + 1)]


def _unsubscribes(log: Log) -> dict[tuple[str, str], int] | None:
    unsubscribe = log.settings.unsubscribe
    if unsubscribe is None:
        return None
    rows = log.ask(
        f"SELECT month_of(instant), coalesce({log.text(unsubscribe.event, unsubscribe.property)}, ''), count(*)"
        f" FROM log.events WHERE {log.rows(unsubscribe.event)} AND {log.within('instant')} GROUP BY ALL ORDER BY ALL"
    )
    return {(month, channel): count for month, channel, count in rows}
