"""Follows one contact through a log, traced: its inputs, their results, and the reasons that kept it out of a
scenario.
"""

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
from scenario_cli.model.story import ContactStory, Input, NeverEntered, Waiting


def story_of(
    project: Project,
    scenarios: tuple[str, ...],
    staged: StagedLog,
    contact: str,
    start: int | None,
    until: int,
    idle: tuple[str, ...] = (),
    selected: tuple[str, ...] = (),
) -> ContactStory:
    """The story of a contact from a log staged for it alone; `start` and `until` are those of a replay.

    `idle` are scenarios that do not run but have a line in the story. If some are `selected`, only these are reported.
    """
    reported = frozenset(selected or scenarios)
    tables = load_tables(project)
    program = compile_program(project, scenarios, tables, trace=True)
    broadcasts = list(staged.broadcasts()) if program.broadcasts else []
    log = next(iter(staged.stream()), None) or ContactLog(contact, {}, [], [])
    state = new_contact(program, log.contact_id, log.profile)
    inputs = feeding(program, state, log, staged.report.first, start, until, broadcasts)
    memberships: Memberships = {}
    everything = tuple(_story(program, state, inputs, start, memberships))
    events = _events_of(project, reported)
    story = tuple(record for record in everything if _concerns(record, reported, events))
    writer = RowWriter(project, tables)
    return ContactStory(
        contact_id=log.contact_id,  # as contacts are compared: without blanks around, an address in lower case
        timezone=state.zone.key,
        listed=log.listed,
        profile=state.profile,
        start=start,
        until=until,
        scenarios=tuple(machine.name for machine in program.machines if machine.name in reported),
        story=story,
        # Messages of other scenarios too: a cap names those that used it up.
        messages=tuple(
            Played(record, writer.row(log.contact_id, record, "sent"))
            for record in everything
            if isinstance(record, Asked)
        ),
        waiting=tuple(waiting for waiting in _waiting(program, state) if waiting.scenario in reported),
        never=(
            *(
                reasons
                for reasons in never_entered(project, program, state, everything, memberships, staged.report, start)
                if reasons.scenario in reported
            ),
            *(NeverEntered(name, project.scenarios[name].status, ()) for name in idle),
        ),
    )


def _events_of(project: Project, scenarios: frozenset[str]) -> frozenset[str]:
    return frozenset(wanted_events(project, [project.scenarios[name] for name in scenarios]))


def _concerns(record: Input | Record, scenarios: frozenset[str], events: frozenset[str]) -> bool:
    """Whether a part of the story concerns these scenarios: their records and their events."""
    if isinstance(record, Input):
        return not record.event or record.event in events
    return not record.scenario or record.scenario in scenarios


def _story(
    program: Program,
    state: ContactState,
    inputs: Iterable[tuple[int, Event | Mapping[str, Any] | None, list[Record]]],
    start: int | None,
    memberships: Memberships,
) -> Iterator[Input | Record]:
    """The story; adds to `memberships` when the contact came into each segment or fell out of it."""
    before, inputs_before = state.profile, state.input_count
    for at, fed, records in inputs:
        history = start is not None and (at < start or (at == start and fed is None))
        for name, inside in state.membership_before.items():
            changes = memberships.setdefault(name, [])
            if not changes or changes[-1].inside != inside:
                changes.append(Membership(at, inside, history))
        if fed is None:
            yield from records
        else:
            # Time passed before the event came; within its own instant, the event came first.
            earlier = sum(record.at < at for record in records)
            passed = records[:earlier]
            yield from passed
            changed = {**before, **{record.attribute: record.after for record in passed if isinstance(record, Updated)}}
            repeated = state.input_count == inputs_before
            yield _input(program, at, fed, changed, state.profile, repeated, start)
            yield from records[earlier:]
        before, inputs_before = state.profile, state.input_count


def _input(
    program: Program,
    at: int,
    fed: Event | Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    repeated: bool,
    start: int | None,
) -> Input:
    history = start is not None and at < start
    if not isinstance(fed, Event):
        return Input(at, "", fed, _changes(fed, before, after), history=history)
    changes = _changes(fed.properties, before, after) if fed.name in program.profile_events and not repeated else ()
    return Input(at, fed.name, fed.properties, changes, fed.name in program.broadcasts, repeated, history)


def _changes(
    attributes: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[tuple[str, Any, Any], ...]:
    return tuple(
        (name, before.get(name), after.get(name)) for name in attributes if before.get(name) != after.get(name)
    )  # fmt: skip


def _waiting(program: Program, state: ContactState) -> Iterator[Waiting]:
    """The journeys that still run, in order of entry."""
    running = [
        (machine, journey)
        for machine in program.machines
        for journey in state.journeys.get(machine.name, ())
        if not journey.ended
    ]
    for machine, journey in sorted(running, key=lambda pair: pair[1].number):
        held_messages = ((_channel(machine, journey, index), message.until) for index, message in journey.held.items())
        yield Waiting(
            machine.name,
            journey.journey_id,
            journey.key,
            journey.state_name,
            min(message.asked_at for message in journey.held.values()) if journey.unsettled else journey.waits_from,
            tuple(sorted(_dues(machine, journey), key=lambda item: item[2])),
            tuple(sorted(held_messages, key=lambda item: item[1])),
        )


def _channel(machine: Machine, journey: Journey, index: int) -> str:
    message = journey.held[index]
    if message.answer is not None:
        return str(message.answer.message.channel)
    return machine.states[journey.state_name].sends[index].choices[message.choice].channel


def _dues(machine: Machine, journey: Journey) -> Iterator[tuple[str, str, int]]:
    after = machine.states[journey.state_name].after
    for index, due in enumerate(journey.due_times):
        if due is not None and due < NEVER:
            branch = branch_of(after[index], journey.fallbacks.get(index))
            target = branch.target
            yield branch.cause, target.state or f"end: {target.outcome}", due
