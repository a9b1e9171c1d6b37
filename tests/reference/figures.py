"""Metrics and segments, computed from the whole history at each reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scenario_cli.engine import values
from scenario_cli.engine.values import Misfit
from scenario_cli.model.expression import Call, Const, Expression, path_of, walk
from scenario_cli.model.metrics import Aggregate, Bins, Metric
from scenario_cli.model.project import Project
from tests.reference.reading import Names, Past, holds, value_of


def metric(named_metric: Metric, history: Sequence[Past], names: Names) -> Any:
    """A metric's value at an instant; `history` are the events that the metric counts, oldest first."""
    definition = named_metric.definition
    if isinstance(definition, Aggregate):
        return (
            _figures(definition, history, names)
            if definition.by is not None
            else _aggregate(definition, history, names)
        )
    about_contact = replace(names, event=None, trigger=None, journey=None, captures={}, within={})
    value = value_of(definition.value, about_contact)
    return _label(definition, value) if isinstance(definition, Bins) else value


def _label(bins: Bins, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    for edge, label in zip(bins.edges, bins.labels, strict=False):
        if value <= edge:
            return label
    return bins.labels[-1]


class Figures(dict[str, Any]):
    """A figure for each value that occurred; any other value has the figure of an empty history."""

    def __init__(self, figures: dict[str, Any], nothing: Any) -> None:
        super().__init__(figures)
        self.nothing = nothing

    def get(self, key: Any, default: Any = None) -> Any:
        text = _key(key)
        return self[text] if text is not None and text in self else self.nothing


_MOST_KEYS = 1_000


def _figures(definition: Aggregate, history: Sequence[Past], names: Names) -> Figures:
    """The figures by value, each over the events with this value, within the limit of values."""
    undivided = replace(definition, by=None)
    entries: list[tuple[str, Past]] = []
    for past in history:
        arriving = Names(past.event.at, past.zone, {}, names.world, past.event)
        counted = definition.value is None or _counts(definition, value_of(definition.value, arriving))
        if not holds(definition.where, arriving) or not counted:
            continue
        assert definition.by is not None
        value = value_of(definition.by, arriving)
        each = [_key(each) for each in (value if isinstance(value, list) else [value])]
        for key in dict.fromkeys(key_ for key_ in each if key_ is not None):
            begin = past.event.at - definition.within if definition.within is not None else None
            keys_present = {other for other, each in entries if begin is None or each.event.at > begin}
            if key in keys_present or len(keys_present) < _MOST_KEYS:
                entries.append((key, past))
    if definition.within is not None:
        entries = [(key, past) for key, past in entries if past.event.at > names.now - definition.within]
    keys = sorted({key for key, _ in entries})
    by_key = {key: _aggregate(undivided, [past for each, past in entries if each == key], names) for key in keys}
    return Figures(by_key, 0 if definition.kind in ("count", "sum") else None)


def _counts(definition: Aggregate, value: Any) -> bool:
    return value is not None and (definition.kind not in ("sum", "avg") or _is_number(value))


def _key(value: Any) -> str | None:
    """The text of a text, number or boolean."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return str(value) if isinstance(value, str | int | float) else None


def _aggregate(definition: Aggregate, history: Sequence[Past], names: Names) -> Any:
    results: list[Any] = []
    for past in history:
        event = past.event
        if definition.within is not None and not names.now - definition.within < event.at <= names.now:
            continue
        # `where` and the value are evaluated when the event arrives, and read only the event.
        arriving = Names(event.at, past.zone, {}, names.world, event)
        if holds(definition.where, arriving):
            results.append(event if definition.value is None else value_of(definition.value, arriving))
    present = [entry for entry in results if entry is not None]
    match definition.kind:
        case "count":
            return len(present)
        case "sum":
            return _sum(present)
        case "avg":
            numbers = [each for each in present if _is_number(each)]
            return float(Fraction(repr(_sum(present))) / len(numbers)) if numbers else None
        case "first":
            return present[0] if present else None
        case "last":
            return present[-1] if present else None
        case "min" | "max":
            return _extreme(definition.kind, present, names)
    each = [part for each in present for part in (each if isinstance(each, list) else [each]) if part is not None]
    distinct: list[Any] = []
    for element in each:
        if element not in distinct:
            distinct.append(element)
    if definition.kind == "mode":
        often = max((each.count(element) for element in distinct), default=0)
        return min((element for element in distinct if each.count(element) == often), key=_order, default=None)
    if definition.kind == "distinct":
        return len(distinct)
    return distinct or None


def _order(value: Any) -> tuple[bool, Any]:
    return isinstance(value, str), value  # numbers before texts


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _sum(present: list[Any]) -> Any:
    """The sum of the decimals as written."""
    numbers = [each for each in present if _is_number(each)]
    total = sum((Decimal(repr(number)) for number in numbers), Decimal())
    return int(total) if all(isinstance(number, int) for number in numbers) else float(total)


def _extreme(kind: str, present: list[Any], names: Names) -> Any:
    extreme = None
    for each in present:
        try:
            if extreme is None or values.compare("<" if kind == "min" else ">", each, extreme, names.zone):
                extreme = each
        except Misfit:
            continue
    return extreme


def events_read(project: Project, condition: Expression) -> set[str]:
    """The events that a segment's condition reads, through history calls, metrics and other segments."""
    events: set[str] = set()
    for node in walk(condition.root):
        path = path_of(node) or ()
        if isinstance(node, Call) and node.name in ("count", "happened", "last") and isinstance(node.args[0], Const):
            events.update(project.plan.expand(node.args[0].value))
        elif isinstance(node, Call) and node.name == "running":
            events.update(("journey.entered", "journey.ended"))
        elif len(path) == 2 and path[0] == "segment":
            events |= events_read(project, project.segments[path[1]].condition)
        elif len(path) == 2 and path[0] == "metric":
            definition = project.metrics[path[1]].definition
            if isinstance(definition, Aggregate):
                events.update(project.plan.expand(definition.event.text))
            else:
                events |= events_read(project, definition.value)
    return events
