"""The events, properties and attributes of an export that a run must read. Reads none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

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
from scenario_cli.model.triggers import AbsenceTrigger, Trigger, fired_by_events, trigger_events, watched
from scenario_cli.model.vocabulary import FUNCTIONS

Types = Mapping[str, str | None]


def chosen_scenarios(project: Project, names: Iterable[str]) -> list[Scenario]:
    """The scenarios that a replay runs: the named ones, else all live and draft ones."""
    selection = set(names)
    return [
        scenario
        for scenario in project.scenarios.values()
        if (scenario.name in selection if selection else scenario.status in ("live", "draft"))
    ]


def wanted_events(
    project: Project, scenarios: Iterable[Scenario], rows: bool = True, survey: Iterable[str] | None = None
) -> dict[str, Types]:
    """The events that change something for these scenarios, with the declared types of their properties.

    A condition under `when` is checked after every event of a contact. If time can make it true, an event that no
    scenario names moves the journey; and if a trigger is about every known contact, any event makes a contact known.
    Then every event of the tracking plan is wanted, without its properties if nothing listens to it. If nobody asks for
    `rows`, nothing is rendered, and properties that no expression names are left out too. A `survey` of every known
    contact reads these metrics and every segment.
    """
    plan = project.plan
    scenario_list = list(scenarios)
    names: set[str] = {name for name, event in plan.events.items() if event.profile}
    all_events = False
    for scenario in scenario_list:
        for name in listened_to(scenario):
            names.update(plan.expand(name))
        all_events = all_events or any(_reads_time(project, condition.root) for condition in _conditions(scenario))
        all_events = all_events or any(not fired_by_events(trigger) for trigger in scenario.triggers)
    names |= _of_history(project, scenario_list)
    if survey is not None:
        names |= events_behind(project, survey, project.segments)
        all_events = True
    all_events = all_events or any(name in plan.events and plan.events[name].broadcast for name in names)
    used_names = (
        None if rows or _reads_whole_events(project, scenario_list) else _named_in_expressions(project, scenario_list)
    )
    types_by_event = {name: _types(plan.events[name].properties) for name in names if name in plan.events}
    if used_names is not None:
        for name, types in types_by_event.items():
            if not plan.events[name].profile:
                types_by_event[name] = {property_: kind for property_, kind in types.items() if property_ in used_names}
    return {**({name: {} for name in plan.events} if all_events else {}), **dict(sorted(types_by_event.items()))}


# Filters that show, count or list all content of a mapping, under any keys.
_OF_MAPPINGS = frozenset({"count", "dictsort", "first", "items", "last", "length", "list", "string", "join"})


def _reads_whole_events(project: Project, scenarios: Iterable[Scenario]) -> bool:
    """Whether an expression reads an event as a whole, so none of its properties can be left out."""
    for expression in expressions_in((tuple(scenarios), project.metrics, project.segments, project.policy)):
        for node in walk(expression.root):
            if isinstance(node, Filter) and node.name in _OF_MAPPINGS and isinstance(node.base, Ref):
                return True
            if isinstance(node, Binary | Compare | Item) and any(
                isinstance(operand, Ref) for operand in _operands(node)
            ):
                return True
    return False


def _operands(node: Binary | Compare | Item) -> Iterator[object]:
    match node:
        case Binary():
            yield from (node.left, node.right) if node.op not in ("and", "or") else ()
        case Compare():
            yield from (node.left, *(operand for _, operand in node.comparisons))
        case Item():
            yield from () if isinstance(node.index, Const) else (node.base,)


def _named_in_expressions(project: Project, scenarios: Iterable[Scenario]) -> set[str]:
    """Every name after a dot and every text written out in expressions, and the properties that keys and `of` need."""
    scenarios = list(scenarios)
    names = {
        "message_id",
        *(name for scenario in scenarios for trigger in scenario.triggers for name in _by_property(trigger)),
    }
    for expression in expressions_in(
        (tuple(scenarios), project.metrics, project.segments, project.policy, project.channels)
    ):
        for node in walk(expression.root):
            if isinstance(node, Attr):
                names.add(node.name)
            elif isinstance(node, Const) and isinstance(node.value, str):
                names.update(_WORD.findall(node.value))
    return names


def _by_property(trigger: Trigger) -> tuple[str, ...]:
    """The property by whose values an absence is counted."""
    return (trigger.by.text,) if isinstance(trigger, AbsenceTrigger) and trigger.by is not None else ()


def _of_history(project: Project, scenarios: Iterable[Scenario]) -> set[str]:
    """The events that metrics, segments and history calls look at."""
    return {event for events, _ in past_readings(project, scenarios) for event in events}


def past_readings(
    project: Project, scenarios: Iterable[Scenario]
) -> Iterator[tuple[tuple[str, ...], Aggregate | Call]]:
    """The aggregates and history calls that the scenarios, the policy, a channel or a template reads, themselves or
    through metrics and segments; each with its events, groups taken apart."""
    waiting: list[object] = [list(scenarios), project.policy, project.channels]
    words = _words_of_texts(project)
    waiting += [metric for name, metric in project.metrics.items() if name in words]
    waiting += [segment for name, segment in project.segments.items() if name in words]
    waiting += [project.segments[name.text] for scenario in scenarios for trigger in scenario.triggers
                for kind, name in watched(trigger) if kind == "segment" and name.text in project.segments]  # fmt: skip
    yield from _readings(project, waiting)


def events_behind(project: Project, metrics: Iterable[str], segments: Iterable[str]) -> set[str]:
    """The events that some metrics and segments look at, groups taken apart."""
    parts = [*(project.metrics[name] for name in metrics), *(project.segments[name] for name in segments)]
    return events_read_by(project, parts)


def events_read_by(project: Project, parts: Iterable[object]) -> set[str]:
    """The events that the expressions in parts of the model look at, through metrics and segments, groups taken
    apart.
    """
    return {event for events, _ in _readings(project, [*parts]) for event in events}


def _readings(project: Project, waiting: list[object]) -> Iterator[tuple[tuple[str, ...], Aggregate | Call]]:
    visited: set[str] = set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, Metric) and isinstance(part.definition, Aggregate):
            yield project.plan.expand(part.definition.event.text), part.definition
        for expression in expressions_in(part):
            for node in walk(expression.root):
                if isinstance(node, Call) and FUNCTIONS[node.name].history and isinstance(node.args[0], Const):
                    yield project.plan.expand(node.args[0].value), node
                path = path_of(node) if isinstance(node, Attr | Item) else None
                if path is None or len(path) != 2 or ".".join(path) in visited:
                    continue
                definition = {"metric": project.metrics, "segment": project.segments}.get(path[0], {}).get(path[1])
                if definition is not None:
                    visited.add(".".join(path))
                    waiting.append(definition)


def _words_of_texts(project: Project) -> set[str]:
    """Every word of the templates and of their front matter."""
    return set().union(*map(_words, project.template_texts))


# A run asks several times what it needs, of the same texts.
@lru_cache(maxsize=4_096)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def read_events(project: Project, scenarios: Iterable[Scenario]) -> set[str]:
    """The events that these scenarios name, groups taken apart, and those that their metrics and history calls read."""
    scenario_list = list(scenarios)
    events = {
        event for scenario in scenario_list for name in listened_to(scenario) for event in project.plan.expand(name)
    }
    return events | _of_history(project, scenario_list)


def emitted_events(scenario: Scenario) -> set[str]:
    """The events of the project's own that a scenario makes; no log needs to bring them."""
    return {emitted.event.text for act in scenario.acts for emitted in act.emit}


def brought_elsewhere(project: Project) -> set[str]:
    """The events that this log need not bring: those that the scenarios make, and the messages of another tool, which
    often come in an export of their own."""
    emitted = {name for scenario in project.scenarios.values() for name in emitted_events(scenario)}
    return emitted | ({event.event.text for event in project.messages.sent} if project.messages is not None else set())


def updated_attributes(scenario: Scenario) -> set[str]:
    """The attributes of the profile that a scenario sets."""
    return {name.text for act in scenario.acts for name, _ in act.update}


def events_about_messages(project: Project) -> dict[str, Types]:
    """The events that report on messages of another tool, with the properties that identify the message."""
    types_by_event: dict[str, dict[str, str | None]] = {}
    for _, event in project.messages.all if project.messages is not None else ():
        declared = project.plan.events[event.event.text].properties
        names = {*event.properties(declared).values(), *(name.text for name, _ in event.only)}
        types_by_event.setdefault(event.event.text, {}).update({name: declared[name].type for name in sorted(names)})
    return dict(types_by_event)


def wanted_attributes(project: Project) -> Types:
    """The attributes of the profile that a contacts table can give."""
    return _types(project.plan.profile)


def read_names(project: Project, scenarios: Iterable[Scenario]) -> set[str]:
    """Every name after a dot in the expressions of these scenarios, and every word of the templates: any other property
    is never read.
    """
    names: set[str] = set()
    for scenario in scenarios:
        for expression in expressions_in(scenario):
            for node in walk(expression.root):
                if isinstance(node, Attr):
                    names.add(node.name)
                elif isinstance(node, Const) and isinstance(node.value, str):
                    names.add(node.value)
    for channel in project.channels.values():
        names.update(node.name for value in (channel.address, channel.consent) if value for node in walk(value.root)
                     if isinstance(node, Attr))  # fmt: skip
    for definition in (*project.metrics.values(), *project.segments.values(), project.policy):
        for expression in expressions_in(definition):
            names.update(node.name for node in walk(expression.root) if isinstance(node, Attr))
    return names | _words_of_texts(project)


_WORD = re.compile(r"[A-Za-z_]\w*")


def _types(properties: Mapping[str, Property]) -> dict[str, str | None]:
    return {name: property_.type for name, property_ in properties.items()}


def listened_to(scenario: Scenario) -> Iterator[str]:
    """The events, groups among them, that let a contact in, move a journey or are its goal."""
    yield from (name.text for trigger in scenario.triggers for name in trigger_events(trigger))
    yield from (transition.event.text for transition in scenario.on)
    if scenario.goal is not None:
        yield scenario.goal.event.text
    yield from (transition.event.text for state in scenario.states.values() for transition in state.on)


def _conditions(scenario: Scenario) -> Iterator[Expression]:
    """The conditions that are checked while a journey waits."""
    yield from (
        exit_.condition for exit_ in all_exits(scenario) if exit_.kind == "when" and exit_.condition is not None
    )


def _reads_time(project: Project, root: Expr, visited: frozenset[str] = frozenset()) -> bool:
    """Whether time alone can change a value: it reads the time or a window, itself or through a name."""
    for node in walk(root):
        if isinstance(node, Ref) and node.name == "now":
            return True
        if isinstance(node, Call) and (node.name in ("days_since", "lookup") or "within" in dict(node.keywords)):
            return True
        path = path_of(node) if isinstance(node, Attr | Item) else None
        name = ".".join(path or ())
        if path is None or len(path) != 2 or name in visited:
            continue
        if path[0] == "segment" and path[1] in project.segments:
            expression: Expression | None = project.segments[path[1]].condition
        elif path[0] == "metric" and path[1] in project.metrics:
            definition = project.metrics[path[1]].definition
            expression = None if isinstance(definition, Aggregate) else definition.value
            if isinstance(definition, Aggregate) and definition.within is not None:
                return True
        else:
            continue
        if expression is not None and _reads_time(project, expression.root, visited | {name}):
            return True
    return False
