"""The instant at which time alone causes the next action for a contact."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.engine.due import next_due
from scenario_cli.engine.snapshot import restore, save
from scenario_cli.engine.step import advance, new_contact
from tests.engine.policy.stage import run as held_story
from tests.engine.policy.stage import waits_while_sending
from tests.engine.random_worlds import World, replayed_events, worlds
from tests.engine.test_competition import ASKS, BUSY, BUSY_ONE, WAITS, member
from tests.engine.test_promises import ALIKE
from tests.engine.worlds import REACHABLE, Happening, clock, moment, program_of, run, waiting
from tests.rows import rows

STARTED: Happening = ("2025-03-03 10:00", "started")
NOTED: Happening = ("2025-03-03 10:00", "noted")
POINTS = "segments: {keen: contact.points > 3, idle: days_since(last('noted').timestamp) > 3}"
QUIET = "scenario: quiet\ntrigger: {segment: idle}\nstates: {in: {end: done}}"
CASES: dict[str, tuple[str | list[str], list[Happening], str | None]] = {
    "nothing": (waiting("2d"), [], None),
    "a wait": (waiting("2d"), [STARTED], "2025-03-05 10:00"),
    "a wait that is over": (waiting("2d"), [STARTED, ("2025-03-06 10:00", "noted")], None),
    "a wait of a state that was left": (
        "scenario: s\ntrigger: {event: started}\n"
        "states: {in: {on: {stopped: off}, after: {1d: off}}, off: {after: {5d: {end: over}}}}",
        [STARTED, ("2025-03-03 11:00", "stopped")],
        "2025-03-08 11:00",
    ),
    "a wait that never ends": (
        "scenario: s\ntrigger: {event: started}\n"
        "states: {in: {on: {stopped: {end: off}}, after: [{wait: date trigger.d, to: {end: over}, "
        "if_past: never, if_missing: never}]}}",
        [STARTED],
        None,
    ),
    "a schedule": (
        "scenario: s\ntrigger: {schedule: at 09:00 on tue}\nstates: {in: {end: done}}", [NOTED], "2025-03-04 09:00",
    ),
    "an absence": (
        "scenario: s\ntrigger: {absence: bought, for: 3d, since: noted}\nstates: {in: {end: done}}",
        [NOTED],
        "2025-03-06 10:00",
    ),
    "an absence that did not last": (
        "scenario: s\ntrigger: {absence: bought, for: 3d, since: noted}\nstates: {in: {end: done}}",
        [NOTED, ("2025-03-03 11:00", "bought")],
        None,
    ),
    "an absence by key": (
        "scenario: s\ntrigger: {absence: bought, for: 3d, since: noted, by: id}\nkey: event.id\n"
        "states: {in: {end: done}}",
        [("2025-03-03 10:00", "noted", {"id": "a"}), ("2025-03-03 12:00", "noted", {"id": "b"})],
        "2025-03-06 10:00",
    ),
    "a tick of the project's clock": (QUIET, [NOTED], "2025-03-07 06:00"),
    "an entry that waits for its group": (
        [member("busy", "noted", lasts="9d"), member("asks", "started", exclusive=WAITS)],
        [BUSY, ASKS],
        "2025-03-11 10:00",
    ),
    "an entry that waited and is in": ([BUSY_ONE, member("asks", "started", exclusive=WAITS)],
        [BUSY, ASKS, ("2025-03-06 12:00", "changed")], "2025-03-09 10:00"),
}  # fmt: skip


@rows("case", CASES)
def test_the_next_instant_is_the_earliest_of_what_still_counts(case: str) -> None:
    scenario, happenings, expected = CASES[case]
    story = run(scenario, happenings, metrics=POINTS if scenario is QUIET else "")
    instant = next_due(story.state)
    assert (clock(instant) if instant is not None else None) == expected


def test_a_held_message_is_due_when_its_hold_ends() -> None:
    policy = "{quiet_hours: [{from: '22:00', to: '08:00'}]}"
    story = held_story(
        policy, waits_while_sending("{email: m/a}", "{9d: {end: over}}"), ["2025-03-03 23:00"], until="2025-03-04 00:00"
    )
    due = next_due(story.state)
    assert due is not None
    assert clock(due) == "2025-03-04 08:00"


def test_nothing_is_due_for_a_contact_who_is_not_known_yet() -> None:
    program = program_of("scenario: s\ntrigger: {schedule: at 09:00 on tue}\nstates: {in: {end: done}}")
    assert next_due(new_contact(program, "ana", REACHABLE)) is None


@ALIKE
@given(worlds(), st.data())
def test_a_restored_state_has_the_same_next_instant_and_nothing_happens_before_it(
    world: World, data: st.DataObject
) -> None:
    program = program_of(*world.texts)
    state, _ = replayed_events(program, world.log, world.until)
    for _ in range(3):
        due = next_due(state)
        restored = restore(program, json.loads(json.dumps(save(program, state))))
        assert next_due(restored) == due
        if due is None:
            assert advance(program, state, moment("2040-01-01 00:00")) == []
            return
        assert due > state.now
        assert advance(program, restored, due, inclusive=False) == []
        advance(program, state, due)
