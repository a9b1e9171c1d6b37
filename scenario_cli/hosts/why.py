"""Follows one contact through a log, traced: what was fed, what came of it, and what kept it out of a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scenario_cli.analysis.needs import wanted_events
from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.compiled import Machine, Program
from scenario_cli.engine.state import NEVER, ContactState, Journey
from scenario_cli.engine.step import new_contact
from scenario_cli.engine.waits import branch_of
from scenario_cli.events.staged import StagedLog
from scenario_cli.hosts.replay import feeding
from scenario_cli.hosts.rows import RowWriter
from scenario_cli.hosts.tables import load_tables
from scenario_cli.hosts.why_not import Membership, Memberships, never_entered
from scenario_cli.model.case_run import Played
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Record, Updated
from scenario_cli.model.story import ContactStory, Given, NeverEntered, Waiting


def story_of(
    project: Project,
    scenarios: tuple[str, ...],
    staged: StagedLog,
    contact: str,
    start: int | None,
    until: int,
    idle: tuple[str, ...] = (),
    shown: tuple[str, ...] = (),
) -> ContactStory:
    """The story of a contact that a log staged for it alone holds; `start` and `until` are those of a replay.

    `idle` are scenarios that do not run and yet are to be told of. Where some are `shown`, the others run untold.
    """
    told_of = frozenset(shown or scenarios)
    tables = load_tables(project)
    program = compile_program(project, scenarios, tables, trace=True)
    broadcasts = list(staged.broadcasts()) if program.broadcasts else []
    log = next(iter(staged.stream()), None) or ContactLog(contact, {}, [], [])
    state = new_contact(program, log.contact_id, log.profile)
    inputs = feeding(program, state, log, staged.report.first, start, until, broadcasts)
    memberships: Memberships = {}
    everything = tuple(_story(program, state, inputs, start, memberships))
    events = _events_of(project, told_of)
    story = tuple(one for one in everything if _concerns(one, told_of, events))
    writer = RowWriter(project, tables)
    return ContactStory(
        contact_id=contact,
        timezone=state.zone.key,
        listed=log.listed,
        profile=state.profile,
        start=start,
        until=until,
        scenarios=tuple(machine.name for machine in program.machines if machine.name in told_of),
        story=story,
        # Of the others too: a cap names what used it up.
        messages=tuple(Played(one, writer.row(contact, one, "sent")) for one in everything if isinstance(one, Asked)),
        waiting=tuple(one for one in _waiting(program, state) if one.scenario in told_of),
        never=(
            *(
                one
                for one in never_entered(project, program, state, everything, memberships, staged.report, start)
                if one.scenario in told_of
            ),
            *(NeverEntered(name, project.scenarios[name].status, ()) for name in idle),
        ),
    )


def _events_of(project: Project, scenarios: frozenset[str]) -> frozenset[str]:
    return frozenset(wanted_events(project, [project.scenarios[name] for name in scenarios]))


def _concerns(one: Given | Record, scenarios: frozenset[str], events: frozenset[str]) -> bool:
    """Whether a part of the story is about these scenarios: what they did, and what is fed to them."""
    if isinstance(one, Given):
        return not one.event or one.event in events
    return not one.scenario or one.scenario in scenarios


def _story(
    program: Program,
    state: ContactState,
    inputs: Iterable[tuple[int, Event | Mapping[str, Any] | None, list[Record]]],
    start: int | None,
    memberships: Memberships,
) -> Iterator[Given | Record]:
    """The story; adds to `memberships` when the contact came into each segment or fell out of it."""
    before, taken = state.profile, state.input_count
    for at, what, brought in inputs:
        history = start is not None and (at < start or (at == start and what is None))
        for name, inside in state.membership_before.items():
            changes = memberships.setdefault(name, [])
            if not changes or changes[-1].inside != inside:
                changes.append(Membership(at, inside, history))
        if what is None:
            yield from brought
        else:
            # Time passed before the event came; of what happened at its own instant, it came first.
            earlier = sum(one.at < at for one in brought)
            passed = brought[:earlier]
            yield from passed
            changed = {**before, **{one.attribute: one.after for one in passed if isinstance(one, Updated)}}
            again = state.input_count == taken
            yield _given(program, at, what, changed, state.profile, again, start)
            yield from brought[earlier:]
        before, taken = state.profile, state.input_count


def _given(
    program: Program,
    at: int,
    what: Event | Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    again: bool,
    start: int | None,
) -> Given:
    history = start is not None and at < start
    if not isinstance(what, Event):
        return Given(at, "", what, _changes(what, before, after), history=history)
    changes = _changes(what.properties, before, after) if what.name in program.profile_events and not again else ()
    return Given(at, what.name, what.properties, changes, what.name in program.broadcasts, again, history)


def _changes(
    named: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[tuple[str, Any, Any], ...]:
    return tuple(
        (name, before.get(name), after.get(name)) for name in named if before.get(name) != after.get(name)
    )  # fmt: skip


def _waiting(program: Program, state: ContactState) -> Iterator[Waiting]:
    """The journeys that still run, in order of entry."""
    running = [
        (machine, journey)
        for machine in program.machines
        for journey in state.journeys.get(machine.name, ())
        if not journey.ended
    ]
    for machine, journey in sorted(running, key=lambda one: one[1].number):
        held = ((_channel(machine, journey, place), one.until) for place, one in journey.held.items())
        yield Waiting(
            machine.name,
            journey.journey_id,
            journey.key,
            journey.state_name,
            min(one.asked_at for one in journey.held.values()) if journey.unsettled else journey.waits_from,
            tuple(sorted(_dues(machine, journey), key=lambda one: one[2])),
            tuple(sorted(held, key=lambda one: one[1])),
        )


def _channel(machine: Machine, journey: Journey, place: int) -> str:
    held = journey.held[place]
    if held.answer is not None:
        return str(held.answer.message.channel)
    return machine.states[journey.state_name].sends[place].choices[held.choice].channel


def _dues(machine: Machine, journey: Journey) -> Iterator[tuple[str, str, int]]:
    after = machine.states[journey.state_name].after
    for place, due in enumerate(journey.due_times):
        if due is not None and due < NEVER:
            branch = branch_of(after[place], journey.fallbacks.get(place))
            target = branch.target
            yield branch.cause, target.state or f"end: {target.outcome}", due
