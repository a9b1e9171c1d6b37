"""Why a contact never entered a scenario: for each trigger the first thing that would have had to be different."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from scenario_cli.engine.compiled import CompiledTrigger, Machine, Program
from scenario_cli.engine.state import NEVER, ContactState
from scenario_cli.model.export import ReadReport
from scenario_cli.model.project import Project
from scenario_cli.model.records import Ended, Entered, Looked, Record, Refused
from scenario_cli.model.story import Hindered, Input, NeverEntered
from scenario_cli.model.triggers import (
    AbsenceTrigger,
    AttributeTrigger,
    EventTrigger,
    OutcomeTrigger,
    SegmentTrigger,
    Trigger,
    called,
)


class Membership(NamedTuple):
    """A change of membership in a segment, the first look included; `history` if no contact could enter by it."""

    at: int
    inside: bool
    history: bool


Memberships = dict[str, list[Membership]]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The evidence: the story, the contact's state at its end, how often each event is in the log."""

    project: Project
    program: Program
    state: ContactState
    story: Sequence[Input | Record]
    memberships: Memberships
    counts: Mapping[str, int]
    start: int | None

    def inputs(self, names: tuple[str, ...]) -> list[Input]:
        return [
            record for record in self.story if isinstance(record, Input) and record.event in names and not record.again
        ]

    def elsewhere(self, names: tuple[str, ...]) -> int | None:
        """The number of such events in the log; None for an event that no log contains."""
        if not all(name in self.counts for name in names):
            return None
        return sum(self.counts[name] for name in names)


def never_entered(
    project: Project,
    program: Program,
    state: ContactState,
    story: Sequence[Input | Record],
    memberships: Memberships,
    report: ReadReport,
    start: int | None,
) -> Iterator[NeverEntered]:
    """The scenarios that were replayed and that the contact never entered."""
    evidence = _Evidence(project, program, state, story, memberships, dict(report.wanted), start)
    entered = {record.scenario for record in story if isinstance(record, Entered)}
    for machine in program.machines:
        if machine.name not in entered:
            scenario = project.scenarios[machine.name]
            hindered = tuple(
                _hindered(evidence, machine, index, trigger) for index, trigger in enumerate(scenario.triggers)
            )
            yield NeverEntered(machine.name, scenario.status, hindered)


def _hindered(evidence: _Evidence, machine: Machine, index: int, trigger: Trigger) -> Hindered:
    base = Hindered(called(trigger), trigger.span, "not_known")
    conditions = [
        record
        for record in evidence.story
        if isinstance(record, Looked)
        and record.scenario == machine.name
        and record.place == trigger.span
        and not record.journey_id
    ]
    fired = [record for record in conditions if record.held]
    if fired:
        return _refused(evidence, machine, base, fired)
    match trigger:
        case EventTrigger():
            return _by_event(evidence, machine, base, trigger, conditions)
        case AbsenceTrigger():
            return _by_absence(evidence, machine, index, base, trigger)
        case AttributeTrigger():
            return _by_attribute(evidence, base, trigger, conditions)
        case OutcomeTrigger():
            return _by_outcome(evidence, base, trigger)
        case _ if evidence.state.known_at is None:
            return base  # the others begin when the contact is known
        case SegmentTrigger():
            return _by_segment(evidence, machine, index, base, trigger)
        case _:
            return _by_clock(evidence, machine, index, base)


def _refused(evidence: _Evidence, machine: Machine, base: Hindered, fired: list[Looked]) -> Hindered:
    """The trigger fired, but a rule of entry refused or its list was empty."""
    instants = {record.at for record in fired}
    refusals = [record for record in _refusals(evidence, machine) if record.at in instants]
    if not refusals:
        return replace(base, by="empty", times=len(fired), at=fired[-1].at)
    refused_at = {record.at for record in refusals}
    last = _end_of_waiting(evidence, machine, refusals[-1])
    reason, conditions = (last.reason, ()) if isinstance(last, Refused) else ("audience", (last,))
    times = sum(record.at in refused_at for record in fired)
    return replace(base, by="refused", reason=reason, times=times, at=last.at, looked=conditions)


def _refusals(evidence: _Evidence, machine: Machine) -> list[Refused | Looked]:
    """The refused entries of a scenario; that of an audience is its condition, since a tick leaves no other record."""
    return [
        record
        for record in evidence.story
        if (isinstance(record, Refused) and record.scenario == machine.name and record.reason != "audience")
        or (
            isinstance(record, Looked)
            and record.scenario == machine.name
            and record.kind == "audience"
            and not record.held
        )
    ]


def _end_of_waiting(evidence: _Evidence, machine: Machine, last: Refused | Looked) -> Refused | Looked:
    """The refusal that ended an entry's wait for its group, if it has ended; any other refusal is its own end."""
    if not isinstance(last, Refused) or last.reason != "waiting":
        return last
    later = [
        record
        for record in _refusals(evidence, machine)
        if last.until is not None
        and last.at < record.at <= last.until
        and (isinstance(record, Looked) or record.key == last.key)
    ]
    return later[-1] if later else last


def _by_event(
    evidence: _Evidence, machine: Machine, base: Hindered, trigger: EventTrigger, conditions: list[Looked]
) -> Hindered:
    if conditions:
        return replace(base, by="where", times=len(conditions), at=conditions[-1].at, looked=(conditions[-1],))
    names = evidence.project.plan.expand(trigger.event.text)
    inputs = evidence.inputs(names)
    if not inputs:
        return replace(base, by="no_event", needs=trigger.event.text, elsewhere=evidence.elsewhere(names))
    if all(record.history for record in inputs):
        return replace(base, by="history", needs=trigger.event.text, times=len(inputs), at=inputs[-1].at)
    # Another trigger of the scenario, written before this one, took the event and was refused.
    refused = [record for record in evidence.story if isinstance(record, Refused) and record.scenario == machine.name]
    reason, at = (refused[-1].reason, refused[-1].at) if refused else ("", inputs[-1].at)
    return replace(base, by="refused", reason=reason, times=len(inputs), at=at)


def _by_absence(evidence: _Evidence, machine: Machine, index: int, base: Hindered, trigger: AbsenceTrigger) -> Hindered:
    armed = evidence.state.armed.get((machine.rank, index))
    due_times = [armed.due] if armed is not None else []
    due_times += [timer.due for timer in evidence.state.armed_by.get((machine.rank, index), {}).values()]
    if due_times:
        return replace(base, by="not_yet", needs=trigger.absent.text, at=min(due_times))
    start_names = evidence.project.plan.expand(trigger.since.text)
    starts = evidence.inputs(start_names)
    if not starts:
        return replace(base, by="no_event", needs=trigger.since.text, elsewhere=evidence.elsewhere(start_names))
    counted_by = trigger.by.text if trigger.by is not None else None
    counted = [record for record in starts if counted_by is None or record.properties.get(counted_by) is not None]
    if counted_by is not None and not counted:
        return replace(base, by="missing", needs=counted_by, times=len(starts), at=starts[-1].at)
    last = counted[-1]
    in_time = [
        record
        for record in evidence.inputs(evidence.project.plan.expand(trigger.absent.text))
        if record.at >= last.at
        and (counted_by is None or record.properties.get(counted_by) in (None, last.properties.get(counted_by)))
    ]
    if in_time:
        return replace(base, by="in_time", needs=trigger.absent.text, times=len(starts), at=in_time[0].at)
    return replace(base, by="history", needs=trigger.since.text, times=len(starts), at=starts[-1].at)


def _by_clock(evidence: _Evidence, machine: Machine, index: int, base: Hindered) -> Hindered:
    """The reason for a date, a moment or a schedule that is due later, was past, or is missing."""
    armed = evidence.state.armed.get((machine.rank, index))
    conditions = _final_conditions(evidence, machine.timed[index].trigger)
    if armed is not None and armed.due < NEVER:
        return replace(base, by="not_yet", at=armed.due, looked=conditions)
    if any(not condition.held for condition in conditions):
        return replace(base, by="missing", looked=conditions)
    value = armed.value if armed is not None else None
    if conditions and value is None:  # there is a value, which is no date
        return replace(base, by="missing", looked=conditions)
    return replace(base, by="past", at=value if isinstance(value, int) else None, looked=conditions)


def _by_segment(
    evidence: _Evidence, machine: Machine, index: int, base: Hindered, definition: SegmentTrigger
) -> Hindered:
    """The reason for a segment: the changes of membership over the whole story decide, not the membership at the
    end.
    """
    name, inside = definition.segment.text, not definition.left
    memberships = evidence.memberships.get(name, [])
    matching = [membership for membership in memberships[1:] if membership.inside is inside]
    if matching and all(membership.history for membership in matching):
        return replace(base, by="history", needs=name, times=len(matching), at=matching[-1].at)
    if matching:  # another trigger of the scenario, written before this one, was refused at that instant
        refused = [
            record for record in evidence.story if isinstance(record, Refused) and record.scenario == machine.name
        ]
        reason, at = (refused[-1].reason, refused[-1].at) if refused else ("", matching[-1].at)
        return replace(base, by="refused", reason=reason, times=len(matching), at=at)
    if memberships and memberships[0].inside is inside and definition.already_in and memberships[0].history:
        return replace(base, by="history", needs=name, times=1, at=memberships[0].at)
    if memberships and memberships[0].inside is inside and not definition.already_in:
        return replace(base, by="from_start", needs=name)
    trigger = next(
        candidate for fired in machine.by_segment.values() for candidate in fired if candidate.index == index
    )
    return replace(base, by="no_event", looked=_final_conditions(evidence, trigger))


def _final_conditions(evidence: _Evidence, trigger: CompiledTrigger) -> tuple[Looked, ...]:
    """The value of a segment or date at the end of the story."""
    if trigger.asks is None:
        return ()
    state = evidence.state
    records, state.records = state.records, []
    state.bind(None, None)
    trigger.asks(state)
    conditions = tuple(record for record in state.records if isinstance(record, Looked))
    state.records = records
    return conditions


def _by_attribute(evidence: _Evidence, base: Hindered, trigger: AttributeTrigger, conditions: list[Looked]) -> Hindered:
    if conditions:
        return replace(base, by="where", times=len(conditions), at=conditions[-1].at, looked=(conditions[-1],))
    name = trigger.attribute.text
    changes = [
        record
        for record in evidence.story
        if isinstance(record, Input) and any(name == changed_name for changed_name, _, _ in record.changes)
    ]
    if changes:
        return replace(base, by="history", needs=name, times=len(changes), at=changes[-1].at)
    return replace(base, by="no_event", needs=name)


def _by_outcome(evidence: _Evidence, base: Hindered, trigger: OutcomeTrigger) -> Hindered:
    name = trigger.scenario.text
    outcomes = ", ".join(outcome.text for outcome in trigger.outcomes)
    if name not in evidence.program.by_name:
        return replace(base, by="status", needs=name)
    endings = [record for record in evidence.story if isinstance(record, Ended) and record.scenario == name]
    if not endings:
        return replace(base, by="no_event", needs=outcomes)
    if evidence.start is not None and all(ending.at < evidence.start for ending in endings):
        return replace(base, by="history", needs=outcomes, times=len(endings), at=endings[-1].at)
    observed = tuple(dict.fromkeys(ending.outcome for ending in endings))
    return replace(base, by="where", needs=outcomes, times=len(endings), at=endings[-1].at, seen=observed)
