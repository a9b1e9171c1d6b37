"""A calendar of hard times: instants of entries and ends of waits when clocks change, days are missing, months and
years end, and a contact moves. The expected instants are computed by hand, and checked against both the engine and the
reference. tests/engine/test_waits.py has waits with fixed values over clock changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scenario_cli.hosts.replay import feed
from scenario_cli.model.event import ContactLog, Event
from tests.engine.worlds import UTC, load, moment, program_of
from tests.reference.contact import Fact
from tests.reference.facts import facts_of
from tests.reference.interpreter import replay

PARIS = "Europe/Paris"
NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"
ASUNCION = "America/Asuncion"
CAIRO = "Africa/Cairo"
KATHMANDU = "Asia/Kathmandu"
APIA = "Pacific/Apia"
TOKYO = "Asia/Tokyo"
LOS_ANGELES = "America/Los_Angeles"

Happening = tuple[str, Mapping[str, Any]]  # an instant with its offset, and an event's properties or a row's attributes


def by_executor(text: str, log: ContactLog, known_at: int, until: int) -> list[Fact]:
    return facts_of(feed(program_of(text, timezone="UTC"), log, None, until, known_at)[1])


def by_reference(text: str, log: ContactLog, known_at: int, until: int) -> list[Fact]:
    return replay(load(text, timezone="UTC").project, log, known_at, until).facts


BOTH = pytest.mark.parametrize("replayed", [by_executor, by_reference], ids=["executor", "reference"])
Replayer = Callable[[str, ContactLog, int, int], list[Fact]]


def instants(
    replayed: Replayer, text: str, kind: str, profile: Mapping[str, Any], events: Sequence[Happening],
    rows: Sequence[Happening], start: str, until: str,
) -> list[str]:  # fmt: skip
    """The instants of a contact's facts of a kind, on the contact's clock at the end, with its offset."""
    log = ContactLog(
        "ana",
        profile,
        [(moment(at), attributes) for at, attributes in rows],
        [Event("started", moment(at), properties) for at, properties in events],
        listed=True,
    )
    zone = ZoneInfo((rows[-1][1] if rows else profile)["timezone"])
    facts = replayed(text, log, moment(start), moment(until))
    return [datetime.fromtimestamp(fact[1] // 1_000_000, UTC).astimezone(zone).isoformat() for fact in facts
            if fact[0] == kind]  # fmt: skip


def triggered(trigger: str) -> str:
    return f"scenario: s\ntrigger: {trigger}\nreentry: always\nstates: {{in: {{end: done}}}}\n"


def waiting(wait: str) -> str:
    return f"scenario: s\ntrigger: {{event: started}}\nstates: {{waiting: {{after: [{wait}]}}}}\n"


TICKS = [
    # Paris: 02:30 is skipped on 30 March and comes twice on 26 October; the first counts.
    (PARIS, "at 02:30", "2025-03-29T00:00:00+01:00", "2025-03-31T12:00:00+02:00",
     ["2025-03-29T02:30:00+01:00", "2025-03-30T03:30:00+02:00", "2025-03-31T02:30:00+02:00"]),
    (PARIS, "at 02:30", "2025-10-25T00:00:00+02:00", "2025-10-27T12:00:00+01:00",
     ["2025-10-25T02:30:00+02:00", "2025-10-26T02:30:00+02:00", "2025-10-27T02:30:00+01:00"]),
    # Each half hour: 02:00 and 02:30 fall on 03:00 and 03:30; each of these is one tick.
    (PARIS, "cron */30 * * * *", "2025-03-30T01:20:00+01:00", "2025-03-30T04:00:00+02:00",
     ["2025-03-30T01:30:00+01:00", "2025-03-30T03:00:00+02:00", "2025-03-30T03:30:00+02:00",
      "2025-03-30T04:00:00+02:00"]),
    # The second 02:00 and 02:30 are not ticks.
    (PARIS, "cron */30 * * * *", "2025-10-26T01:40:00+02:00", "2025-10-26T03:30:00+01:00",
     ["2025-10-26T02:00:00+02:00", "2025-10-26T02:30:00+02:00", "2025-10-26T03:00:00+01:00",
      "2025-10-26T03:30:00+01:00"]),
    (NEW_YORK, "at 02:15", "2025-03-08T00:00:00-05:00", "2025-03-10T12:00:00-04:00",
     ["2025-03-08T02:15:00-05:00", "2025-03-09T03:15:00-04:00", "2025-03-10T02:15:00-04:00"]),
    (NEW_YORK, "at 01:30 on sun", "2025-11-01T12:00:00-04:00", "2025-11-10T12:00:00-05:00",
     ["2025-11-02T01:30:00-04:00", "2025-11-09T01:30:00-05:00"]),
    # Lord Howe: half an hour, forward on 5 October and back on 6 April.
    (LORD_HOWE, "cron 15 2 * * *", "2025-10-04T12:00:00+10:30", "2025-10-06T12:00:00+11:00",
     ["2025-10-05T02:45:00+11:00", "2025-10-06T02:15:00+11:00"]),
    (LORD_HOWE, "cron 45 1 * * *", "2025-04-05T12:00:00+11:00", "2025-04-07T12:00:00+10:30",
     ["2025-04-06T01:45:00+11:00", "2025-04-07T01:45:00+10:30"]),
    # Asunción, 1 October 2023, and Cairo, 26 April 2024, began at 01:00.
    (ASUNCION, "at 00:00", "2023-09-30T12:00:00-04:00", "2023-10-02T12:00:00-03:00",
     ["2023-10-01T01:00:00-03:00", "2023-10-02T00:00:00-03:00"]),
    (ASUNCION, "cron 0 0 1 * *", "2023-08-15T00:00:00-04:00", "2023-11-01T12:00:00-03:00",
     ["2023-09-01T00:00:00-04:00", "2023-10-01T01:00:00-03:00", "2023-11-01T00:00:00-03:00"]),
    (CAIRO, "at 00:15 on fri", "2024-04-24T00:00:00+02:00", "2024-05-04T00:00:00+03:00",
     ["2024-04-26T01:15:00+03:00", "2024-05-03T00:15:00+03:00"]),
    # On 31 October 2024 Cairo's last hour came twice.
    (CAIRO, "at 23:30", "2024-10-31T12:00:00+03:00", "2024-11-02T00:00:00+02:00",
     ["2024-10-31T23:30:00+03:00", "2024-11-01T23:30:00+02:00"]),
    # Apia had no Friday 30 December 2011: its 10:00 falls on the 31st's, and the two are one tick.
    (APIA, "at 10:00", "2011-12-29T00:00:00-10:00", "2012-01-01T12:00:00+14:00",
     ["2011-12-29T10:00:00-10:00", "2011-12-31T10:00:00+14:00", "2012-01-01T10:00:00+14:00"]),
    (APIA, "cron 0 10 * * fri", "2011-12-28T00:00:00-10:00", "2012-01-07T00:00:00+14:00",
     ["2011-12-31T10:00:00+14:00", "2012-01-06T10:00:00+14:00"]),
    (KATHMANDU, "cron 0 9 * * mon", "2025-01-10T00:00:00+05:45", "2025-01-20T09:00:00+05:45",
     ["2025-01-13T09:00:00+05:45", "2025-01-20T09:00:00+05:45"]),
    # Months without a 31st have no tick. The year's last minute, and the Mondays around its end.
    (PARIS, "cron 0 9 31 * *", "2025-01-01T00:00:00+01:00", "2025-06-30T00:00:00+02:00",
     ["2025-01-31T09:00:00+01:00", "2025-03-31T09:00:00+02:00", "2025-05-31T09:00:00+02:00"]),
    (PARIS, "cron 0 9 29 2 *", "2023-01-01T00:00:00+01:00", "2028-12-31T00:00:00+01:00",
     ["2024-02-29T09:00:00+01:00", "2028-02-29T09:00:00+01:00"]),
    (PARIS, "cron 59 23 31 12 *", "2024-06-01T00:00:00+02:00", "2026-01-01T00:00:00+01:00",
     ["2024-12-31T23:59:00+01:00", "2025-12-31T23:59:00+01:00"]),
    (PARIS, "at 00:00 on mon", "2024-12-29T00:00:00+01:00", "2025-01-07T00:00:00+01:00",
     ["2024-12-30T00:00:00+01:00", "2025-01-06T00:00:00+01:00"]),
    # A contact who becomes known at a tick enters by it.
    (PARIS, "at 09:00", "2025-03-03T09:00:00+01:00", "2025-03-04T09:00:00+01:00",
     ["2025-03-03T09:00:00+01:00", "2025-03-04T09:00:00+01:00"]),
]  # fmt: skip


@BOTH
@pytest.mark.parametrize(("zone", "schedule", "start", "until", "expected"), TICKS)
def test_a_schedule_ticks(
    replayed: Replayer, zone: str, schedule: str, start: str, until: str, expected: list[str]
) -> None:
    text = triggered(f"{{schedule: '{schedule}'}}")
    assert instants(replayed, text, "entered", {"timezone": zone}, [], [], start, until) == expected


DATES = [
    # A birthday on 29 February is the 28th in other years, and an offset counts from that day.
    (PARIS, "every: year, at: '09:00'", "2004-02-29", "2024-02-27", "2026-03-05",
     ["2024-02-29T09:00:00+01:00", "2025-02-28T09:00:00+01:00", "2026-02-28T09:00:00+01:00"]),
    (PARIS, "every: year, offset: -7d", "2004-02-29", "2023-03-05", "2025-03-05",
     ["2024-02-22T00:00:00+01:00", "2025-02-21T00:00:00+01:00"]),
    (PARIS, "every: year, offset: +1d", "2004-02-29", "2023-03-05", "2025-03-05",
     ["2024-03-01T00:00:00+01:00", "2025-03-01T00:00:00+01:00"]),
    # A month before or after a month's end.
    (PARIS, "offset: +1mo", "2025-01-31", "2025-01-01", "2025-12-31", ["2025-02-28T00:00:00+01:00"]),
    (PARIS, "offset: -1mo", "2025-03-31", "2025-01-01", "2025-12-31", ["2025-02-28T00:00:00+01:00"]),
    (PARIS, "offset: -1mo1d", "2025-03-31", "2025-01-01", "2025-12-31", ["2025-02-27T00:00:00+01:00"]),
    # Around the year's end: the year of the firing counts.
    (PARIS, "every: year, offset: +1d", "1990-12-31", "2024-06-01", "2026-06-01",
     ["2025-01-01T00:00:00+01:00", "2026-01-01T00:00:00+01:00"]),
    (PARIS, "every: year, offset: -7d", "1990-01-03", "2024-06-01", "2025-12-31",
     ["2024-12-27T00:00:00+01:00", "2025-12-27T00:00:00+01:00"]),
    (KATHMANDU, "every: year", "1990-01-01", "2024-06-01", "2025-06-01", ["2025-01-01T00:00:00+05:45"]),
    # Skipped times, and a time that comes twice.
    (PARIS, "at: '02:30'", "2025-03-30", "2025-03-01", "2025-04-05", ["2025-03-30T03:30:00+02:00"]),
    (PARIS, "offset: -1d, at: '02:30'", "2025-03-31", "2025-03-01", "2025-04-05", ["2025-03-30T03:30:00+02:00"]),
    (PARIS, "offset: -1h", "2025-10-26 02:30", "2025-10-01", "2025-11-05", ["2025-10-26T01:30:00+02:00"]),
    (PARIS, "offset: +24h", "2025-10-25 10:00", "2025-10-01", "2025-11-05", ["2025-10-26T09:00:00+01:00"]),
    (PARIS, "offset: +1d", "2025-10-25 10:00", "2025-10-01", "2025-11-05", ["2025-10-26T10:00:00+01:00"]),
    (LORD_HOWE, "at: '02:15'", "2025-10-05", "2025-10-01", "2025-11-05", ["2025-10-05T02:45:00+11:00"]),
    # In 1990 this very midnight was skipped; it still counts as midnight.
    (ASUNCION, "every: year", "1990-10-01", "2023-09-01", "2024-10-02",
     ["2023-10-01T01:00:00-03:00", "2024-10-01T00:00:00-04:00"]),
    (CAIRO, "every: once", "2024-04-26", "2024-04-01", "2024-05-01", ["2024-04-26T01:00:00+03:00"]),
    (APIA, "at: '10:00'", "2011-12-30", "2011-12-01", "2012-02-01", ["2011-12-31T10:00:00+14:00"]),
    (APIA, "every: year, at: '10:00'", "1990-12-30", "2011-12-01", "2013-01-01",
     ["2011-12-31T10:00:00+14:00", "2012-12-30T10:00:00+14:00"]),
    # A date-time with its own zone is that instant on every contact's clock.
    (TOKYO, "offset: -1d", "2025-03-05T10:00:00-08:00", "2025-03-01", "2025-04-01", ["2025-03-05T03:00:00+09:00"]),
    # A past date-time never fires; the very instant of the log's beginning does.
    (PARIS, "every: once", "2025-03-01", "2025-03-02", "2026-03-02", []),
    (PARIS, "every: once", "2025-03-02", "2025-03-02", "2026-03-02", ["2025-03-02T00:00:00+01:00"]),
]  # fmt: skip


@BOTH
@pytest.mark.parametrize(("zone", "settings", "value", "start", "until", "expected"), DATES)
def test_a_date_comes(
    replayed: Replayer, zone: str, settings: str, value: str, start: str, until: str, expected: list[str]
) -> None:
    text = triggered(f"{{date: contact.renewal, {settings}}}")
    begin, end = (datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).isoformat() for day in (start, until))
    profile = {"timezone": zone, "renewal": value}
    assert instants(replayed, text, "entered", profile, [], [], begin, end) == expected


ABSENCES = [
    (PARIS, "1d", "2025-03-29T02:30:00+01:00", "2025-03-30T03:30:00+02:00"),
    (PARIS, "24h", "2025-03-29T10:00:00+01:00", "2025-03-30T11:00:00+02:00"),
    (PARIS, "1mo", "2025-01-31T09:00:00+01:00", "2025-02-28T09:00:00+01:00"),
    (PARIS, "1d at 02:30", "2025-10-25T20:00:00+02:00", "2025-10-26T02:30:00+02:00"),
    (ASUNCION, "1d at 00:00", "2023-09-30T12:00:00-04:00", "2023-10-01T01:00:00-03:00"),
    (APIA, "1d", "2011-12-29T10:00:00-10:00", "2011-12-31T10:00:00+14:00"),
]


@BOTH
@pytest.mark.parametrize(("zone", "length", "since", "expected"), ABSENCES)
def test_an_absence_is_complete(replayed: Replayer, zone: str, length: str, since: str, expected: str) -> None:
    text = triggered(f"{{absence: bought, for: {length}, since: started}}")
    times = instants(replayed, text, "entered", {"timezone": zone}, [(since, {})], [], since, "2026-01-01T00:00:00Z")
    assert times == [expected]


@BOTH
@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        (PARIS, "2025-03-30 02:30", "2025-03-30T03:30:00+02:00"),
        (PARIS, "2025-10-26 02:30", "2025-10-26T02:30:00+02:00"),
        (CAIRO, "2024-04-26 00:00", "2024-04-26T01:00:00+03:00"),
        (APIA, "2011-12-30 10:00", "2011-12-31T10:00:00+14:00"),
        (KATHMANDU, "2025-01-01 00:00", "2025-01-01T00:00:00+05:45"),
        (KATHMANDU, "2025-01-01T00:00:00Z", "2025-01-01T05:45:00+05:45"),
    ],
)
def test_a_moment_comes(replayed: Replayer, zone: str, at: str, expected: str) -> None:
    text = triggered(f"{{at: '{at}'}}")
    start, until = "2011-01-01T00:00:00Z", "2026-01-01T00:00:00Z"
    assert instants(replayed, text, "entered", {"timezone": zone}, [], [], start, until) == [expected]


DATA_WAITS = [
    (PARIS, "{wait: date trigger.x, to: {end: over}, if_past: never, if_missing: never}", "2025-03-30 02:30",
     "2025-03-01T00:00:00+01:00", "2025-03-30T03:30:00+02:00"),
    (PARIS, "{wait: 1d before date trigger.x at 02:30, to: {end: over}, if_past: never, if_missing: never}",
     "2025-03-31", "2025-03-01T00:00:00+01:00", "2025-03-30T03:30:00+02:00"),
    (PARIS, "{wait: 1mo before date trigger.x, to: {end: over}, if_past: never, if_missing: never}", "2024-03-31",
     "2024-01-01T00:00:00+01:00", "2024-02-29T00:00:00+01:00"),
    (PARIS, "{wait: 24h before date trigger.x, to: {end: over}, if_past: never, if_missing: never}",
     "2025-03-30 10:00", "2025-03-01T00:00:00+01:00", "2025-03-29T09:00:00+01:00"),
    (ASUNCION, "{wait: date trigger.x, to: {end: over}, if_past: never, if_missing: never}", "2023-10-01",
     "2023-09-01T00:00:00-04:00", "2023-10-01T01:00:00-03:00"),
    (LORD_HOWE, "{for: trigger.x, to: {end: over}, if_past: never, if_missing: never}", "1d at 02:15",
     "2025-10-04T12:00:00+10:30", "2025-10-05T02:45:00+11:00"),
    (APIA, "{for: trigger.x, to: {end: over}, if_past: never, if_missing: never}", "1d",
     "2011-12-29T10:00:00-10:00", "2011-12-31T10:00:00+14:00"),
    (PARIS, "{for: trigger.x, to: {end: over}, if_past: never, if_missing: never}", "cron 30 2 * * *",
     "2025-03-29T12:00:00+01:00", "2025-03-30T03:30:00+02:00"),
    (CAIRO, "{at: trigger.x, to: {end: over}, if_missing: never}", "00:15",
     "2024-04-25T20:00:00+02:00", "2024-04-26T01:15:00+03:00"),
]  # fmt: skip


@BOTH
@pytest.mark.parametrize(("zone", "wait", "value", "begin", "expected"), DATA_WAITS)
def test_a_wait_from_data_is_over(
    replayed: Replayer, zone: str, wait: str, value: str, begin: str, expected: str
) -> None:
    event = (begin, {"x": value})
    until = "2026-01-01T00:00:00Z"
    assert instants(replayed, waiting(wait), "ended", {"timezone": zone}, [event], [], begin, until) == [expected]


# Ana starts in Tokyo on 3 March 2025 at noon (2 March, 19:00 in Los Angeles). Eight hours later she moves to Los
# Angeles, where it is 3 March, 03:00.
BEGIN, MOVE = "2025-03-03T12:00:00+09:00", "2025-03-03T20:00:00+09:00"
MOVES = [
    # Nine o'clock in Tokyo becomes nine in Los Angeles; a tick in Tokyo does not cancel another.
    (triggered("{schedule: at 09:00}"), "entered",
     ["2025-03-03T09:00:00-08:00", "2025-03-04T09:00:00-08:00"]),
    (triggered("{schedule: 'cron 0 9 4 * *'}"), "entered", ["2025-03-04T09:00:00-08:00"]),
    (triggered("{at: 2025-03-04 09:00}"), "entered", ["2025-03-04T09:00:00-08:00"]),
    (triggered("{date: contact.birthday, at: '09:00'}"), "entered", ["2025-03-04T09:00:00-08:00"]),
    (triggered("{date: contact.birthday, every: year}"), "entered", ["2025-03-04T00:00:00-08:00"]),
    # Counted from the wait's beginning, the evening of the 2nd in Los Angeles.
    (triggered("{absence: bought, for: 1d at 09:00, since: started}"), "entered", ["2025-03-03T09:00:00-08:00"]),
    (triggered("{absence: bought, for: 24h, since: started}"), "entered", ["2025-03-03T19:00:00-08:00"]),
    (waiting("{wait: 'cron 0 9 * * *', to: {end: over}}"), "ended", ["2025-03-03T09:00:00-08:00"]),
    # 2 March, 22:00 in Los Angeles passed while she was still in Tokyo: so the next one counts.
    (waiting("{wait: 'cron 0 22 * * *', to: {end: over}}"), "ended", ["2025-03-03T22:00:00-08:00"]),
    (waiting("{wait: date trigger.x, to: {end: over}}"), "ended", ["2025-03-04T09:00:00-08:00"]),
    (waiting("{wait: 1d before date trigger.x at 10:00, to: {end: over}}"), "ended", ["2025-03-03T10:00:00-08:00"]),
    (waiting("{at: contact.points, to: {end: over}, if_missing: never}"), "ended", ["2025-03-03T09:00:00-08:00"]),
    (waiting("{for: trigger.s, to: {end: over}, if_past: never, if_missing: never}"), "ended",
     ["2025-03-03T10:00:00-08:00"]),
]  # fmt: skip


@BOTH
@pytest.mark.parametrize(("text", "kind", "expected"), MOVES)
def test_from_tokyo_to_los_angeles(replayed: Replayer, text: str, kind: str, expected: list[str]) -> None:
    profile = {"timezone": TOKYO, "birthday": "2025-03-04", "points": 9}
    events = [(BEGIN, {"x": "2025-03-04 09:00", "s": "1d at 10:00"})]
    rows = [(MOVE, {"timezone": LOS_ANGELES})]
    assert instants(replayed, text, kind, profile, events, rows, BEGIN, "2025-03-04T12:00:00-08:00") == expected


@BOTH
def test_a_date_that_has_come_in_tokyo_does_not_come_again_in_los_angeles(replayed: Replayer) -> None:
    profile = {"timezone": TOKYO, "birthday": "2025-03-03"}
    text = triggered("{date: contact.birthday, at: '18:00'}")
    rows = [(MOVE, {"timezone": LOS_ANGELES})]
    times = instants(replayed, text, "entered", profile, [], rows, BEGIN, "2025-04-01T00:00:00-08:00")
    assert times == ["2025-03-03T01:00:00-08:00"]


@BOTH
def test_a_moment_that_has_come_in_tokyo_does_not_come_again_in_los_angeles(replayed: Replayer) -> None:
    rows = [(MOVE, {"timezone": LOS_ANGELES})]
    text = triggered("{at: 2025-03-03 18:00}")
    times = instants(replayed, text, "entered", {"timezone": TOKYO}, [], rows, BEGIN, "2025-04-01T00:00:00-08:00")
    assert times == ["2025-03-03T01:00:00-08:00"]
