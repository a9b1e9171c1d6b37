"""Compiles a project, once: conditions become functions, and each event gets the scenarios it concerns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from functools import lru_cache
from typing import TypeVar

from scenario_cli.engine.calendar import UTC, zone
from scenario_cli.engine.compile.bindings import Bindings
from scenario_cli.engine.compile.definitions import Definition, definitions, renamed
from scenario_cli.engine.compile.elision import sees_names
from scenario_cli.engine.compile.expressions import compile_value
from scenario_cli.engine.compile.hearing import hearings
from scenario_cli.engine.compile.machine import compile_machine
from scenario_cli.engine.compile.policy import compile_policy
from scenario_cli.engine.compiled import (
    Listener,
    Machine,
    Program,
    Reach,
    Survey,
)
from scenario_cli.engine.state import Function
from scenario_cli.engine.tables import Tables
from scenario_cli.model.expression import Expression
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import (
    Scenario,
)
from scenario_cli.model.triggers import DateTrigger, OutcomeTrigger
from scenario_cli.model.vocabulary import BUILT_IN_EVENTS, MESSAGE_EVENTS, PROFILE_UPDATED

Value = TypeVar("Value")

__all__ = ("Machine", "Program", "compile_program")


def compile_program(
    project: Project,
    names: Iterable[str] | None = None,
    tables: Tables | None = None,
    rows: bool = True,
    trace: bool = False,
    pinned: Iterable[Scenario] = (),
    survey: Iterable[str] | None = None,
) -> Program:
    """The program of the named scenarios, or of all that are live or draft.

    `pinned` are older definitions that journeys still run on. They run too, with the policy, channels, metrics and
    templates of today's project; those that they read must exist. `tables` are the rows of the reference tables.
    Without `rows`, the parts that only rows show are left out: see `engine.compile.elision`. With `trace`, every
    evaluated condition leaves a record, which takes time: see `engine.compile.trace`. A `survey` can read these
    metrics, every segment and every channel to contacts at any instant, even those that no scenario reads.
    """
    chosen = definitions(project, _selected(project, names), pinned)
    selected = [definition.scenario for definition in chosen]
    bindings = Bindings(project, selected, tables or {}, for_few=trace)
    machines, today, older = _machines(chosen, project, bindings, trace, rows)
    everyone = (*today, *older)
    policy = compile_policy(project.policy, bindings)
    snapshot = tuple(_snapshot(project, bindings)) if rows else ()
    surveyed = _survey(project, survey, bindings) if survey is not None else None
    compared = {name for machine in machines for name, _ in machine.by_segment}
    for name in compared:
        bindings.segments[name].compared = True
    timed = tuple((machine, timer) for machine in machines for timer in machine.timed.values())
    arming = _gathered(
        (event, (machine, timer)) for machine, timer in timed for event in sorted(timer.since | timer.absent)
    )
    groups = _gathered((machine.exclusive, machine) for machine in everyone if machine.exclusive)
    watching = {machine.rank for machine in everyone if any(state.watches for state in machine.states.values())}
    watchers = [machine for machine in machines if machine.rank in watching]
    observed = _observed_events(selected, everyone, bindings) if not watchers else frozenset(BUILT_IN_EVENTS)
    listening = {machine.name for machine in everyone if not _listened_to(machine).isdisjoint(BUILT_IN_EVENTS)}
    intakes = bindings.intakes()
    listeners = _listeners(machines, everyone, watching)
    dates = tuple(pair for pair in timed if isinstance(pair[1].definition, DateTrigger))
    profile_events = frozenset(name for name, event in project.plan.events.items() if event.profile)
    return Program(
        project=project.name,
        salt=project.salt,
        zone=zone(project.timezone) or UTC,
        policy=policy,
        machines=machines,
        listeners=listeners,
        watchers=tuple(Listener(machine, None, ()) for machine in watchers),
        stateful_events=profile_events | {*intakes, *arming, PROFILE_UPDATED},
        by_change=tuple(machine for machine in machines if machine.by_attribute or machine.by_segment),
        timed=timed,
        dates=dates,
        dates_of_figures=tuple(pair for pair in dates if pair[1].attributes is None),
        arming=arming,
        groups=groups,
        observed_events=observed,
        explained=rows or trace,
        named=rows or trace or sees_names(project, selected, listening),
        hearings=None if watchers or trace or older else hearings(selected, machines, listeners, intakes, arming),
        observes_messages=not observed.isdisjoint(MESSAGE_EVENTS),
        profile_events=profile_events,
        attribute_types={
            name: property_.type for name, property_ in project.plan.profile.items() if property_.type is not None
        },
        days=_days(project),
        broadcasts=frozenset(name for name, event in project.plan.events.items() if event.broadcast),
        intakes=intakes,
        compared=tuple(bindings.segments[name] for name in sorted(compared)),
        clocked=tuple(bindings.segments[name] for name in sorted(compared) if bindings.segments[name].clock),
        segments=bindings.segments,
        clock=bindings.clock if any(bindings.segments[name].clock for name in compared) else None,
        snapshot=snapshot,
        slot_count=len(bindings.slot_owners),
        slot_owners=tuple(bindings.slot_owners),
        consents=_consents(machines),
        has_zones="timezone" in project.plan.profile,
        by_name={machine.name: machine for machine in today},
        pinned={(machine.name, machine.definition): machine for machine in older},
        renamed=renamed(project),
        survey=surveyed,
    )


def _machines(
    chosen: Sequence[Definition], project: Project, bindings: Bindings, trace: bool, rows: bool
) -> tuple[tuple[Machine, ...], tuple[Machine, ...], tuple[Machine, ...]]:
    """The first machine of each rank, which has its turn, then all of today's definitions, then all older ones."""
    ranks = {place: rank for rank, place in enumerate(dict.fromkeys(definition.place for definition in chosen))}
    first: dict[int, Machine] = {}
    today: list[Machine] = []
    older: list[Machine] = []
    for definition in chosen:
        machine = compile_machine(definition, project, bindings, ranks[definition.place], trace, rows)
        first.setdefault(machine.rank, machine)
        (older if definition.pinned else today).append(machine)
    return tuple(first.values()), tuple(today), tuple(older)


def _selected(project: Project, names: Iterable[str] | None) -> list[Scenario]:
    """The scenarios to run, by descending priority, then name."""
    name_set = set(names) if names is not None else None
    return sorted(
        (
            scenario
            for scenario in project.scenarios.values()
            if (scenario.status in ("live", "draft") if name_set is None else scenario.name in name_set)
        ),
        key=lambda scenario: (-scenario.priority, scenario.name),
    )


def _days(project: Project) -> dict[str, tuple[str, ...]]:
    """The properties that the tracking plan declares dates, by event; a profile event's are attributes."""
    days_by_event = {
        name: tuple(
            key for key, property_ in event.properties.items() if property_.type == "date" and not event.profile
        )
        for name, event in project.plan.events.items()
    }
    return {name: properties for name, properties in days_by_event.items() if properties}


def _consents(machines: Iterable[Machine]) -> dict[str, Function]:
    """The condition of consent of each channel."""
    return {
        message.channel: message.consent
        for machine in machines
        for state in machine.states.values()
        for send in state.sends
        for message in send.choices
        if message.consent is not None
    }


def _gathered(pairs: Iterable[tuple[str, Value]]) -> dict[str, tuple[Value, ...]]:
    """The values under each name, in order."""
    by_name: dict[str, tuple[Value, ...]] = {}
    for name, value in pairs:
        by_name[name] = (*by_name.get(name, ()), value)
    return by_name


def _listeners(
    machines: Sequence[Machine], everyone: Iterable[Machine], watching: Set[int]
) -> dict[str, tuple[Listener, ...]]:
    """The machines that have a turn with each event: one for each rank, by which those of the rank are found."""
    by_event = _gathered(
        (event, machine.rank)
        for machine in everyone
        for event in {
            *machine.by_event,
            *machine.goals,
            *(name for state in machine.states.values() for name in state.on),
        }
    )
    return {
        event: tuple(
            Listener(machines[rank], machines[rank].goals.get(event), machines[rank].by_event.get(event, ()))
            for rank in sorted({*concerned, *watching})
        )
        for event, concerned in by_event.items()
    }


def _observed_events(selected: Iterable[Scenario], machines: Iterable[Machine], bindings: Bindings) -> frozenset[str]:
    """The executor's own events that a trigger, transition, goal, metric, segment or history call listens to.

    A `when` listens to all of them, because it is evaluated after every event.
    """
    names = {*bindings.feeds, *bindings.histories, *bindings.refreshed()}
    for machine in machines:
        names.update(_listened_to(machine))
    if any(isinstance(trigger, OutcomeTrigger) for scenario in selected for trigger in scenario.triggers):
        names.add("journey.ended")
    return frozenset({*names} & {*BUILT_IN_EVENTS}) | {PROFILE_UPDATED}


def _listened_to(machine: Machine) -> set[str]:
    """The events that start, move or end the journeys of a scenario."""
    timers = machine.timed.values()
    return {*machine.by_event, *machine.goals}.union(
        *(state.on for state in machine.states.values()),
        *(timer.since for timer in timers),
        *(timer.absent for timer in timers),
    )


def _snapshot(project: Project, bindings: Bindings) -> Iterable[tuple[str, str, Function]]:
    """The metrics and segments that a template can read: their name is a word in one."""
    words = _words_of(tuple(text for text in project.template_texts if "metric" in text or "segment" in text))
    for name in project.metrics:
        if name in words:
            yield "metric", name, bindings.metric(name)
    for name in project.segments:
        if name in words:
            yield "segment", name, bindings.segment(name)


@lru_cache(maxsize=8)
def _words_of(texts: tuple[str, ...]) -> frozenset[str]:
    """All words of templates. Tests of scenarios make many programs of one project."""
    return frozenset(word for text in texts for word in _WORD.findall(text))


def _survey(project: Project, metrics: Iterable[str], bindings: Bindings) -> Survey:
    """The functions of a survey. Channels to staff and to systems reach no contact."""

    def function(expression: Expression | None) -> Function | None:
        return None if expression is None else compile_value(expression, "", bindings)

    return Survey(
        tuple((name, bindings.metric(name)) for name in metrics),
        tuple((name, bindings.segment(name)) for name in project.segments),
        tuple(
            Reach(channel.name, function(channel.address), function(channel.consent))
            for channel in project.channels.values()
            if channel.recipient == "contact"
        ),
    )


_WORD = re.compile(r"[A-Za-z_]\w*")
