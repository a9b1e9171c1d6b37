"""The events, properties and attributes of an export that a run has to read. Reads none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from scenario_cli.model.exits import all_exits
from scenario_cli.model.expression import (
    Attr,
    Binary,
    Call,
    Compare,
    Const,
    Expr,
    Expression,
    Filter,
    Item,
    Ref,
    expressions_in,
    path_of,
    walk,
)
from scenario_cli.model.metrics import Aggregate, Metric
from scenario_cli.model.project import Project, Property
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import AbsenceTrigger, Trigger, fired_by_events, heard, watched
from scenario_cli.model.vocabulary import FUNCTIONS

Types = Mapping[str, str | None]


def chosen_scenarios(project: Project, names: Iterable[str]) -> list[Scenario]:
    """The scenarios that a replay runs: those named, else those that are live or draft."""
    wanted = set(names)
    return [
        scenario
        for scenario in project.scenarios.values()
        if (scenario.name in wanted if wanted else scenario.status in ("live", "draft"))
    ]


def wanted_events(project: Project, scenarios: Iterable[Scenario], rows: bool = True) -> dict[str, Types]:
    """The events that change something for these scenarios, with the declared types of their properties.

    A condition under `when` is looked at after every event of a contact. Where time can make it true, an event that no
    scenario names moves the journey; and where a trigger is about everybody who is known, any event makes somebody
    known. Then every event of the tracking plan is wanted, without its properties where nothing listens to it.
    Where nobody asks for `rows`, nothing is rendered, and properties that no expression names are left out too.
    """
    plan = project.plan
    chosen = list(scenarios)
    names: set[str] = {name for name, event in plan.events.items() if event.profile}
    every = False
    for scenario in chosen:
        for name in listened_to(scenario):
            names.update(plan.expand(name))
        every = every or any(_reads_time(project, condition.root) for condition in _conditions(scenario))
        every = every or any(not fired_by_events(trigger) for trigger in scenario.triggers)
    names |= _of_history(project, chosen)
    every = every or any(name in plan.events and plan.events[name].broadcast for name in names)
    named = None if rows or _reads_whole_events(project, chosen) else _named_in_expressions(project, chosen)
    wanted = {name: _types(plan.events[name].properties) for name in names if name in plan.events}
    if named is not None:
        for name, types in wanted.items():
            if not plan.events[name].profile:
                wanted[name] = {property_: kind for property_, kind in types.items() if property_ in named}
    return {**({name: {} for name in plan.events} if every else {}), **dict(sorted(wanted.items()))}


# Filters that show, count or list what a mapping holds, whatever its keys.
_OF_MAPPINGS = frozenset({"count", "dictsort", "first", "items", "last", "length", "list", "string", "join"})


def _reads_whole_events(project: Project, scenarios: Iterable[Scenario]) -> bool:
    """Whether an expression looks at an event as a whole, so that no property of it may be left out."""
    for expression in expressions_in((tuple(scenarios), project.metrics, project.segments, project.policy)):
        for node in walk(expression.root):
            if isinstance(node, Filter) and node.name in _OF_MAPPINGS and isinstance(node.base, Ref):
                return True
            if isinstance(node, Binary | Compare | Item) and any(isinstance(one, Ref) for one in _operands(node)):
                return True
    return False


def _operands(node: Binary | Compare | Item) -> Iterator[object]:
    match node:
        case Binary():
            yield from (node.left, node.right) if node.op not in ("and", "or") else ()
        case Compare():
            yield from (node.left, *(one for _, one in node.rest))
        case Item():
            yield from () if isinstance(node.index, Const) else (node.base,)


def _named_in_expressions(project: Project, scenarios: Iterable[Scenario]) -> set[str]:
    """Every name after a dot and every text written out in expressions, and the properties that keys and `of` need."""
    scenarios = list(scenarios)
    found = {"message_id", *(name for scenario in scenarios for trigger in scenario.triggers for name in _by(trigger))}
    for expression in expressions_in(
        (tuple(scenarios), project.metrics, project.segments, project.policy, project.channels)
    ):
        for node in walk(expression.root):
            if isinstance(node, Attr):
                found.add(node.name)
            elif isinstance(node, Const) and isinstance(node.value, str):
                found.update(_WORD.findall(node.value))
    return found


def _by(trigger: Trigger) -> tuple[str, ...]:
    """The property whose values an absence counts apart."""
    return (trigger.by.text,) if isinstance(trigger, AbsenceTrigger) and trigger.by is not None else ()


def _of_history(project: Project, scenarios: Iterable[Scenario]) -> set[str]:
    """The events that metrics, segments and history calls look at, where the scenarios, the policy, a channel or a
    template reads them."""
    found: set[str] = set()
    waiting: list[object] = [list(scenarios), project.policy, project.channels]
    words = {word for text in _texts(project) for word in _WORD.findall(text)}
    waiting += [one for name, one in project.metrics.items() if name in words]
    waiting += [one for name, one in project.segments.items() if name in words]
    waiting += [project.segments[name.text] for scenario in scenarios for trigger in scenario.triggers
                for kind, name in watched(trigger) if kind == "segment" and name.text in project.segments]  # fmt: skip
    seen: set[str] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, Metric) and isinstance(one.definition, Aggregate):
            found.update(project.plan.expand(one.definition.event.text))
        for expression in expressions_in(one):
            for node in walk(expression.root):
                if isinstance(node, Call) and FUNCTIONS[node.name].history and isinstance(node.args[0], Const):
                    found.update(project.plan.expand(node.args[0].value))
                path = path_of(node) if isinstance(node, Attr | Item) else None
                if path is None or len(path) != 2 or ".".join(path) in seen:
                    continue
                known = {"metric": project.metrics, "segment": project.segments}.get(path[0], {}).get(path[1])
                if known is not None:
                    seen.add(".".join(path))
                    waiting.append(known)
    return found


def _texts(project: Project) -> Iterator[str]:
    yield from project.texts.values()
    yield from (text.text for one in project.templates for text in one.head)


def read_events(project: Project, scenarios: Iterable[Scenario]) -> set[str]:
    """The events that these scenarios name, groups taken apart, and those that their metrics and history calls read."""
    chosen = list(scenarios)
    named = {event for scenario in chosen for name in listened_to(scenario) for event in project.plan.expand(name)}
    return named | _of_history(project, chosen)


def made_events(scenario: Scenario) -> set[str]:
    """The events of the project's own that a scenario makes; no log needs to bring them."""
    return {emitted.event.text for one in scenario.acts for emitted in one.emit}


def updated_attributes(scenario: Scenario) -> set[str]:
    """The attributes of the profile that a scenario sets."""
    return {name.text for one in scenario.acts for name, _ in one.update}


def wanted_attributes(project: Project) -> Types:
    """The attributes of the profile that a contacts table may give."""
    return _types(project.plan.profile)


def read_names(project: Project, scenarios: Iterable[Scenario]) -> set[str]:
    """Every name after a dot in the expressions of these scenarios, and every word of the templates: a property
    that is not among them is read by nobody."""
    found: set[str] = set()
    for scenario in scenarios:
        for expression in expressions_in(scenario):
            for node in walk(expression.root):
                if isinstance(node, Attr):
                    found.add(node.name)
                elif isinstance(node, Const) and isinstance(node.value, str):
                    found.add(node.value)
    for channel in project.channels.values():
        found.update(node.name for one in (channel.address, channel.consent) if one for node in walk(one.root)
                     if isinstance(node, Attr))  # fmt: skip
    for made in (*project.metrics.values(), *project.segments.values(), project.policy):
        for expression in expressions_in(made):
            found.update(node.name for node in walk(expression.root) if isinstance(node, Attr))
    for text in _texts(project):
        found.update(_WORD.findall(text))
    return found


_WORD = re.compile(r"[A-Za-z_]\w*")


def _types(properties: Mapping[str, Property]) -> dict[str, str | None]:
    return {name: known.type for name, known in properties.items()}


def listened_to(scenario: Scenario) -> Iterator[str]:
    """The events, groups among them, that let a contact in, move a journey or are its goal."""
    yield from (name.text for trigger in scenario.triggers for name in heard(trigger))
    yield from (one.event.text for one in scenario.on)
    if scenario.goal is not None:
        yield scenario.goal.event.text
    yield from (one.event.text for state in scenario.states.values() for one in state.on)


def _conditions(scenario: Scenario) -> Iterator[Expression]:
    """The conditions that are looked at while a journey waits."""
    yield from (one.condition for one in all_exits(scenario) if one.kind == "when" and one.condition is not None)


def _reads_time(project: Project, root: Expr, seen: frozenset[str] = frozenset()) -> bool:
    """Whether time alone can change a value: it reads the time or a window, itself or through what it names."""
    for node in walk(root):
        if isinstance(node, Ref) and node.name == "now":
            return True
        if isinstance(node, Call) and (node.name in ("days_since", "lookup") or "within" in dict(node.named)):
            return True
        path = path_of(node) if isinstance(node, Attr | Item) else None
        name = ".".join(path or ())
        if path is None or len(path) != 2 or name in seen:
            continue
        if path[0] == "segment" and path[1] in project.segments:
            made: Expression | None = project.segments[path[1]].condition
        elif path[0] == "metric" and path[1] in project.metrics:
            definition = project.metrics[path[1]].definition
            made = None if isinstance(definition, Aggregate) else definition.value
            if isinstance(definition, Aggregate) and definition.within is not None:
                return True
        else:
            continue
        if made is not None and _reads_time(project, made.root, seen | {name}):
            return True
    return False
