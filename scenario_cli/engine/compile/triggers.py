"""Compiles a scenario's triggers, by the event, attribute or segment that fires them, or by time. Fires no trigger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scenario_cli.engine.compile.bindings import Bindings
from scenario_cli.engine.compile.expressions import compile_condition, compile_value
from scenario_cli.engine.compile.trace import traced
from scenario_cli.engine.compiled import CompiledTimer, CompiledTrigger
from scenario_cli.engine.state import Condition, ContactState
from scenario_cli.model import expression as tree
from scenario_cli.model.built_in import events_of
from scenario_cli.model.exits import outcomes
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import (
    AbsenceTrigger,
    AttributeTrigger,
    EventTrigger,
    OutcomeTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    Trigger,
    called,
    date_of,
    kind_of,
    where_of,
)


class CompiledTriggers(NamedTuple):
    by_event: Mapping[str, tuple[CompiledTrigger, ...]]
    by_attribute: Mapping[str, tuple[CompiledTrigger, ...]]
    by_segment: Mapping[tuple[str, bool], tuple[CompiledTrigger, ...]]
    timed: Mapping[int, CompiledTimer]
    triggers: tuple[CompiledTrigger, ...]


def compile_triggers(scenario: Scenario, project: Project, bindings: Bindings, trace: bool = False) -> CompiledTriggers:
    """The triggers of a scenario, each with its index."""
    by_event: dict[str, tuple[CompiledTrigger, ...]] = {}
    by_attribute: dict[str, tuple[CompiledTrigger, ...]] = {}
    by_segment: dict[tuple[str, bool], tuple[CompiledTrigger, ...]] = {}
    timed: dict[int, CompiledTimer] = {}
    triggers: list[CompiledTrigger] = []
    for index, trigger in enumerate(scenario.triggers):
        compiled = _compile_trigger(scenario, trigger, index, project, bindings, trace)
        triggers.append(compiled)
        match trigger:
            case AttributeTrigger():
                name = trigger.attribute.text
                by_attribute[name] = (*by_attribute.get(name, ()), compiled)
            case SegmentTrigger():
                bindings.membership(trigger.segment.text)
                key = (trigger.segment.text, not trigger.left)
                by_segment[key] = (*by_segment.get(key, ()), compiled)
                if trigger.already_in:
                    timed[index] = CompiledTimer(compiled, trigger)
            case _ if kind_of(trigger).timed:
                timed[index] = _compile_timer(scenario, trigger, compiled, project, bindings)
            case _:
                for event in events_of(trigger, project.plan):
                    by_event[event] = (*by_event.get(event, ()), compiled)
    return CompiledTriggers(by_event, by_attribute, by_segment, timed, tuple(triggers))


def _compile_timer(
    scenario: Scenario, trigger: Trigger, compiled: CompiledTrigger, project: Project, bindings: Bindings
) -> CompiledTimer:
    if isinstance(trigger, AbsenceTrigger):
        since = frozenset(project.plan.expand(trigger.since.text))
        absent = frozenset(project.plan.expand(trigger.absent.text))
        return CompiledTimer(compiled, trigger, since, absent, by=trigger.by.text if trigger.by is not None else None)
    date = date_of(trigger)
    if date is None:
        return CompiledTimer(compiled, trigger)
    value = compile_value(date, scenario.name, bindings)
    return CompiledTimer(compiled, trigger, date=value, attributes=attributes_read([date.root]))


def _compile_trigger(
    scenario: Scenario, trigger: Trigger, index: int, project: Project, bindings: Bindings, trace: bool
) -> CompiledTrigger:
    holds: Condition | None = None
    where = where_of(trigger)
    if where is not None:
        holds = compile_condition(where, scenario.name, bindings)
    elif isinstance(trigger, OutcomeTrigger):
        holds = _ended_with(trigger, project, bindings)
    if trace:
        cause = f"trigger {called(trigger)}" + (" where" if where is not None else "")
        holds = traced(holds, where, scenario.name, bindings, trigger.span, cause, "trigger")
    return CompiledTrigger(
        index,
        holds,
        compile_value(trigger.each, scenario.name, bindings) if trigger.each is not None else None,
        scenario.reentry_of(trigger),
        "" if isinstance(trigger, EventTrigger) else called(trigger),  # the event's own name is clearer
        kind_of(trigger).at_ticks,
        not trace and _refusal_stands(scenario, trigger),
        _asks(scenario, trigger, project, bindings) if trace else None,
    )


def _refusal_stands(scenario: Scenario, trigger: Trigger) -> bool:
    """Whether at a tick only the audience refuses, and the audience depends only on values that `engine.standing`
    knows.

    The tick itself is not among these, and the clock is the contact's: on the project's clock the time for which an
    answer stays valid is not needed.
    """
    return (
        isinstance(trigger, ScheduleTrigger)
        and trigger.each is None
        and scenario.audience is not None
        and scenario.status != "paused"
        and scenario.active == (None, None)
        and scenario.key is None
        and not scenario.on_project_clock
        and not any(
            isinstance(node, tree.Ref) and node.name in _OF_THE_TICK for node in tree.walk(scenario.audience.root)
        )
    )


_OF_THE_TICK = frozenset({"event", "trigger", "item"})


def _asks(scenario: Scenario, trigger: Trigger, project: Project, bindings: Bindings) -> Condition | None:
    """The condition of a trigger that no event explains: a segment's condition, or whether a date has a value."""
    if isinstance(trigger, SegmentTrigger):
        name = trigger.segment.text
        condition, read = project.segments[name].condition, bindings.segment(name)
        return traced(lambda state: bool(read(state)), condition, scenario.name, bindings, trigger.span,
                       f"segment {name}", "segment")  # fmt: skip
    if (date := date_of(trigger)) is not None:
        value = compile_value(date, scenario.name, bindings)
        return traced(lambda state: value(state) is not None, date, scenario.name, bindings, trigger.span,
                       "date", "trigger_date")  # fmt: skip
    return None


def _ended_with(trigger: OutcomeTrigger, project: Project, bindings: Bindings) -> Condition:
    """Whether the event at hand is the end of a journey of that scenario with one of the outcomes.

    If no outcome is named, all that are written in the scenario count, also those of an older definition that journeys
    run on.
    """
    name = trigger.scenario.text
    outcome_names = {outcome.text for outcome in trigger.outcomes}
    if not outcome_names:
        definitions = (project.scenarios[name], *(other for other in bindings.scenarios if other.name == name))
        outcome_names = {outcome for definition in definitions for outcome in outcomes(definition)}

    def holds(state: ContactState) -> bool:
        event = state.event
        return (
            event is not None and event.properties["scenario"] == name and event.properties["outcome"] in outcome_names
        )

    return holds


def attributes_read(roots: Iterable[tree.Expr]) -> frozenset[str] | None:
    """The profile's attributes that values name; None if they read other values that an event can change."""
    names: set[str] = set()
    for root in roots:
        within_path: set[int] = set()
        for node in tree.walk(root):
            path = tree.path_of(node) if isinstance(node, tree.Attr | tree.Item) else None
            if path is not None and path[0] == "contact" and len(path) == 2:
                names.add(path[1])
                within_path.update(id(part) for part in tree.walk(node))
            elif isinstance(node, tree.Ref) and node.name in ("contact", "metric", "segment"):
                if id(node) not in within_path:
                    return None
            elif isinstance(node, tree.Call) and node.name in ("count", "happened", "last", "running"):
                return None
    return frozenset(names)
