"""Finds expressions that can leave no data warning, for any data: these can be calculated later, or not at all. Does
not claim that the others warn.
"""

from __future__ import annotations

from scenario_cli.model import expression as tree
from scenario_cli.model.metrics import AGGREGATES, Aggregate, Bins
from scenario_cli.model.project import Project

_NUMBERS = frozenset(kind for kind, rules in AGGREGATES.items() if rules.result in ("integer", "number"))
# A figure of these is remembered or added up: reading it compares nothing.
_PLAIN = frozenset({"count", "sum", "avg", "first", "last"})


def asks_quietly(condition: tree.Expr, project: Project) -> bool:
    """Whether a condition is calculated without a data warning, even if it gives a text."""
    return is_quiet(condition, project) and _is_no_text(condition, project)


def _is_no_text(node: tree.Expr, project: Project) -> bool:
    match node:
        case tree.Compare() | tree.Test() | tree.Unary(op="not") | tree.Attr(base=tree.Ref(name="segment")):
            return True
        case tree.Binary(op="and" | "or", left=left, right=right):
            return _is_no_text(left, project) and _is_no_text(right, project)
        case tree.Attr(base=tree.Ref(name="contact"), name=name):
            return name in project.plan.profile and project.plan.profile[name].type == "boolean"
    return _is_number(node, project)


def is_quiet(node: tree.Expr, project: Project | None = None) -> bool:
    """Whether a value is calculated without a data warning; without a project, no metric and no segment counts."""
    match node:
        case tree.Const() | tree.Attr(base=tree.Ref(name="event" | "past" | "trigger" | "contact")):
            return True
        case tree.Attr(base=tree.Ref(name="metric" | "segment" as kind), name=name) if project is not None:
            return _metric(name, project) if kind == "metric" else _segment(name, project)
        case tree.Unary(op="not", operand=operand):
            return is_quiet(operand, project)
        case tree.Binary(op="and" | "or", left=left, right=right):
            return is_quiet(left, project) and is_quiet(right, project)
        case tree.Test(name="none", base=base):
            return is_quiet(base, project)
        case tree.Call(name="days_since", args=(date,)):
            return is_quiet(date, project)
        case tree.Compare(left=left, comparisons=((operator, right),)):
            sides_are_quiet = is_quiet(left, project) and is_quiet(right, project)
            return sides_are_quiet and _compares(left, operator, right, project)
        case tree.ListOf(items=items):
            return all(isinstance(element, tree.Const) for element in items)
    return False


def _compares(left: tree.Expr, operator: str, right: tree.Expr, project: Project | None) -> bool:
    if _is_number(left, project) and _is_number(right, project):
        return operator not in ("in", "not in")
    if operator in ("in", "not in"):
        return isinstance(right, tree.ListOf)
    return operator in ("==", "!=") and (isinstance(left, tree.Const) or isinstance(right, tree.Const))


def _metric(name: str, project: Project) -> bool:
    definition = project.metrics[name].definition
    if isinstance(definition, Aggregate):
        return definition.kind in _PLAIN and definition.by is None
    value = definition.value.root
    return is_quiet(value, project) and (not isinstance(definition, Bins) or _is_number(value, project))


def _segment(name: str, project: Project) -> bool:
    return asks_quietly(project.segments[name].condition.root, project)


def _is_number(node: tree.Expr, project: Project | None) -> bool:
    """Whether a value is a number, or missing, for all data."""
    match node:
        case tree.Const(value=value):
            return type(value) in (int, float)
        case tree.Call(name="days_since"):
            return True
        case tree.Attr(base=tree.Ref(name="metric"), name=name) if project is not None:
            definition = project.metrics[name].definition
            if isinstance(definition, Aggregate):
                return definition.kind in _NUMBERS and definition.by is None
            if isinstance(definition, Bins):
                return all(type(label) in (int, float) for label in definition.labels)
            return _is_number(definition.value.root, project)
    return False
