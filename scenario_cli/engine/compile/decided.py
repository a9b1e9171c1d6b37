"""Decides parts of conditions from some properties of an event, before the event is made. Calculates nothing at run
time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from scenario_cli.engine.calendar import UTC
from scenario_cli.engine.compile.quiet import is_quiet
from scenario_cli.engine.values import compare
from scenario_cli.model import expression as tree
from scenario_cli.model.dates import looks_dated

_UNKNOWN: Final = object()


def surely_fails(condition: tree.Expr, owner: str, properties: Mapping[str, str]) -> bool:
    """Whether a condition is false, and leaves no warning, for every event with these properties.

    `owner` is the event's name in the condition: `event`, or `past`.
    """
    return _decided(condition, owner, properties) is False


def _decided(node: tree.Expr, owner: str, properties: Mapping[str, str]) -> Any:
    """The value of an expression as far as it is decided, else `_UNKNOWN`."""
    match node:
        case tree.Const():
            return node.value
        case tree.ListOf():
            elements = [_decided(element, owner, properties) for element in node.items]
            return _UNKNOWN if any(element is _UNKNOWN for element in elements) else elements
        case tree.Attr(base=tree.Ref(name=name)) if name == owner and node.name in properties:
            return properties[node.name]
        case tree.Unary(op="not"):
            value = _decided(node.operand, owner, properties)
            return not value if isinstance(value, bool) else _UNKNOWN
        case tree.Binary(op="and" | "or"):
            return _of_two(node, owner, properties)
        case tree.Compare() if len(node.comparisons) == 1:
            operator, right = node.comparisons[0]
            return _compared(operator, _decided(node.left, owner, properties), _decided(right, owner, properties))
    return _UNKNOWN


def _of_two(node: tree.Binary, owner: str, properties: Mapping[str, str]) -> Any:
    """The value of `and` or `or`: the right side counts only if the left side is decided, or leaves no warning."""
    decides = node.op == "or"
    left, right = _decided(node.left, owner, properties), _decided(node.right, owner, properties)
    if left is decides or (right is decides and is_quiet(node.left)):
        return decides
    return decides if right is decides and isinstance(left, bool) else right if left is (not decides) else _UNKNOWN


def _compared(operator: str, left: Any, right: Any) -> Any:
    """A comparison of decided values: of a text with another, or with a list of texts; no text is a date."""
    texts = right if isinstance(right, list) else [right]
    if operator not in ("==", "!=", "in", "not in") or not all(isinstance(text, str) for text in (left, *texts)):
        return _UNKNOWN
    if any(looks_dated(text) for text in (left, *texts)):
        return _UNKNOWN
    return compare(operator, left, right, UTC)
