"""Data from before a contact is known are its starting point; rows, events and broadcasts after it count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scenario_cli.hosts.replay import feed
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.records import Record, Warned
from tests.engine.worlds import PLAN, clock, moment, program_of, record_text

WITH_PRICES = PLAN.replace(
    "  profile_updated:", "  price: {broadcast: true, properties: {s: string}}\n  profile_updated:"
)


def story(
    scenario: str, rows: Sequence[tuple[str, Mapping[str, Any]]] = (), events: Sequence[tuple[str, str]] = (),
    prices: Sequence[str] = (), known_since: str | None = None, begins: str = "2025-04-01 10:00", metrics: str = "",
    profile: Mapping[str, Any] | None = None,
) -> list[Record]:  # fmt: skip
    """The records of a contact from the contacts table, from the instant at which the log begins to the end of the
    year.
    """
    program = program_of(scenario, plan=WITH_PRICES, metrics=metrics)
    log = ContactLog(
        "ana", profile or {}, [(moment(at), row) for at, row in rows],
        [Event(name, moment(at), {}) for at, name in events],
        listed=True, known_since=None if known_since is None else moment(known_since),
    )  # fmt: skip
    broadcasts = [Event("price", moment(at), {"s": "A"}) for at in prices]
    return feed(program, log, None, moment("2025-12-31 00:00"), moment(begins), broadcasts)[1]


def lines(records: Sequence[Record], kind: str = "entered") -> list[str]:
    return [f"{clock(record.at)} {record_text(record)}" for record in records if record_text(record).startswith(kind)]


def triggered(trigger: str) -> str:
    return f"scenario: s\ntrigger: {trigger}\nreentry: always\nstates: {{in: {{end: done}}}}\n"


def test_rows_from_before_the_log_start_no_journey_by_attribute() -> None:
    rows = [("2020-01-01 00:00", {"points": 5}), ("2025-04-02 10:00", {"points": 6})]
    assert lines(story(triggered("{attribute: points}"), rows)) == ["2025-04-02 10:00 entered"]


def test_rows_from_before_the_log_start_no_journey_by_segment() -> None:
    rows = [("2020-01-01 00:00", {"points": 5})]
    metrics = "segments:\n  many: contact.points > 3\n"
    assert lines(story(triggered("{segment: many}"), rows, metrics=metrics)) == []
    later = [("2025-04-02 10:00", {"points": 5})]
    assert lines(story(triggered("{segment: many}"), later, metrics=metrics)) == ["2025-04-02 10:00 entered"]


def test_a_date_of_a_row_from_before_the_log_lets_nobody_in_before_it() -> None:
    rows = [("2020-01-01 00:00", {"renewal": "2020-02-01 10:00"})]
    assert lines(story(triggered("{date: contact.renewal}"), rows)) == []
    rows = [("2020-01-01 00:00", {"renewal": "2025-05-01 10:00"})]
    assert lines(story(triggered("{date: contact.renewal}"), rows)) == ["2025-05-01 10:00 entered"]


def test_the_last_row_from_before_the_log_is_where_the_contact_starts_from() -> None:
    rows: list[tuple[str, Mapping[str, Any]]] = [
        ("2020-01-01 00:00", {"points": 5, "country": "FR"}),
        ("2021-01-01 00:00", {"points": None}),
    ]
    asks = triggered("{event: started, where: \"contact.points is none and contact.country == 'FR'\"}")
    assert lines(story(asks, rows, [("2025-04-01 10:00", "started")])) == ["2025-04-01 10:00 entered"]


def test_a_row_at_the_instant_at_which_the_contact_becomes_known_is_answered() -> None:
    rows = [("2025-04-01 10:00", {"points": 5})]
    assert lines(story(triggered("{attribute: points}"), rows)) == ["2025-04-01 10:00 entered"]


def test_rows_from_before_known_since_are_where_the_contact_starts_from() -> None:
    rows = [("2025-04-02 10:00", {"points": 5}), ("2025-04-20 10:00", {"points": 6})]
    records = story(triggered("{attribute: points}"), rows, known_since="2025-04-14 13:00")
    assert lines(records) == ["2025-04-20 10:00 entered"]


def test_ticks_begin_when_the_contact_is_known_and_not_with_an_earlier_row() -> None:
    rows = [("2025-04-02 10:00", {"timezone": "Asia/Tokyo"})]
    records = story(triggered("{schedule: at 09:00 on mon}"), rows, known_since="2025-12-20 13:00")
    assert lines(records) == ["2025-12-22 01:00 entered", "2025-12-29 01:00 entered"]


def test_a_broadcast_reaches_those_known_by_then() -> None:
    records = story(
        triggered("{event: price}"), known_since="2025-04-14 13:00",
        prices=["2025-04-01 10:00", "2025-04-14 13:00", "2025-04-20 10:00"],
    )  # fmt: skip
    assert lines(records) == ["2025-04-14 13:00 entered", "2025-04-20 10:00 entered"]


def test_the_first_event_makes_known_before_known_since() -> None:
    records = story(
        triggered("{event: price}"), known_since="2025-04-14 13:00", events=[("2025-04-05 10:00", "started")],
        prices=["2025-04-04 10:00", "2025-04-06 10:00"],
    )  # fmt: skip
    assert lines(records) == ["2025-04-06 10:00 entered"]


def test_warnings_at_the_start_of_a_contact_are_recorded() -> None:
    metrics = "segments:\n  odd: contact.flag > 3\n"
    records = story(triggered("{segment: odd}"), profile={"flag": "text", "points": "many"}, metrics=metrics)
    warned = [(clock(result.at), result.place) for result in records if isinstance(result, Warned)]
    assert warned[:2] == [("2025-04-01 10:00", "contact.points"), ("2025-04-01 10:00", "contact.flag > 3")]
