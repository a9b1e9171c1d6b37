"""Finds the parts of a program that only rows show and no expression can see. Leaves out nothing itself."""

from __future__ import annotations

from collections.abc import Container, Iterable

from scenario_cli.engine.captures import MOST_CAPTURED
from scenario_cli.model.built_in import events_of
from scenario_cli.model.event import MOST_BOUNDED
from scenario_cli.model.expression import Attr, Call, Const, Expr, Expression, Ref, calls_in, expressions_in, walk
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import EVENT_FIELDS, Scenario
from scenario_cli.model.triggers import AbsenceTrigger
from scenario_cli.model.vocabulary import BUILT_IN_EVENTS

_NAMES = ("journey_id", "message_id")


def sees_names(project: Project, scenarios: Iterable[Scenario], listening: Container[str]) -> bool:
    """Whether an expression can see the name of a journey or a message: by `of`, or in one of the executor's events,
    whether it names the property or handles the event as a whole.

    `listening` are the scenarios that own events start or move.
    """
    for scenario in scenarios:
        if any(transition.of for transition in scenario.transitions):
            return True
        if any("of" in dict(call.keywords) for call in calls_in(scenario)):
            return True
        if scenario.goal is not None and scenario.goal.of:
            return True
        if scenario.name in listening and _handles_events(scenario, project):
            return True
        if any(_names_names(node) for node in _nodes(scenario)):
            return True
    shared = (project.metrics, project.segments, project.policy, project.channels)
    nodes = _nodes(shared)
    return any(_names_names(node) for node in nodes) or bool(_whole_events(nodes))


def _nodes(parts: object) -> list[Expr]:
    return [node for expression in expressions_in(parts) for node in walk(expression.root)]


def _names_names(node: Expr) -> bool:
    match node:
        case Attr(name=name):
            return name in _NAMES
        case Const(value=str() as text):
            return any(name in text for name in _NAMES)
        case Call(name="last", args=(Const(value=name), *_)):
            return name in BUILT_IN_EVENTS
    return False


def _handles_events(scenario: Scenario, project: Project) -> bool:
    """Whether a scenario handles a whole event that can be one of the executor's."""
    if any(transition.collect for transition in scenario.transitions):
        return True
    of_log = {
        id(value.root)
        for transition in scenario.transitions
        if not _is_own(transition.event.text, project)
        for _, value in transition.set
        if isinstance(value, Expression) and isinstance(value.root, Ref) and value.root.name == "event"
    }
    whole_events = [node for node in _whole_events(_nodes(scenario)) if id(node) not in of_log]
    by_own = any(
        _is_own(event, project) for trigger in scenario.triggers for event in events_of(trigger, project.plan)
    ) or any(isinstance(trigger, AbsenceTrigger) for trigger in scenario.triggers)
    return any(by_own or node.name != "trigger" for node in whole_events)


def _is_own(event: str, project: Project) -> bool:
    return not {*project.plan.expand(event)}.isdisjoint(BUILT_IN_EVENTS)


def _whole_events(nodes: Iterable[Expr]) -> list[Ref]:
    """The places that name an event for another reason than one property of it, its name or its instant."""
    nodes = list(nodes)
    of_part = {
        id(node.base)
        for node in nodes
        if isinstance(node, Attr) and isinstance(node.base, Ref) and node.name != "properties"
    }
    return [
        node
        for node in nodes
        if isinstance(node, Ref) and node.name in ("event", "trigger", "past") and id(node) not in of_part
    ]


def bare_captures(scenario: Scenario, project: Project) -> frozenset[str]:
    """The names of captured events if expressions read only properties of them.

    Empty if the captures could come near their bound, because leaving a part out would change the sizes that count.
    """
    names = {name.text for name, _ in scenario.captures}
    if len(names) * MOST_BOUNDED > MOST_CAPTURED or any(transition.collect for transition in scenario.transitions):
        return frozenset()
    for _, value in scenario.captures:
        if not (isinstance(value, Expression) and isinstance(value.root, Ref) and value.root.name == "event"):
            return frozenset()
    everything = (scenario, project.metrics, project.segments, project.policy, project.channels)
    nodes = [node for expression in expressions_in(everything) for node in walk(expression.root)]
    of_property = {
        id(node.base)
        for node in nodes
        if isinstance(node, Attr) and isinstance(node.base, Ref) and node.name not in EVENT_FIELDS
    }
    return frozenset(names - {node.name for node in nodes if isinstance(node, Ref) and id(node) not in of_property})
