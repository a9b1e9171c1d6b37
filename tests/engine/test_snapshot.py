"""A contact's state as plain named values: its content, the changes that it survives, and the input that it refuses."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from scenario_cli.engine.calendar import zone
from scenario_cli.engine.plain_values import event_of, plain, plain_event, value_of
from scenario_cli.engine.snapshot import SnapshotError, restore, save
from scenario_cli.engine.state import OwnEvent
from scenario_cli.engine.step import advance
from scenario_cli.model.event import Event
from scenario_cli.model.records import Entered
from tests.engine.worlds import PARIS, REACHABLE, Story, clock, moment, program_of, record_text, run
from tests.rows import rows

DATED = """
scenario: dated
trigger: {event: started}
states:
  asks:
    after: [{wait: 2d, to: reminded}, {wait: date trigger.d, to: dated, if_past: late, if_missing: lost}]
    on: {stopped: reminded}
  reminded: {after: {1d: {end: over}}}
  dated: {end: dated}
  late: {end: late}
  lost: {end: lost}
"""
WAITS = """
scenario: waits
trigger: {event: started}
states:
  asks: {after: {2d: {end: over}}}
"""


def continued(story: Story, *scenarios: str, until: str, metrics: str = "") -> list[str]:
    """The records that follow after a story's state is restored into the program of some scenarios."""
    program = program_of(*scenarios, metrics=metrics)
    state = restore(program, json.loads(json.dumps(save(story.program, story.state), allow_nan=False)))
    return [f"{clock(each.at)} {record_text(each)}" for each in advance(program, state, moment(until))]


@rows(
    "value",
    [
        None, True, 0, -1, 2**63, -(2**80), 1.5, math.inf, "", "text", "$int", [], [1, [2]], {}, {"a": {"b": None}},
        {"$int": 1}, {"$": 1}, {1: "a", None: "b"}, (1, (2,)), date(2025, 3, 3), timedelta(days=-1, microseconds=3),
        datetime(2025, 3, 3, 9), datetime(2025, 3, 3, 9, tzinfo=UTC), datetime(2025, 10, 26, 2, 30, 0, 7, zone(PARIS)),
        datetime(2025, 10, 26, 2, 30, tzinfo=zone(PARIS), fold=1), datetime(2025, 3, 3, tzinfo=zone("Pacific/Apia")),
        datetime(2025, 3, 3, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
    ],
)  # fmt: skip
def test_every_value_is_restored_from_plain_data(value: Any) -> None:
    restored = value_of(json.loads(json.dumps(plain(value), allow_nan=False)))
    assert restored == value
    assert type(restored) is type(value)
    assert repr(restored) == repr(value)


def test_nan_is_restored() -> None:
    assert math.isnan(value_of(plain(math.nan)))


def test_a_value_of_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="a complex cannot be kept"):
        plain(1j)


def test_an_event_is_restored_with_all_its_values() -> None:
    event = event_of(plain_event(Event("bought", 7, {"n": 1}, "e1", 90)))
    assert event is not None
    assert (event.name, event.at, event.properties) == ("bought", 7, {"n": 1})
    assert (event.event_id, event.most_bytes) == ("e1", 90)
    own = event_of(plain_event(OwnEvent("journey.ended", 7, {"outcome": "over"}, "j1", 3)))
    assert isinstance(own, OwnEvent)
    assert (own.name, own.properties, own.origin, own.visit) == ("journey.ended", {"outcome": "over"}, "j1", 3)


def test_a_snapshot_names_a_journeys_scenario_state_and_waits() -> None:
    story = run(WAITS, [("2025-03-03 10:00", "started", {"n": 1}, "e1")])
    values = save(story.program, story.state)
    (journey,) = values["journeys"]
    assert (journey["scenario"], journey["state"], journey["because"]) == (
        "waits", "asks", [[moment("2025-03-03 10:00"), "started", "asks", 1]],
    )  # fmt: skip
    assert list(journey["waits"].values()) == [moment("2025-03-05 10:00")]
    assert values["event_ids"] == [["e1", moment("2025-03-03 10:00")]]
    assert "triggers" not in values
    assert "counted" not in values


def test_a_text_of_the_same_meaning_gives_the_same_snapshot() -> None:
    events = [("2025-03-03 10:00", "started", {"d": "2025-03-04"})]
    moved = "# A comment that moves every line.\n\n" + DATED.replace("{wait: 2d,", "{wait: '2d',")
    dated, edited = run(DATED, events), run(moved, events)
    assert save(dated.program, dated.state) == save(edited.program, edited.state)


@pytest.mark.parametrize(("value", "led"), [("2025-03-01", "late"), ("soon", "lost")])
def test_a_wait_on_its_fallback_is_restored_with_the_case(value: str, led: str) -> None:
    story = run(DATED, [("2025-03-03 10:00", "started", {"d": value})])
    (fallen,) = save(story.program, story.state)["journeys"][0]["fallbacks"].values()
    assert fallen == {"late": "past", "lost": "missing"}[led]
    assert continued(story, DATED, until="2025-03-03 10:00")[-1] == f"2025-03-03 10:00 end {led}"


HOLDER = """
scenario: holder
priority: 20
trigger: {event: started}
exclusive: promo
on: {stopped: {end: over}}
states: {asks: {after: {30d: {end: over}}}}
"""
WAITING = """
scenario: waiting
priority: 10
trigger: {event: started}
exclusive: {group: promo, wait: 2d}
states: {asks: {after: {30d: {end: over}}}}
"""


def test_the_end_of_a_wait_for_a_group_that_was_entered_leaves_no_trace() -> None:
    story = run((HOLDER, WAITING), [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "stopped")])
    anew = program_of(HOLDER, WAITING)
    restored = restore(anew, save(story.program, story.state))
    advance(story.program, story.state, moment("2025-03-20 10:00"))
    advance(anew, restored, moment("2025-03-20 10:00"))
    assert save(anew, restored) == save(story.program, story.state)


def test_a_new_scenario_of_higher_priority_changes_nothing() -> None:
    story = run(WAITS, [("2025-03-03 10:00", "started")])
    first = WAITS.replace("scenario: waits", "scenario: first\npriority: 90").replace("2d", "1d")
    assert continued(story, first, WAITS, until="2025-03-06 10:00") == ["2025-03-05 10:00 end over"]


def test_a_trigger_by_time_that_is_new_begins_with_the_restored_state() -> None:
    story = run(WAITS, [("2025-03-03 10:00", "started")])
    weekly = "scenario: weekly\ntrigger: {schedule: at 09:00 on tue}\nstates: {in: {end: done}}"
    assert continued(story, weekly, WAITS, until="2025-03-04 10:00") == [
        "2025-03-04 09:00 entered", "2025-03-04 09:00 -> in", "2025-03-04 09:00 end done",
    ]  # fmt: skip


def test_present_members_do_not_enter_by_a_new_segment() -> None:
    metrics = "segments: {keen: contact.points > 3}"
    story = run(WAITS, [("2025-03-03 10:00", "started")], {**REACHABLE, "points": 5})
    keen = "scenario: keen\ntrigger: {segment: keen}\nstates: {in: {end: done}}"
    assert continued(story, keen, WAITS, until="2025-03-04 10:00", metrics=metrics) == []


BIRTHDAY = "scenario: new\ntrigger: {date: contact.birthday, every: year}\nstates: {in: {end: done}}"
WEEKLY = "scenario: new\ntrigger: {schedule: at 09:00 on tue}\nstates: {in: {end: done}}"
MOMENT = "scenario: new\ntrigger: {at: 2025-06-10 09:00}\nstates: {in: {end: done}}"
ABSENCE = "scenario: new\ntrigger: {absence: bought, for: 3d, since: noted}\nstates: {in: {end: done}}"
IDLE = "scenario: new\ntrigger: {segment: idle}\nstates: {in: {end: done}}"
IDLE_ALREADY = IDLE.replace("idle}", "idle, already_in: true}")


@rows(
    ("scenario", "segment", "enters"),
    [
        (WEEKLY, "", ["2025-06-03 09:00", "2025-06-10 09:00"]),
        (WEEKLY.replace("09:00", "12:00"), "", ["2025-06-03 12:00", "2025-06-10 12:00"]),
        (BIRTHDAY, "", []),
        (BIRTHDAY.replace("birthday", "renewal"), "", ["2025-06-04 00:00"]),
        (MOMENT, "", ["2025-06-10 09:00"]),
        (MOMENT.replace("06-10", "06-02"), "", []),
        (ABSENCE, "", []),
        (IDLE, "days_since(contact.birthday) > 3", []),
        (IDLE, "days_since(contact.renewal) > 3", ["2025-06-07 06:00"]),
        (IDLE_ALREADY, "days_since(contact.birthday) > 3", ["2025-06-03 09:00"]),
    ],
)  # fmt: skip
def test_new_triggers_begin_at_the_clock_of_the_store(scenario: str, segment: str, enters: list[str]) -> None:
    """The contact's last input is ninety days old; the clock is at 9:00 on a Tuesday."""
    contact = {**REACHABLE, "birthday": date(2000, 4, 1), "renewal": "2025-06-04"}
    story = run(WAITS, [("2025-03-05 09:00", "noted")], contact)
    program = program_of(scenario, WAITS, metrics=f"segments: {{idle: {segment}}}" if segment else "")
    at_clock = {**save(story.program, story.state), "now": moment("2025-06-03 09:00")}
    for values in (save(story.program, story.state), at_clock):
        state = restore(program, values, moment("2025-06-03 09:00"))
        records = advance(program, state, moment("2025-06-11 09:00"))
        assert [clock(record.at) for record in records if isinstance(record, Entered)] == enters


def test_another_format_is_refused() -> None:
    story = run(WAITS, [])
    with pytest.raises(SnapshotError, match="format 99 of a contact's state is unknown; this version has 1"):
        restore(story.program, {**save(story.program, story.state), "format": 99})


@pytest.mark.parametrize(
    "scenario",
    [
        WAITS.replace("scenario: waits", "scenario: others"),
        WAITS.replace("asks:", "begs:"),
        WAITS.replace("2d", "3d"),
    ],
)
def test_a_running_journey_without_its_definition_is_refused(scenario: str) -> None:
    story = run(WAITS, [("2025-03-03 10:00", "started")])
    definition = story.program.by_name["waits"].definition
    why = f"journey .* of waits, in state asks: the program has no definition {definition} of waits"
    with pytest.raises(SnapshotError, match=why):
        continued(story, scenario, until="2025-03-06 10:00")


def test_an_ended_journey_whose_scenario_is_gone_is_forgotten() -> None:
    story = run(f"{WAITS}goal: {{event: bought}}\n", [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "bought")])
    other_scenario = WAITS.replace("scenario: waits", "scenario: others")
    assert continued(story, other_scenario, until="2025-03-06 10:00") == []
