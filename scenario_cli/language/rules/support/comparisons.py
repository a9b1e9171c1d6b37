"""The comparisons of an expression, each side with its known properties. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.names.check import Checker
from scenario_cli.language.names.shapes import ANYTHING, Scope, shape_of_event
from scenario_cli.model.expression import Call, Compare, Const, Expr, ListOf, children
from scenario_cli.model.project import Property
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.vocabulary import FUNCTIONS


@dataclass(frozen=True, slots=True)
class Compared:
    """`left operator right`, with the shape of each; `in [a, b]` gives one for each element, as `==`.

    `scope` is the scope of both.
    """

    left: Expr
    left_shape: Property
    operator: str
    right: Expr
    right_shape: Property
    scope: Scope


def comparisons(node: Expr, scope: Scope) -> Iterator[Compared]:
    """Every pair that an expression compares; inside any(), all(), filter() and total() `item` is the element."""
    if isinstance(node, Compare):
        left = node.left
        for operator, right in node.comparisons:
            yield from _pairs(left, operator, right, scope)
            left = right
    inner = FUNCTIONS[node.name].per_item if isinstance(node, Call) and node.name in FUNCTIONS else None
    if isinstance(node, Call) and inner is not None and len(node.args) > inner:
        listed = Checker().shape(node.args[0], scope)
        yield from comparisons(node.args[0], scope)
        yield from comparisons(node.args[inner], scope.beside({"item": listed.items or ANYTHING}))
        return
    if isinstance(node, Call) and node.name in FUNCTIONS and FUNCTIONS[node.name].history:
        condition, event = dict(node.keywords).get("where"), node.args[0] if node.args else None
        if condition is not None and isinstance(event, Const) and isinstance(event.value, str):
            past = shape_of_event(scope.plan, scope.plan.expand(event.value))
            yield from comparisons(condition, scope.beside({"past": past}))
        return
    for child in children(node):
        yield from comparisons(child, scope)


def _pairs(left: Expr, operator: str, right: Expr, scope: Scope) -> Iterator[Compared]:
    shape = Checker().shape(left, scope)
    if operator in ("in", "not in"):
        even = "==" if operator == "in" else "!="
        if isinstance(right, ListOf):
            for item in right.items:
                yield Compared(left, shape, even, item, Checker().shape(item, scope), scope)
            return
        listed = Checker().shape(right, scope)
        if listed.type == "array" and listed.items is not None:
            yield Compared(left, shape, even, right, listed.items, scope)
        return
    yield Compared(left, shape, operator, right, Checker().shape(right, scope), scope)


def literal(node: Expr) -> Const | None:
    """A text, number or boolean written out."""
    return node if isinstance(node, Const) and node.value is not None else None
