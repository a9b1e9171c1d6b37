"""The shapes of metrics and segments, and the check of every name in them. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from scenario_cli.language.build.metrics import circles
from scenario_cli.language.names.check import Checker, check_expression
from scenario_cli.language.names.shapes import ANYTHING, Catalogue, Scope, mapping, of_type
from scenario_cli.language.names.unknown import unknown_name
from scenario_cli.model.built_in import BUILT_IN
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.expression import Attr, Expression, Item, path_of, walk
from scenario_cli.model.metrics import AGGREGATES, Aggregate, Bins, Formula, Metric
from scenario_cli.model.project import Project, Property
from scenario_cli.model.source import Name

_NO_EVENT = "metrics and segments are about the contact, at any time"


def catalogue(project: Project) -> Catalogue:
    """The names that expressions can use in addition to the tracking plan, each metric with the shape of its value."""
    segments = mapping("the segments", dict.fromkeys(project.segments, of_type("boolean")))
    names_of_project = Catalogue(
        mapping("the metrics", dict.fromkeys(project.metrics, ANYTHING)),
        segments,
        {name: table.columns for name, table in project.tables.items()},
        {name: constant.value for name, constant in project.constants.items()},
        frozenset(project.scenarios) | project.faulty,
        {name: tuple(scenario.states) for name, scenario in project.scenarios.items() if name not in project.faulty},
        {name: table.keys for name, table in project.tables.items()},
    )
    return replace(
        names_of_project, metrics=mapping("the metrics", _shapes(project, Scope(project.plan, names_of_project)))
    )


def _shapes(project: Project, scope: Scope) -> dict[str, Property]:
    shapes: dict[str, Property] = {}
    for name, metric in project.metrics.items():
        shape = _shape(metric, project, scope)
        shapes[name] = replace(shape, name="") if shape.name not in ("", "figures") else shape
    return shapes


def _shape(metric: Metric, project: Project, scope: Scope) -> Property:
    definition = metric.definition
    match definition:
        case Formula():
            return Checker().shape(definition.value.root, scope)
        case Bins():
            texts = all(isinstance(label, str) for label in definition.labels)
            return of_type("string") if texts else of_type("number")
    if definition.by is not None:
        figure = _shape(replace(metric, definition=replace(definition, by=None)), project, scope)
        key = Checker().shape(definition.by.root, _of_event(definition, project, scope))
        keys = (key.items or key).enum if key.type == "array" else key.enum
        return Property("figures", "object", figure.span, items=replace(figure, name=""), enum=keys)
    kind = AGGREGATES[definition.kind]
    if kind.result not in (None, "array") or definition.value is None:
        return of_type(kind.result or "")
    value = Checker().shape(definition.value.root, _of_event(definition, project, scope))
    element = value.items or value if kind.of_elements else value
    return replace(of_type("array"), items=element) if kind.result == "array" else element


def _of_event(aggregate: Aggregate, project: Project, scope: Scope) -> Scope:
    return replace(scope.at(project.plan.expand(aggregate.event.text)), event_alone=True)


def check_metrics(project: Project, base: Scope) -> Iterator[Diagnostic]:
    """The names in metrics and segments that do not exist, and definitions that depend on themselves."""
    events = {**project.plan.events, **project.plan.groups}
    of_contact = about_contact(base)
    names_read: dict[str, tuple[Name, ...]] = {}
    for name, metric in project.metrics.items():
        definition = metric.definition
        if isinstance(definition, Aggregate):
            if definition.event.text not in events and definition.event.text not in BUILT_IN:
                yield from unknown_name("REF001", "event", definition.event, events, "events of the tracking plan")
                continue
            scope = _of_event(definition, project, base)
            yield from _checked(definition.where, scope, True)
            yield from _checked(definition.value, scope)
            yield from _checked(definition.by, scope)
        else:
            yield from _checked(definition.value, of_contact)
            names_read[f"metric.{name}"] = tuple(read_names(definition.value))
    for name, segment in project.segments.items():
        yield from _checked(segment.condition, of_contact, True)
        names_read[f"segment.{name}"] = tuple(read_names(segment.condition))
    yield from _circles(names_read)


def about_contact(base: Scope) -> Scope:
    """The scope of a segment's condition, and of a metric that is calculated from others."""
    return replace(base, contact_alone=_NO_EVENT, no_moves=True)


def _checked(expression: Expression | None, scope: Scope, condition: bool = False) -> Iterator[Diagnostic]:
    if expression is not None:
        yield from check_expression(expression, scope, condition)


def read_names(expression: Expression) -> Iterator[Name]:
    """The metrics and segments that an expression reads: `metric.orders`, `segment.vip`."""
    for node in walk(expression.root):
        path = path_of(node) if isinstance(node, Attr | Item) else None
        if path is not None and len(path) == 2 and path[0] in ("metric", "segment"):
            yield Name(".".join(path), node.span)


def _circles(names_read: Mapping[str, tuple[Name, ...]]) -> Iterator[Diagnostic]:
    for name, names in circles(names_read):
        circle = " -> ".join((*names, names[0]))
        yield Diagnostic("EXP013", f"'{name.text}' depends on itself: {circle}", name.span,
                         hint="define one of them only by events or the profile")  # fmt: skip
