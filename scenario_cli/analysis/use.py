"""The declarations of a project that are used: events, metrics, segments, tables. Judges nothing.

`expressions` are all that the project holds outside its templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scenario_cli.model.expression import Attr, Call, Const, Expression, Item, path_of, walk
from scenario_cli.model.metrics import Aggregate
from scenario_cli.model.project import Project
from scenario_cli.model.triggers import trigger_events, watched
from scenario_cli.model.vocabulary import FUNCTIONS


def heard_events(project: Project, expressions: Iterable[Expression]) -> set[str]:
    """The events that a trigger, a transition, a goal, a metric, a history function, `insights` or `messages` names;
    groups written out."""
    names: set[str] = set()
    for scenario in project.scenarios.values():
        names.update(name.text for trigger in scenario.triggers for name in trigger_events(trigger))
        names.update(transition.event.text for transition in scenario.transitions)
        names.update([scenario.goal.event.text] if scenario.goal is not None else [])
    for metric in project.metrics.values():
        if isinstance(metric.definition, Aggregate):
            names.add(metric.definition.event.text)
    names.update(_first_values(expressions, {name for name, function in FUNCTIONS.items() if function.history}))
    if project.messages is not None:
        names.update(event.event.text for _, event in project.messages.all)
    if project.insights is not None:
        names.update(event.text for event, _ in project.insights.readings)
    return {event for name in names for event in project.plan.expand(name)}


def read_tables(project: Project, expressions: Iterable[Expression]) -> set[str]:
    """The tables that lookup() names, in templates too, and that of marketing spend."""
    tables = set(_first_values(expressions, {"lookup"}))
    for text in project.template_texts:
        tables.update(re.findall(r"lookup\(\s*['\"](\w+)", text))
    if project.insights is not None and project.insights.spend is not None:
        tables.add(project.insights.spend.table.text)
    return tables


def read_metrics(project: Project, expressions: Iterable[Expression]) -> set[tuple[str, str]]:
    """The metrics and segments that something reads, as `("metric", name)` and `("segment", name)`."""
    reads: set[tuple[str, str]] = set()
    for expression in expressions:
        for node in walk(expression.root):
            path = path_of(node) if isinstance(node, Attr | Item) else None
            if path is not None and len(path) >= 2 and path[0] in ("metric", "segment"):
                reads.add((path[0], path[1]))
    for text in project.template_texts:
        reads.update(re.findall(r"\b(metric|segment)\.(\w+)", text))
    for scenario in project.scenarios.values():
        pairs = (pair for trigger in scenario.triggers for pair in watched(trigger))
        reads.update((kind, name.text) for kind, name in pairs if kind == "segment")
    if project.insights is not None:
        reads.update(("metric", name.text) for name in project.insights.rfm.metrics)
        reads.update(("segment", name.text) for name in project.insights.rfm.segments)
    return reads


def _first_values(expressions: Iterable[Expression], functions: set[str]) -> Iterator[str]:
    """The names in the first place of calls of these functions."""
    for expression in expressions:
        for node in walk(expression.root):
            if isinstance(node, Call) and node.name in functions and node.args:
                first = node.args[0]
                if isinstance(first, Const) and isinstance(first.value, str):
                    yield first.value
