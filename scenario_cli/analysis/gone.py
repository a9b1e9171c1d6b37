"""Finds what an older definition of a scenario needs that the project no longer has, so that it could not go on.

What lets contacts in is left out: an older definition lets nobody in.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from typing import Literal

from scenario_cli.model.built_in import BUILT_IN
from scenario_cli.model.expression import Attr, Call, Const, Expr, Item, expressions_in, path_of, walk
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.vocabulary import FUNCTIONS

Kind = Literal["event", "metric", "segment", "channel", "template", "table", "scenario"]


@dataclass(frozen=True, slots=True, order=True)
class Gone:
    """Something that a definition names and the project does not have. A template's name holds its channel."""

    kind: Kind
    name: str


def gone(definition: Scenario, project: Project) -> tuple[Gone, ...]:
    """What journeys that run on a definition need and the project does not have: each once, by kind and name.

    Its own scenario may be gone, but not have another name where the definition asks whether it runs.
    """
    under_way = replace(definition, triggers=(), audience=None, key=None)
    needed = {*_named(under_way), *_sent(under_way)}
    for expression in expressions_in(under_way):
        for node in walk(expression.root):
            needed.update(_read(node))
    scenarios = {*project.scenarios, definition.name} - {scenario.was for scenario in project.scenarios.values()}
    return tuple(sorted(part for part in needed if not _exists(part, project, scenarios)))


def _named(definition: Scenario) -> Iterator[Gone]:
    yield from (Gone("event", transition.event.text) for transition in definition.transitions)
    if definition.goal is not None:
        yield Gone("event", definition.goal.event.text)
    for act in definition.acts:
        yield from (Gone("event", emitted.event.text) for emitted in act.emit)


def _sent(definition: Scenario) -> Iterator[Gone]:
    for message in definition.messages:
        yield Gone("channel", message.channel.text)
        yield Gone("template", f"{message.template.text}.{message.channel.text}")


def _read(node: Expr) -> Iterator[Gone]:
    path = path_of(node) if isinstance(node, Attr | Item) else None
    if path is not None and len(path) == 2 and path[0] == "metric":
        yield Gone("metric", path[1])
    elif path is not None and len(path) == 2 and path[0] == "segment":
        yield Gone("segment", path[1])
    elif isinstance(node, Call) and node.args and isinstance(node.args[0], Const):
        name = str(node.args[0].value)
        if FUNCTIONS[node.name].history:
            yield Gone("event", name)
        elif node.name == "lookup":
            yield Gone("table", name)
        elif node.name == "running":
            yield Gone("scenario", name)


def _exists(needed: Gone, project: Project, scenarios: Set[str]) -> bool:
    match needed.kind:
        case "event":
            return needed.name in project.plan.events or needed.name in project.plan.groups or needed.name in BUILT_IN
        case "metric":
            return needed.name in project.metrics
        case "segment":
            return needed.name in project.segments
        case "channel":
            return needed.name in project.channels
        case "template":
            return any(f"{template.name}.{template.channel}" == needed.name for template in project.templates)
        case "table":
            return needed.name in project.tables
        case "scenario":
            return needed.name in scenarios
