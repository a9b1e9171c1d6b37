"""Checks the names in an expression: every name, property, function, filter and test must be known."""

from __future__ import annotations

from scenario_cli.language.names.calls import shape_of_call
from scenario_cli.language.names.filters import shape_of_filter
from scenario_cli.language.names.keys import shape_of_key
from scenario_cli.language.names.literals import faulty_date, faulty_part
from scenario_cli.language.names.lone_texts import lone_texts
from scenario_cli.language.names.roots import shape_of_constant, shape_of_name
from scenario_cli.language.names.shapes import ANYTHING, Scope, mapping, of_type
from scenario_cli.language.names.walk import Walk
from scenario_cli.model import expression as tree
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean
from scenario_cli.model.project import Property
from scenario_cli.model.vocabulary import DATETIME_PARTS, FILTERS, TESTS

_MISSING = ("null", "nil", "empty", "undefined", "missing", "blank")
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_TYPES: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array"}


def check_expression(
    expression: tree.Expression, scope: Scope, condition: bool = False, filters: frozenset[str] = FILTERS
) -> list[Diagnostic]:
    """The names of an expression that do not exist; for a condition, also whether it can ever be true."""
    checker = Checker(filters)
    shape = checker.shape(expression.root, scope)
    if condition and shape.type == "string" and not checker.findings:
        checker.report("EXP008", "this condition is only a text, and a text never counts as true", expression.root,
                       "compare it: '... is not none', or '... == ...'", "warning")  # fmt: skip
    if condition:
        checker.findings += lone_texts(expression.root)
    return checker.findings


class Checker(Walk):
    """Walks an expression, collects its faults, and calculates the shape of its value on the way."""

    def shape(self, node: tree.Expr, scope: Scope) -> Property:
        match node:
            case tree.Const(value=value):
                return of_type(_TYPES.get(type(value), "")) if type(value) in _TYPES else ANYTHING
            case tree.Ref():
                return shape_of_name(self, node, scope)
            case tree.Attr(base=tree.Ref(name="const")):
                return shape_of_constant(self, node, scope, node.name)
            case tree.Item(base=tree.Ref(name="const"), index=tree.Const(value=str() as name)):
                return shape_of_constant(self, node, scope, name)
            case tree.Attr():
                return shape_of_key(self, node, self.shape(node.base, scope), node.name)
            case tree.Item():
                base = self.shape(node.base, scope)
                self.shape(node.index, scope)
                if isinstance(node.index, tree.Const) and isinstance(node.index.value, str):
                    return shape_of_key(self, node, base, node.index.value)
                return base.items or ANYTHING
            case tree.Slice():
                for part in (node.start, node.stop):
                    if part is not None:
                        self.shape(part, scope)
                return self.shape(node.base, scope)
            case tree.IfElse():
                self.shape(node.test, scope)
                shape = self.shape(node.then, scope)
                if node.otherwise is not None:
                    self.shape(node.otherwise, scope)
                return shape
            case tree.Filter():
                return shape_of_filter(self, node, scope)
            case tree.Test():
                return self._test(node, scope)
            case tree.Call():
                return shape_of_call(self, node, scope)
            case tree.Compare():
                for _, operand in node.comparisons:
                    values = operand.items if isinstance(operand, tree.ListOf) else (operand,)
                    self.compared += [value for value in values if isinstance(value, tree.Ref)]
                self._compare(node, scope)
                return of_type("boolean")
            case tree.Binary():
                left = self.shape(node.left, scope)
                right = self.shape(node.right, scope)
                if node.op == "~":
                    return of_type("string")
                return left if node.op in ("and", "or") and left.type == right.type else ANYTHING
            case tree.Unary():
                self.shape(node.operand, scope)
                return of_type("boolean") if node.op == "not" else ANYTHING
            case tree.ListOf():
                for member in node.items:
                    self.shape(member, scope)
                return of_type("array")
            case tree.MapOf():
                return self._mapping(node, scope)

    def _test(self, node: tree.Test, scope: Scope) -> Property:
        self.shape(node.base, scope)
        for arg in node.args:
            self.shape(arg, scope)
        if node.name not in TESTS:
            self.report(
                "EXP005",
                f"unknown test 'is {node.name}'",
                node,
                "write 'is none'" if node.name.lower() in _MISSING else did_you_mean(node.name, TESTS, "tests"),
            )
        return of_type("boolean")

    def _mapping(self, node: tree.MapOf, scope: Scope) -> Property:
        fields: dict[str, Property] = {}
        for key, value in node.pairs:
            self.shape(key, scope)
            shape = self.shape(value, scope)
            if isinstance(key, tree.Const):
                fields[str(key.value)] = shape
        return mapping("the mapping", fields) if len(fields) == len(node.pairs) else ANYTHING

    def _compare(self, node: tree.Compare, scope: Scope) -> None:
        """Each comparison of a chain, from both sides, with the values that are written out."""
        left, shape = node.left, self.shape(node.left, scope)
        for operator, right in node.comparisons:
            right_shape = self.shape(right, scope)
            turned = _TURNED.get(operator, operator)
            for operand, operand_shape, sign, value in (
                (left, shape, operator, right),
                (right, right_shape, turned, left),
            ):
                part = _part_of(operand)
                if part is not None and self.shape_of_base(operand, scope).type in ("datetime", "date"):
                    self.findings += faulty_part(part, sign, value)
                if operand_shape.type in ("datetime", "date") and sign not in ("in", "not in"):
                    self.findings += faulty_date(value)
            left, shape = right, right_shape

    def shape_of_base(self, node: tree.Expr, scope: Scope) -> Property:
        """The shape of the value that a key is read from, without a second report of its faults."""
        assert isinstance(node, tree.Attr | tree.Item)
        quiet = Checker(self.filters, self.in_template, self.written)
        return quiet.shape(node.base, scope)


def _part_of(node: tree.Expr) -> str | None:
    """The part of a date that an expression can read: `now.weekday`, `now['hour']`."""
    if isinstance(node, tree.Attr):
        return node.name if node.name in DATETIME_PARTS else None
    if isinstance(node, tree.Item) and isinstance(node.index, tree.Const) and node.index.value in DATETIME_PARTS:
        return str(node.index.value)
    return None
