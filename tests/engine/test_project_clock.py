"""Scenarios on the project's clock, for contacts in any zone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.worlds import Happening, run
from tests.rows import rows

HEAD = "scenario: s\ntimezone: project\n"
STARTED = HEAD + "trigger: {event: started}\nstates:\n"
NEW_YORK: dict[str, Any] = {"timezone": "America/New_York", "renewal": "2025-03-10", "points": 9.5}


def lines(scenario: str, *events: Happening, metrics: str = "", until: str = "2025-04-30 00:00") -> list[str]:
    story = run(scenario, [("2025-03-03 20:00", "started"), *events], NEW_YORK, until, metrics=metrics)
    return [line for line in story.lines if " end " in line]


@rows(
    ("wait", "over"),
    [
        ("{wait: 1d at 09:00, to: {end: over}}", "2025-03-04 09:00"),
        ("{wait: at 09:00 on weekends, to: {end: over}}", "2025-03-08 09:00"),
        ("{wait: cron 0 9 * * *, to: {end: over}}", "2025-03-04 09:00"),
        # America changes its clocks on 9 March, Paris on 30 March: a day has its length in Paris.
        ("{wait: 6d, to: {end: over}}", "2025-03-09 20:00"),
        ("{wait: date contact.renewal at 09:00, to: {end: over}, if_past: now, if_missing: now}", "2025-03-10 09:00"),
        ("{wait: date contact.renewal, to: {end: over}, if_past: now, if_missing: now}", "2025-03-10 00:00"),
        ("{at: contact.points, to: {end: over}, if_missing: now}", "2025-03-04 09:30"),
        ("{for: \"'1d at 09:00'\", to: {end: over}, if_missing: now, if_past: now}", "2025-03-04 09:00"),
        ("{wait: 1d at 09:00, since: contact.renewal, to: {end: over}, if_missing: now}", "2025-03-11 09:00"),
    ],
)
def test_waits_are_over_by_the_projects_clock(wait: str, over: str) -> None:
    assert lines(f"{STARTED}  in: {{after: [{wait}]}}\n") == [f"{over} end over"]


@pytest.mark.parametrize(
    "trigger",
    [
        "{schedule: at 09:00 on sat}",
        "{at: 2025-03-08 09:00}",
        "{date: contact.renewal, offset: -2d, at: '09:00'}",
        "{absence: bought, for: 5d at 09:00, since: started}",
    ],
)
def test_triggers_by_time_fire_by_the_projects_clock(trigger: str) -> None:
    scenario = f"{HEAD}trigger: {trigger}\nstates: {{in: {{end: over}}}}\n"
    assert lines(scenario, until="2025-03-12 00:00") == ["2025-03-08 09:00 end over"]
    moves: Happening = ("2025-03-08 09:00", "profile_updated", {"timezone": "Asia/Tokyo"})
    assert lines(scenario, moves, until="2025-03-12 00:00") == ["2025-03-08 09:00 end over"]


def test_a_trigger_may_name_the_contacts_clock() -> None:
    scenario = f"{HEAD}trigger: {{schedule: at 09:00 on sat, timezone: contact}}\nstates: {{in: {{end: over}}}}\n"
    assert lines(scenario, until="2025-03-12 00:00") == ["2025-03-08 15:00 end over"]


@rows(
    ("condition", "holds"),
    [
        ("now.hour == 20", True),
        ("now.weekday == 'mon'", True),
        ("trigger.timestamp.hour == 20", True),
        ("journey.entered_at.hour == 20", True),
        ("now < '2025-03-03 20:01'", True),
        ("days_since('2025-03-03 08:00') == 0.5", True),
        ("date('2025-03-03 08:00').hour == 8", True),
        ("'at ' ~ now == 'at 2025-03-03 20:00'", True),
        ("'at ' ~ '2025-03-03T19:00:00Z' == 'at 2025-03-03 20:00'", True),
        ("count('started', since='2025-03-03 19:59') == 1", True),
        ("count('started', where=past.timestamp.hour == 20) == 1", True),
        ("['2025-03-03T19:00:00Z'] | map(attribute='hour') | list == [20]", True),
        # Metrics and segments are the same for all scenarios, on the contact's clock.
        ("metric.hour == 14", True),
        ("metric.part == 14", True),
        ("segment.afternoon", True),
    ],
)
def test_dates_in_conditions_are_read_by_the_projects_clock(condition: str, holds: bool) -> None:
    metrics = """
metrics:
  hour: {last: event.timestamp.hour, of: started}
  part: {value: now.hour}
segments:
  afternoon: now.hour == 14
"""
    scenario = f"{STARTED}  in:\n    choose: {{\"{condition}\": {{end: 'yes'}}, else: {{end: 'no'}}}}\n"
    assert lines(scenario, metrics=metrics) == [f"2025-03-03 20:00 end {'yes' if holds else 'no'}"]


def test_days_of_entry_are_the_projects() -> None:
    # 03:00 in Paris is still the day before in New York.
    scenario = HEAD + "trigger: {event: changed}\nactive: {from: 2025-03-05}\nstates: {in: {end: over}}\n"
    assert lines(scenario, ("2025-03-05 03:00", "changed")) == ["2025-03-05 03:00 end over"]
    assert lines(scenario.replace("timezone: project\n", ""), ("2025-03-05 03:00", "changed")) == []


def test_a_contact_who_moves_changes_nothing() -> None:
    moves: Happening = ("2025-03-03 21:00", "profile_updated", {"timezone": "Asia/Tokyo"})
    assert lines(f"{STARTED}  in: {{after: {{1d at 09:00: {{end: over}}}}}}\n", moves) == ["2025-03-04 09:00 end over"]
    absence = f"{HEAD}trigger: {{absence: bought, for: 1d, since: started}}\nstates: {{in: {{end: over}}}}\n"
    assert lines(absence, moves) == ["2025-03-04 20:00 end over"]
