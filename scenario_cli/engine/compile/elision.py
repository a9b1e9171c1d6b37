"""Finds the parts of a program that only rows show and no expression can see. Leaves nothing out itself."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.engine.captures import MOST_CAPTURED
from scenario_cli.model.event import MOST_BOUNDED
from scenario_cli.model.expression import Attr, Expression, Ref, calls_in, expressions_in, walk
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import EVENT_FIELDS, Scenario
from scenario_cli.model.vocabulary import PROFILE_UPDATED


def sees_names(scenarios: Iterable[Scenario], observed: frozenset[str]) -> bool:
    """Whether an expression may see the name of a journey or a message: in an own event, or by `of`."""
    if observed - {PROFILE_UPDATED}:
        return True
    for scenario in scenarios:
        if any(act.update for act in scenario.acts) or any(transition.of for transition in scenario.transitions):
            return True
        if any("of" in dict(call.keywords) for call in calls_in(scenario)):
            return True
        if scenario.goal is not None and scenario.goal.of:
            return True
    return False


def bare_captures(scenario: Scenario, project: Project) -> frozenset[str]:
    """The captured events of which expressions read properties alone, by the names they are captured under.

    Empty if the captures could come near their bound, since leaving a part out would change the sizes that count.
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
