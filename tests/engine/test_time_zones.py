"""The clock on which waits count, and waits of contacts who move to another time zone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from scenario_cli.model.records import Ended
from tests.engine.test_waits import LOS_ANGELES, PARIS, TOKYO, written
from tests.engine.worlds import Happening, run, waiting
from tests.rows import rows


@pytest.mark.parametrize("contact", [{}, {"timezone": "Mars/Olympus"}, {"timezone": ""}, {"timezone": 9}])
def test_without_a_known_zone_the_project_s_clock_counts(contact: Mapping[str, object]) -> None:
    begin = ("2025-01-15T01:00:00+00:00", "started")
    story = run(waiting("at 09:00"), [begin], contact, until="2025-02-01 00:00", timezone=TOKYO, zone=TOKYO)
    assert story.lines[-1] == "2025-01-16 09:00 end over"


@rows("zone", ["Mars/Olympus", "", "9", "../../etc/passwd", "Europe", "a\0b"])
def test_an_unknown_zone_is_a_data_warning(zone: object) -> None:
    assert len(run(waiting("1h"), [("2025-03-03 10:00", "started")], {"timezone": zone}).warnings) == 1


def test_a_missing_zone_is_a_data_warning() -> None:
    assert len(run(waiting("at 09:00"), [("2025-03-03 10:00", "started")], {}).warnings) == 1


def test_an_unknown_zone_that_comes_while_a_journey_waits_is_a_data_warning() -> None:
    events: list[Happening] = [
        ("2025-03-03 10:00", "started"),
        ("2025-03-03 11:00", "profile_updated", {"timezone": "Mars/Olympus"}),
    ]
    story = run(waiting("at 09:00"), events, {"timezone": TOKYO}, until="2025-03-10 10:00")
    assert len(story.warnings) == 1


def test_a_zone_of_absurd_length_stops_no_run() -> None:
    story = run(waiting("1h"), [("2025-03-03 10:00", "started")], {"timezone": "Europe/" + "x" * 5_000})
    assert len(story.entries) == 1


def moved(wait: str, begin: str, at: str, first: str, then: object) -> str:
    """The time in UTC at which a wait is due, if the contact's zone changes during the wait."""
    events: list[Happening] = [(begin, "started"), (at, "profile_updated", {"timezone": then})]
    story = run(waiting(wait), events, {"timezone": first}, until="2026-01-01 00:00", timezone="UTC", zone="UTC")
    (end_record,) = (record for record in story.records if isinstance(record, Ended))
    return written(end_record.at, "UTC").removesuffix("+00:00")


# In January Tokyo is 9 hours ahead of UTC and Los Angeles 8 behind. The waits begin at 01:00 UTC on the 15th:
# 10:00 of the 15th in Tokyo, 17:00 of the 14th in Los Angeles.
BEGIN = "2025-01-15T01:00:00+00:00"


@rows(
    ("wait", "at", "expected"),
    [
        # Counted from the beginning of the wait, the next 09:00 in Los Angeles is on the 15th, 17:00 UTC.
        ("at 09:00", "2025-01-15T12:00:00+00:00", "2025-01-15T17:00:00"),
        ("1d at 09:00", "2025-01-15T12:00:00+00:00", "2025-01-15T17:00:00"),
        # This is past at 20:00 UTC: the next match is 09:00 on the 16th.
        ("at 09:00", "2025-01-15T20:00:00+00:00", "2025-01-16T17:00:00"),
        ("1d at 09:00", "2025-01-15T20:00:00+00:00", "2025-01-16T17:00:00"),
        # Elapsed time has no zone.
        ("20h", "2025-01-15T12:00:00+00:00", "2025-01-15T21:00:00"),
        # The elapsed part is first: 20 hours end on the 15th at 13:00 in Los Angeles, so the next 09:00 is on the 16th.
        ("20h at 09:00", "2025-01-15T12:00:00+00:00", "2025-01-16T17:00:00"),
        # A day from the 14th 17:00 in Los Angeles is the same instant as a day from the 15th 10:00 in Tokyo.
        ("1d", "2025-01-15T12:00:00+00:00", "2025-01-16T01:00:00"),
        # The 14th is a Tuesday; a day later is Wednesday in Los Angeles, but it was Thursday in Tokyo.
        ("1d on wed", "2025-01-15T12:00:00+00:00", "2025-01-16T01:00:00"),
    ],
)
def test_waits_are_computed_anew_when_a_contact_moves_to_another_zone(wait: str, at: str, expected: str) -> None:
    assert moved(wait, BEGIN, at, TOKYO, LOS_ANGELES) == expected


def test_a_wait_due_at_the_very_instant_of_the_move_is_not_past() -> None:
    # 17:00 UTC is 09:00 in Los Angeles. A wait due now is not past, and ends after the events of this instant.
    assert moved("at 09:00", BEGIN, "2025-01-15T17:00:00+00:00", TOKYO, LOS_ANGELES) == "2025-01-15T17:00:00"


def test_a_month_ends_later_in_the_new_zone() -> None:
    # 31 January 10:00 in Tokyo is 30 January 17:00 in Los Angeles; a month later is 28 February in both.
    due_at = moved("1mo", "2025-01-31T01:00:00+00:00", "2025-02-10T12:00:00+00:00", TOKYO, LOS_ANGELES)
    assert due_at == "2025-03-01T01:00:00"


def test_a_plain_duration_that_is_past_on_the_new_clock_is_due_now() -> None:
    # The opposite direction: on the clock of Tokyo 28 February 10:00 was due 11 hours ago.
    due_at = moved("1mo", "2025-01-31T01:00:00+00:00", "2025-02-28T12:00:00+00:00", LOS_ANGELES, TOKYO)
    assert due_at == "2025-02-28T12:00:00"


def test_a_day_of_the_week_that_is_past_on_the_new_clock_is_due_at_its_next_match() -> None:
    # Friday 10 January 17:00 in Los Angeles is Saturday 10:00 in Tokyo. The wait is due there on Monday the 13th 10:00
    # (01:00 UTC). This is past at 12:00 UTC, so it is due on the next Monday at the same time.
    due_at = moved("1d on mon", "2025-01-11T01:00:00+00:00", "2025-01-13T12:00:00+00:00", LOS_ANGELES, TOKYO)
    assert due_at == "2025-01-20T01:00:00"


@pytest.mark.parametrize("zone", [None, "Mars/Olympus"])
def test_a_zone_that_is_lost_gives_the_project_s_clock(zone: str | None) -> None:
    # On the project's clock (UTC) the next 09:00 after 01:00 is eight hours later.
    assert moved("at 09:00", BEGIN, "2025-01-15T02:00:00+00:00", TOKYO, zone) == "2025-01-15T09:00:00"


def test_a_zone_that_changes_back_gives_the_first_due_time_again() -> None:
    events: list[Happening] = [
        (BEGIN, "started"),
        ("2025-01-15T02:00:00+00:00", "profile_updated", {"timezone": LOS_ANGELES}),
        ("2025-01-15T03:00:00+00:00", "profile_updated", {"timezone": TOKYO}),
    ]
    story = run(waiting("at 09:00"), events, {"timezone": TOKYO}, until="2025-02-01 00:00", zone=TOKYO)
    assert [line for line in story.lines if "end" in line] == ["2025-01-16 09:00 end over"]


def test_a_row_of_the_contacts_table_moves_the_clock_too() -> None:
    events: list[Happening] = [(BEGIN, "started"), ("2025-01-15T12:00:00+00:00", "row", {"timezone": LOS_ANGELES})]
    story = run(waiting("at 09:00"), events, {"timezone": TOKYO}, until="2025-02-01 00:00", zone="UTC")
    assert story.lines[-1] == "2025-01-15 17:00 end over"


def test_a_wait_that_is_over_does_not_begin_again_on_the_new_clock() -> None:
    scenario = """
scenario: asks
trigger: {event: started}
states:
  waiting:
    after:
      - {wait: at 12:00, if: contact.country == 'US', to: {end: again}}
      - {wait: 100h, to: {end: over}}
"""
    # Noon in Tokyo (03:00 UTC) passes without effect; noon in Los Angeles is still to come when the contact moves
    # there.
    events: list[Happening] = [
        (BEGIN, "started"),
        ("2025-01-15T12:00:00+00:00", "profile_updated", {"timezone": LOS_ANGELES, "country": "US"}),
    ]
    story = run(scenario, events, {"timezone": TOKYO}, until="2025-02-01 00:00", zone="UTC")
    assert story.outcomes == ["over"]


def test_a_wait_runs_once_although_the_zone_changed_under_it() -> None:
    scenario = """
scenario: counts
trigger: {event: started}
reentry: always
states:
  waiting:
    on: {changed: {set: {it: seen}}}
    after: {10h: sent}
  sent:
    send: {email: a/b}
    on: {stopped: {end: over}}
"""
    moves: list[Happening] = [
        (f"2025-01-15T0{hour}:00:00+00:00", "profile_updated", {"timezone": zone})
        for hour, zone in ((2, LOS_ANGELES), (3, TOKYO), (4, PARIS))
    ]
    story = run(scenario, [(BEGIN, "started"), *moves], until="2025-02-01 00:00", zone="UTC")
    assert [line for line in story.lines if "->" in line] == [
        "2025-01-15 01:00 -> waiting",
        "2025-01-15 11:00 -> sent (after 10h)",
    ]


def test_parts_of_a_date_time_are_local() -> None:
    scenario = """
scenario: parts
trigger: {event: started}
states:
  here:
    set: {it: '=[now.hour, now.weekday, now.day, now.month, now.year, now.date, trigger.timestamp.hour]'}
    on: {stopped: {end: over}}
"""
    # 31 December 20:00 UTC is 1 January 05:00 in Tokyo, a Wednesday.
    story = run(scenario, [("2024-12-31T20:00:00+00:00", "started")], {"timezone": TOKYO})
    assert story.captured("it") == [5, "wed", 1, 1, 2025, "2025-01-01", 5]


def test_a_date_time_in_data_without_a_zone_is_on_the_contact_s_clock() -> None:
    scenario = """
scenario: reads
trigger: {event: started, where: 'date(event.s) == now'}
states: {here: {end: over}}
"""
    events: list[Happening] = [("2025-01-15T01:00:00+00:00", "started", {"s": "2025-01-15T10:00:00"})]
    assert len(run(scenario, events, {"timezone": TOKYO}).entries) == 1
    assert len(run(scenario, events, {"timezone": LOS_ANGELES}).entries) == 0
