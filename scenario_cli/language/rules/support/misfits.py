"""Comparisons whose two types never fit, and texts in quotes that spell a name. Reports nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scenario_cli.language.expressions import ExpressionError, parse_expression
from scenario_cli.language.names.check import Checker
from scenario_cli.language.names.shapes import Scope
from scenario_cli.language.rules.support.comparisons import Compared, comparisons
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.expression import Const, Expr
from scenario_cli.model.project import Property

NUMBERS = frozenset({"number", "integer"})
DATES = frozenset({"date", "datetime"})
# The types that are distinguished, as a finding calls them.
TYPES = {
    "string": "a text", "number": "a number", "integer": "a number", "boolean": "true or false", "array": "a list",
    "object": "a mapping", "date": "a date", "datetime": "a date and time",
}  # fmt: skip
_PATH = re.compile(r"[a-z]\w*(?:\.\w+)+")


def misfits(node: Expr, scope: Scope) -> Iterator[Compared]:
    """The comparisons of an expression that never hold with any values, or with '!=' always hold."""
    return (compared for compared in comparisons(node, scope) if not fits(compared))


def fits(compared: Compared) -> bool:
    left, right = compared.left_shape.type, compared.right_shape.type
    if left is None or right is None or left not in TYPES or right not in TYPES:
        return True
    kinds = {left, right}
    if compared.operator in ("<", "<=", ">", ">=") and ("boolean" in kinds or "object" in kinds):
        return False
    return left == right or kinds <= NUMBERS or kinds <= DATES | {"string"}


def spelt(node: Expr, scope: Scope) -> Property | None:
    """The value whose name a text in quotes spells, such as 'trigger.total'; None if it spells no name."""
    if not isinstance(node, Const) or not isinstance(node.value, str) or not _PATH.fullmatch(node.value):
        return None
    try:
        expression = parse_expression(Node(node.span, node.value)).root
    except ExpressionError:
        return None
    checker = Checker()
    shape = checker.shape(expression, scope)
    return None if checker.findings else shape
