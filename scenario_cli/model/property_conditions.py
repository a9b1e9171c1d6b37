"""Conditions that compare the properties of one event with values written out, and read nothing else.

If the property's declared type is that of the value, a database answers them over the columns of an export as the
executor does over the event, and the executor gives no warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from scenario_cli.model.dates import looks_dated
from scenario_cli.model.expression import Attr, Binary, Compare, Const, Expr, Item, Unary, path_of
from scenario_cli.model.scenario import EVENT_FIELDS
from scenario_cli.model.value_class import dataclass

Operator = Literal["==", "!=", "<", "<=", ">", ">="]

_OPERATORS: Mapping[str, Operator] = {"==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_MOST = 2**53  # whole numbers below it are the same as a float


@dataclass(frozen=True, slots=True)
class Comparison:
    """`property operator value`. A missing property is not equal to any value, and neither less nor greater."""

    property: str
    operator: Operator
    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Negation:
    """`not condition`."""

    condition: PropertyCondition


@dataclass(frozen=True, slots=True)
class Junction:
    """`left and right`, `left or right`."""

    operator: Literal["and", "or"]
    left: PropertyCondition
    right: PropertyCondition


PropertyCondition = Comparison | Negation | Junction

Types = Mapping[str, str | None]


def property_condition(root: Expr, subject: str, types: Types) -> PropertyCondition | None:
    """The condition on an event that expressions call `subject` (`event`, `past`), given the declared types of its
    properties; None if it has other parts than such comparisons.
    """
    match root:
        case Compare(left=left, comparisons=((operator, Const(value=value)),)):
            return _comparison(property_read(left, subject, types), operator, value, types)
        case Attr() | Item():
            name = property_read(root, subject, types)
            return Comparison(name, "==", True) if name is not None and types[name] == "boolean" else None
        case Unary(op="not", operand=operand):
            condition = property_condition(operand, subject, types)
            return None if condition is None else Negation(condition)
        case Binary(op="and" | "or" as operator, left=left, right=right):
            first, second = (property_condition(part, subject, types) for part in (left, right))
            return None if first is None or second is None else Junction(operator, first, second)
    return None


def leading_condition(root: Expr, subject: str, types: Types) -> PropertyCondition | None:
    """The first part of a condition: unless it holds, the whole is false and the rest is not evaluated."""
    whole = property_condition(root, subject, types)
    if whole is not None or not (isinstance(root, Binary) and root.op == "and"):
        return whole
    left = property_condition(root.left, subject, types)
    if left is None:
        return leading_condition(root.left, subject, types)
    right = leading_condition(root.right, subject, types)
    return left if right is None else Junction("and", left, right)


def property_read(node: Expr, subject: str, types: Types) -> str | None:
    """The declared property of the event that an expression reads; None for any other expression."""
    path = path_of(node)
    if path is None or len(path) != 2 or path[0] != subject:
        return None
    return path[1] if path[1] in types and path[1] not in EVENT_FIELDS else None


def _comparison(name: str | None, operator: str, value: object, types: Types) -> Comparison | None:
    if name is None or operator not in _OPERATORS:
        return None
    is_equality = operator in ("==", "!=")
    match types[name]:
        case "string":
            # Two texts that are dates are compared as instants.
            agrees = isinstance(value, str) and is_equality and not looks_dated(value)
        case "number" | "integer":
            agrees = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MOST
        case "boolean":
            agrees = isinstance(value, bool) and is_equality
        case _:
            agrees = False
    return Comparison(name, _OPERATORS[operator], value) if agrees else None  # type: ignore[arg-type]
