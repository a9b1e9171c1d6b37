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
from scenario_cli.model.story import Given, Hindered, NeverEntered
from scenario_cli.model.triggers import (
    AbsenceTrigger,
    AttributeTrigger,
    DateTrigger,
    EventTrigger,
    MomentTrigger,
    OutcomeTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    Trigger,
    called,
)


class Membership(NamedTuple):
    """A change of membership in a segment, the first look included; `history` where nobody might enter by it."""

    at: int
    inside: bool
    history: bool


Memberships = dict[str, list[Membership]]


@dataclass(frozen=True, slots=True)
class _Known:
    """The evidence: the story, the contact's state at its end, how often each event is in the log."""

    project: Project
    program: Program
    state: ContactState
    story: Sequence[Given | Record]
    memberships: Memberships
    counts: Mapping[str, int]
    start: int | None

    def given(self, names: tuple[str, ...]) -> list[Given]:
        return [one for one in self.story if isinstance(one, Given) and one.event in names and not one.again]

    def elsewhere(self, names: tuple[str, ...]) -> int | None:
        """The number of such events in the log; None for an event that no log brings."""
        if not all(name in self.counts for name in names):
            return None
        return sum(self.counts[name] for name in names)


def never_entered(
    project: Project,
    program: Program,
    state: ContactState,
    story: Sequence[Given | Record],
    memberships: Memberships,
    report: ReadReport,
    start: int | None,
) -> Iterator[NeverEntered]:
    """The scenarios that were replayed and that the contact never entered."""
    known = _Known(project, program, state, story, memberships, dict(report.wanted), start)
    entered = {one.scenario for one in story if isinstance(one, Entered)}
    for machine in program.machines:
        if machine.name not in entered:
            scenario = project.scenarios[machine.name]
            hindered = tuple(_hindered(known, machine, place, one) for place, one in enumerate(scenario.triggers))
            yield NeverEntered(machine.name, scenario.status, hindered)


def _hindered(known: _Known, machine: Machine, place: int, trigger: Trigger) -> Hindered:
    bare = Hindered(called(trigger), trigger.span, "not_known")
    tried = [
        one
        for one in known.story
        if isinstance(one, Looked) and one.scenario == machine.name and one.place == trigger.span and not one.journey_id
    ]
    fired = [one for one in tried if one.held]
    if fired:
        return _turned_away(known, machine, bare, fired)
    match trigger:
        case EventTrigger():
            return _by_event(known, machine, bare, trigger, tried)
        case AbsenceTrigger():
            return _by_absence(known, machine, place, bare, trigger)
        case DateTrigger() | MomentTrigger() | ScheduleTrigger() | SegmentTrigger() if known.state.known_at is None:
            return bare  # these begin when the contact is known
        case DateTrigger() | MomentTrigger() | ScheduleTrigger():
            return _by_clock(known, machine, place, bare)
        case SegmentTrigger():
            return _by_segment(known, machine, place, bare, trigger)
        case AttributeTrigger():
            return _by_attribute(known, bare, trigger, tried)
        case OutcomeTrigger():
            return _by_outcome(known, bare, trigger)


def _turned_away(known: _Known, machine: Machine, bare: Hindered, fired: list[Looked]) -> Hindered:
    """The trigger fired: a rule of entry refused, or its list had nothing in it."""
    instants = {one.at for one in fired}
    refused = [
        one
        for one in known.story
        if isinstance(one, Refused) and one.scenario == machine.name and one.at in instants
    ]  # fmt: skip
    audience = [
        one
        for one in known.story
        if isinstance(one, Looked)
        and one.scenario == machine.name
        and one.at in instants
        and one.kind == "audience"
        and not one.held
    ]
    if refused:
        last = refused[-1]
        decided = tuple(one for one in audience[-1:] if one.at == last.at)
        return replace(bare, by="refused", reason=last.reason, times=len(refused), at=last.at, looked=decided)
    if audience:  # at a tick, which leaves no other record of it
        return replace(
            bare, by="refused", reason="audience", times=len(audience), at=audience[-1].at, looked=(audience[-1],)
        )
    return replace(bare, by="empty", times=len(fired), at=fired[-1].at)


def _by_event(known: _Known, machine: Machine, bare: Hindered, trigger: EventTrigger, tried: list[Looked]) -> Hindered:
    if tried:
        return replace(bare, by="where", times=len(tried), at=tried[-1].at, looked=(tried[-1],))
    names = known.project.plan.expand(trigger.event.text)
    came = known.given(names)
    if not came:
        return replace(bare, by="no_event", needs=trigger.event.text, elsewhere=known.elsewhere(names))
    if all(one.history for one in came):
        return replace(bare, by="history", needs=trigger.event.text, times=len(came), at=came[-1].at)
    # Another trigger of the scenario, written before this one, took the event and was refused.
    refused = [one for one in known.story if isinstance(one, Refused) and one.scenario == machine.name]
    reason, at = (refused[-1].reason, refused[-1].at) if refused else ("", came[-1].at)
    return replace(bare, by="refused", reason=reason, times=len(came), at=at)


def _by_absence(known: _Known, machine: Machine, place: int, bare: Hindered, trigger: AbsenceTrigger) -> Hindered:
    armed = known.state.armed.get((machine.rank, place))
    due = [armed.due] if armed is not None else []
    due += [one.due for one in known.state.armed_by.get((machine.rank, place), {}).values()]
    if due:
        return replace(bare, by="not_yet", needs=trigger.absent.text, at=min(due))
    since = known.project.plan.expand(trigger.since.text)
    began = known.given(since)
    if not began:
        return replace(bare, by="no_event", needs=trigger.since.text, elsewhere=known.elsewhere(since))
    in_time = [one for one in known.given(known.project.plan.expand(trigger.absent.text)) if one.at >= began[-1].at]
    if in_time:
        return replace(bare, by="in_time", needs=trigger.absent.text, times=len(began), at=in_time[0].at)
    return replace(bare, by="history", needs=trigger.since.text, times=len(began), at=began[-1].at)


def _by_clock(known: _Known, machine: Machine, place: int, bare: Hindered) -> Hindered:
    """By a date, a moment or a schedule: it is due only later, was past, or is missing."""
    armed = known.state.armed.get((machine.rank, place))
    asked = _asked(known, machine.timed[place].trigger)
    if armed is not None and armed.due < NEVER:
        return replace(bare, by="not_yet", at=armed.due, looked=asked)
    if any(not one.held for one in asked):
        return replace(bare, by="missing", looked=asked)
    value = armed.value if armed is not None else None
    return replace(bare, by="past", at=value if isinstance(value, int) else None, looked=asked)


def _by_segment(known: _Known, machine: Machine, place: int, bare: Hindered, definition: SegmentTrigger) -> Hindered:
    """By a segment: what became of membership over the whole story, not what it is at the end."""
    name, wanted = definition.segment.text, not definition.left
    seen = known.memberships.get(name, [])
    changed = [one for one in seen[1:] if one.inside is wanted]
    if changed and all(one.history for one in changed):
        return replace(bare, by="history", needs=name, times=len(changed), at=changed[-1].at)
    if changed:  # another trigger of the scenario, written before this one, was refused at that instant
        refused = [one for one in known.story if isinstance(one, Refused) and one.scenario == machine.name]
        reason, at = (refused[-1].reason, refused[-1].at) if refused else ("", changed[-1].at)
        return replace(bare, by="refused", reason=reason, times=len(changed), at=at)
    if seen and seen[0].inside is wanted and definition.already_in and seen[0].history:
        return replace(bare, by="history", needs=name, times=1, at=seen[0].at)
    if seen and seen[0].inside is wanted and not definition.already_in:
        return replace(bare, by="from_start", needs=name)
    trigger = next(one for fired in machine.by_segment.values() for one in fired if one.place == place)
    return replace(bare, by="no_event", looked=_asked(known, trigger))


def _asked(known: _Known, trigger: CompiledTrigger) -> tuple[Looked, ...]:
    """The value of a segment or date at the end of the story."""
    if trigger.asks is None:
        return ()
    state = known.state
    records, state.records = state.records, []
    state.bind(None, None)
    trigger.asks(state)
    asked = tuple(one for one in state.records if isinstance(one, Looked))
    state.records = records
    return asked


def _by_attribute(known: _Known, bare: Hindered, trigger: AttributeTrigger, tried: list[Looked]) -> Hindered:
    if tried:
        return replace(bare, by="where", times=len(tried), at=tried[-1].at, looked=(tried[-1],))
    name = trigger.attribute.text
    changed = [
        one for one in known.story if isinstance(one, Given) and any(name == each for each, _, _ in one.changes)
    ]  # fmt: skip
    if changed:
        return replace(bare, by="history", needs=name, times=len(changed), at=changed[-1].at)
    return replace(bare, by="no_event", needs=name)


def _by_outcome(known: _Known, bare: Hindered, trigger: OutcomeTrigger) -> Hindered:
    name = trigger.scenario.text
    wanted = ", ".join(one.text for one in trigger.outcomes)
    if name not in known.program.by_name:
        return replace(bare, by="status", needs=name)
    ended = [one for one in known.story if isinstance(one, Ended) and one.scenario == name]
    if not ended:
        return replace(bare, by="no_event", needs=wanted)
    if known.start is not None and all(one.at < known.start for one in ended):
        return replace(bare, by="history", needs=wanted, times=len(ended), at=ended[-1].at)
    seen = tuple(dict.fromkeys(one.outcome for one in ended))
    return replace(bare, by="where", needs=wanted, times=len(ended), at=ended[-1].at, seen=seen)
