"""The value of a condition or expression when data that it reads is missing. Runs nothing: all else stays unknown.

The rules for missing values are those of the language: ordering against a missing value is false, arithmetic and
filters with it are missing, `x is none` holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Literal

from scenario_cli.model import expression as tree
from scenario_cli.model.built_in import event_type
from scenario_cli.model.metrics import AGGREGATES, Aggregate, Bins, Formula
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import EVENT_FIELDS
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.vocabulary import FUNCTIONS


@dataclass(frozen=True, slots=True)
class Loss:
    """Missing data: whole events, properties of events (event, property), attributes of the profile."""

    events: frozenset[str] = frozenset()
    properties: frozenset[tuple[str, str]] = frozenset()
    attributes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FixedValue:
    """A value that is always the same. None is a missing value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Happened:
    """An event with its properties: one of these, or, `perhaps`, none."""

    events: frozenset[str]
    perhaps: bool = False


@dataclass(frozen=True, slots=True)
class VaryingValue:
    """A value that varies. `present`: it is never missing."""

    present: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """The contact."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """The metrics, or the segments."""

    kind: Literal["metric", "segment"]


Value = FixedValue | Happened | VaryingValue | Profile | Namespace

UNKNOWN = VaryingValue()
MISSING = FixedValue(None)


@dataclass(frozen=True, slots=True)
class View:
    """The context of an expression: the project, the loss, the available event, the trigger and the captured values."""

    project: Project
    loss: Loss
    event: Value = UNKNOWN
    trigger: Value = UNKNOWN
    names: Mapping[str, Value] = field(default_factory=dict)


def truth(value: Value) -> bool | None:
    """Whether a condition holds; None if that depends on the data. A text never counts as true."""
    if isinstance(value, FixedValue):
        return False if isinstance(value.value, str) else bool(value.value)
    return None


def join(left: Value, right: Value) -> Value:
    """The knowledge about a value that is either."""
    if left == right:
        return left
    if isinstance(left, Happened) and isinstance(right, Happened):
        return Happened(left.events | right.events, left.perhaps or right.perhaps)
    for happened, alternative in ((left, right), (right, left)):
        if isinstance(happened, Happened) and alternative == MISSING:
            return Happened(happened.events, perhaps=True)
    return VaryingValue(_is_present(left) and _is_present(right))


def evaluate(node: tree.Expr, view: View) -> Value:
    """The value, as far as it is known."""
    match node:
        case tree.Const():
            return FixedValue(node.value)
        case tree.Ref():
            return value_of(node.name, view)
        case tree.Attr() | tree.Item() if (figures := _figures(node.base, view)) is not None:
            return _aggregate(figures, view)
        case tree.Attr():
            return key_of(evaluate(node.base, view), node.name, view)
        case tree.Item():
            base = evaluate(node.base, view)
            if isinstance(node.index, tree.Const) and isinstance(node.index.value, str):
                return key_of(base, node.index.value, view)
            return MISSING if base == MISSING else UNKNOWN
        case tree.Slice():
            return MISSING if evaluate(node.base, view) == MISSING else UNKNOWN
        case tree.Unary():
            return _unary(node, view)
        case tree.Binary():
            return _binary(node, view)
        case tree.Compare():
            return _compare(node, view)
        case tree.IfElse():
            return _if_else(node, view)
        case tree.Filter():
            return _filter(node, view)
        case tree.Test():
            return _test(node, view)
        case tree.Call():
            return _call(node, view)
        case tree.ListOf():
            values = [evaluate(item, view) for item in node.items]
            constants = [value.value for value in values if isinstance(value, FixedValue)]
            return FixedValue(constants) if len(constants) == len(values) else VaryingValue(present=True)
        case _:
            return VaryingValue(present=True)  # a mapping that is written out


def value_of(name: str, view: View) -> Value:
    """The value of a name, as far as it is known."""
    match name:
        case "event":
            return view.event
        case "trigger":
            return view.trigger
        case "contact":
            return Profile()
        case "metric" | "segment":
            return Namespace(name)
    return view.names.get(name, UNKNOWN)


def key_of(base: Value, name: str, view: View) -> Value:
    """The value of `base.name`, as far as it is known."""
    match base:
        case FixedValue(None):
            return MISSING
        case Profile():
            return MISSING if name in view.loss.attributes else VaryingValue(present=name == "id")
        case Namespace("metric"):
            return _metric(name, view)
        case Namespace():
            return _segment(name, view)
        case Happened() if name == "properties":
            return base
        case Happened() if name in EVENT_FIELDS:
            return VaryingValue(present=name != "event_id" and not base.perhaps)
        case Happened():
            value = _property(base.events - view.loss.events, name, view)
            return UNKNOWN if base.perhaps and value != MISSING else value
    return UNKNOWN


def _property(events: frozenset[str], name: str, view: View) -> Value:
    event_types = [planned for event in events if (planned := event_type(view.project.plan, event)) is not None]
    if len(event_types) < len(events):
        return UNKNOWN
    having = [
        event for event in event_types if name in event.properties and (event.name, name) not in view.loss.properties
    ]
    if not having:
        return MISSING
    return VaryingValue(present=len(having) == len(event_types) and all(name in event.required for event in having))


def _metric(name: str, view: View) -> Value:
    metric = view.project.metrics.get(name)
    if metric is None:
        return UNKNOWN
    match metric.definition:
        case Aggregate():
            is_grouped = metric.definition.by is not None
            return VaryingValue(present=True) if is_grouped else _aggregate(metric.definition, view)
        case Formula() | Bins():
            value = evaluate(metric.definition.value.root, replace(view, event=UNKNOWN, trigger=UNKNOWN, names={}))
            return value if isinstance(metric.definition, Formula) or value == MISSING else UNKNOWN


def _figures(node: tree.Expr, view: View) -> Aggregate | None:
    """The metric with `by` that an expression names. Its figures are missing when the metric without `by` would be."""
    path = tree.path_of(node)
    metric = view.project.metrics.get(path[1]) if path is not None and path[0] == "metric" and len(path) == 2 else None
    definition = metric.definition if metric is not None else None
    return definition if isinstance(definition, Aggregate) and definition.by is not None else None


def _aggregate(metric: Aggregate, view: View) -> Value:
    """The value of an aggregate. Without events it has its default figure or is missing."""
    events = frozenset(view.project.plan.expand(metric.event.text)) - view.loss.events
    inside = replace(view, event=Happened(events), names={}, trigger=UNKNOWN)
    has_no_value = (
        not events
        or (metric.where is not None and truth(evaluate(metric.where.root, inside)) is False)
        or (metric.value is not None and evaluate(metric.value.root, inside) == MISSING)
        or (metric.by is not None and evaluate(metric.by.root, inside) == MISSING)
    )
    of_nothing = AGGREGATES[metric.kind].of_nothing
    if of_nothing is not None:
        return FixedValue(of_nothing) if has_no_value else VaryingValue(present=True)
    return MISSING if has_no_value else UNKNOWN


def _segment(name: str, view: View) -> Value:
    segment = view.project.segments.get(name)
    if segment is None:
        return UNKNOWN
    holds = truth(evaluate(segment.condition.root, replace(view, event=UNKNOWN, trigger=UNKNOWN, names={})))
    return VaryingValue(present=True) if holds is None else FixedValue(holds)


def _is_present(value: Value) -> bool:
    """Whether a value is never missing."""
    match value:
        case FixedValue():
            return value.value is not None
        case VaryingValue():
            return value.present
        case Happened():
            return not value.perhaps
    return True


def _unary(node: tree.Unary, view: View) -> Value:
    value = evaluate(node.operand, view)
    if node.op != "not":
        return MISSING if value == MISSING else UNKNOWN
    holds = truth(value)
    return VaryingValue(present=True) if holds is None else FixedValue(not holds)


def _binary(node: tree.Binary, view: View) -> Value:
    left, right = evaluate(node.left, view), evaluate(node.right, view)
    if node.op in ("and", "or"):
        decisive = node.op == "or"
        for operand, other_operand in ((left, right), (right, left)):
            if truth(operand) is decisive:
                return FixedValue(decisive)
            if truth(operand) is (not decisive):
                return other_operand
        return UNKNOWN
    if node.op == "~":
        return VaryingValue(present=True)
    return MISSING if MISSING in (left, right) else UNKNOWN


def _compare(node: tree.Compare, view: View) -> Value:
    left = evaluate(node.left, view)
    answers = []
    for op, compared in node.comparisons:
        right = evaluate(compared, view)
        answers.append(_compared(op, left, right))
        left = right
    if False in answers:
        return FixedValue(False)
    return FixedValue(True) if all(answers) else VaryingValue(present=True)


def _compared(op: str, left: Value, right: Value) -> bool | None:
    negated = op in ("!=", "not in")
    if op in ("==", "!="):
        if isinstance(left, FixedValue) and isinstance(right, FixedValue):
            return (left.value == right.value) is not negated
        if (left == MISSING and _is_present(right)) or (right == MISSING and _is_present(left)):
            return negated
        return None
    if op in ("in", "not in"):
        if right == MISSING:
            return negated
        if isinstance(left, FixedValue) and isinstance(right, FixedValue) and isinstance(right.value, list):
            return (left.value in right.value) is not negated
        return None
    if MISSING in (left, right):
        return False
    if isinstance(left, FixedValue) and isinstance(right, FixedValue):
        return _ordered(op, left.value, right.value)
    return None


def _ordered(op: str, left: Any, right: Any) -> bool | None:
    try:
        match op:
            case "<":
                return bool(left < right)
            case "<=":
                return bool(left <= right)
            case ">":
                return bool(left > right)
            case _:
                return bool(left >= right)
    except TypeError:
        return False


def _if_else(node: tree.IfElse, view: View) -> Value:
    holds = truth(evaluate(node.test, view))
    if_true = evaluate(node.then, view)
    if_false = evaluate(node.otherwise, view) if node.otherwise is not None else MISSING
    if holds is None:
        return join(if_true, if_false)
    return if_true if holds else if_false


def _filter(node: tree.Filter, view: View) -> Value:
    base = evaluate(node.base, view)
    if node.name in ("default", "d"):
        if base == MISSING:
            return evaluate(node.args[0], view) if node.args else FixedValue("")
        return base if _is_present(base) or not node.args else join(base, evaluate(node.args[0], view))
    if node.name in ("length", "count"):
        return FixedValue(0) if base == MISSING else VaryingValue(present=True)
    return MISSING if base == MISSING else UNKNOWN


def _test(node: tree.Test, view: View) -> Value:
    base = evaluate(node.base, view)
    if node.name in ("none", "undefined", "defined"):
        if base == MISSING:
            return FixedValue(node.name != "defined")
        return FixedValue(node.name == "defined") if _is_present(base) else VaryingValue(present=True)
    return FixedValue(False) if base == MISSING else VaryingValue(present=True)


def _call(node: tree.Call, view: View) -> Value:
    if not node.args:
        return UNKNOWN
    function = FUNCTIONS.get(node.name)
    if function is not None and function.history:
        return _history(node, view)
    if node.name in ("any", "all"):
        return FixedValue(False) if evaluate(node.args[0], view) == MISSING else VaryingValue(present=True)
    if node.name in ("filter", "total"):
        return MISSING if evaluate(node.args[0], view) == MISSING else UNKNOWN
    # Each of the others makes nothing of a missing value.
    return MISSING if MISSING in [evaluate(arg, view) for arg in node.args] else UNKNOWN


def _history(node: tree.Call, view: View) -> Value:
    """A history call whose events possibly never come."""
    event_node = node.args[0]
    if not isinstance(event_node, tree.Const) or not isinstance(event_node.value, str):
        return UNKNOWN
    events = frozenset(view.project.plan.expand(event_node.value)) - view.loss.events
    condition = dict(node.keywords).get("where")
    past = replace(view, names={**view.names, "past": Happened(events)})
    if not events or (condition is not None and truth(evaluate(condition, past)) is False):
        return {"count": FixedValue(0), "happened": FixedValue(False)}.get(node.name, MISSING)
    return VaryingValue(present=node.name != "last")
