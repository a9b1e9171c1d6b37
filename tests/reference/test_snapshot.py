"""A contact's state, saved and restored at any instant, continues without any difference: for every project and log."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.snapshot import restore, save
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, change_profile, new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Record, Warned
from tests.reference.facts import facts_of
from tests.reference.projects import Made, Person, World, made_of, worlds
from tests.reference.settings import examples

# Comes before all other scenarios; nobody enters it.
FOREMOST = """
scenario: foremost
priority: 99
audience: contact.country == 'nowhere'
trigger: {schedule: at 09:00 on mon}
states: {one: {after: {3d: {end: late}}}}
"""
PRIORITY = re.compile(r"priority: \d+")
VERSION = re.compile(r"(^scenario: .*\n)", re.MULTILINE)


def compiled(made: Made) -> Program:
    return compile_program(made.project, tables=made.tables)


def beside(today: Made, older: Made) -> Program:
    """A program of today's scenarios in which older definitions continue for their own journeys."""
    return compile_program(today.project, tables=today.tables, pinned=older.project.scenarios.values())


def stored(program: Program, state: ContactState) -> Any:
    """The state as a store would return it."""
    return json.loads(json.dumps(save(program, state), allow_nan=False))


def inputs(person: Person, until: int) -> list[tuple[int, Any]]:
    """A contact's events and rows in order of time, rows first at one instant."""
    rows: list[tuple[int, Any]] = list(person.log.changes)
    all_inputs = rows + [(event.at, event) for event in person.log.events]
    return [each for each in sorted(all_inputs, key=lambda result: result[0]) if each[0] <= until]


def facts(records: list[Record]) -> list[tuple[object, ...]]:
    """Records as facts, data warnings included."""
    return [
        ("warned", record.at, record.scenario, record.place, record.event, record.detail)
        if isinstance(record, Warned)
        else fact
        for record in records
        for fact in (facts_of([record]) or [()])
    ]


def fed(program: Program, state: ContactState, at: int, input_: Any) -> list[Record]:
    """The records of one input: an event or a row of the contacts table."""
    if not isinstance(input_, Event):
        return change_profile(program, state, at, input_)
    if state.known_at is None and input_.name in program.broadcasts:
        return []
    return step(program, state, input_)


def passed(program: Program, state: ContactState, until: int) -> list[Record]:
    return advance(program, state, until) if state.known_at is not None else []


@examples(25)
@given(worlds(), st.data())
def test_a_restored_state_continues_like_the_saved_one(world: World, data: st.DataObject) -> None:
    built = made_of(world)
    program, anew = compiled(built), compiled(built)
    for person in world.people:
        log, timeline = person.log, inputs(person, world.until)
        state = new_contact(program, log.contact_id, log.profile, person.known_at)
        again, other = program, new_contact(program, log.contact_id, log.profile, person.known_at)
        cuts = data.draw(st.sets(st.integers(1, len(timeline)), min_size=1, max_size=3))
        for number, (at, each) in enumerate(timeline, 1):
            assert facts(fed(program, state, at, each)) == facts(fed(again, other, at, each))
            if number not in cuts:
                continue
            latest = timeline[number][0] - 1 if number < len(timeline) else world.until
            if at <= latest and data.draw(st.booleans()):
                until = data.draw(st.integers(at, latest))
                assert facts(passed(program, state, until)) == facts(passed(again, other, until))
            values = stored(again, other)
            again = anew if again is program else program
            other = restore(again, values)
            assert stored(again, other) == values
            event("journeys" if "journeys" in values else "no journeys")
        assert facts(passed(program, state, world.until)) == facts(passed(again, other, world.until))
        assert stored(again, other) == stored(program, state)


@examples(10)
@given(worlds(), st.data())
def test_a_snapshot_fits_other_scenarios_beside_its_own_in_any_order(world: World, data: st.DataObject) -> None:
    program = compiled(made_of(world))
    priorities = data.draw(st.permutations((10, 50, 90)))
    shuffled = {
        name: PRIORITY.sub(f"priority: {priorities[len(name) % 3]}", text) for name, text in world.files.items()
    }
    shuffled_made = made_of(world._replace(files={**shuffled, "foremost.yaml": FOREMOST}))
    other = beside(shuffled_made, made_of(world))
    for person in world.people:
        log, timeline = person.log, inputs(person, world.until)
        state = new_contact(program, log.contact_id, log.profile, person.known_at)
        for at, each in timeline[: data.draw(st.integers(1, len(timeline)))]:
            fed(program, state, at, each)
        values = stored(program, state)
        copy_there = stored(other, restore(other, values))
        assert stored(program, restore(program, copy_there)) == values


def in_two_versions(world: World, more: str) -> tuple[Made, Made]:
    """The same scenarios in two definitions that differ without an effect on their behaviour."""
    first, second = (
        made_of(
            world._replace(
                files={name: VERSION.sub(rf"\1version: {version}\n{more}", text) for name, text in world.files.items()}
            )
        )
        for version in (7, 8)
    )
    return first, second


@examples(20)
@given(worlds(), st.sampled_from(("", "", "in_flight: follow\n")), st.data())
def test_journeys_continue_unchanged_beside_new_scenarios_and_in_an_equivalent_definition(
    world: World, more: str, data: st.DataObject
) -> None:
    """At each cut the other of two versions becomes today's. Pinned versions run side by side."""
    first, second = in_two_versions(world, more)
    programs = [beside(first, second), beside(second, first)]
    for person in world.people:
        log, timeline = person.log, inputs(person, world.until)
        program = compiled(first)
        state = new_contact(program, log.contact_id, log.profile, person.known_at)
        today, other = 0, new_contact(programs[0], log.contact_id, log.profile, person.known_at)
        cuts = data.draw(st.sets(st.integers(1, len(timeline)), min_size=1, max_size=3))
        for number, (at, input_) in enumerate(timeline, 1):
            assert facts(fed(program, state, at, input_)) == facts(fed(programs[today], other, at, input_))
            if number in cuts:
                values = stored(programs[today], other)
                today = 1 - today
                other = restore(programs[today], values)
                assert other.records == []
                definitions = {each.get("definition") for each in values.get("journeys", ())}
                event(f"{len(definitions)} definitions" + (", follow" if more else ""))
                if not more:
                    assert stored(programs[today], other) == values
        assert facts(passed(program, state, world.until)) == facts(passed(programs[today], other, world.until))
