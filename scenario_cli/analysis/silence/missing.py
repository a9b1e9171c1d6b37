"""The places where an expression relies on a value that may be missing. Evaluates nothing.

A value is allowed for where it only stands as a condition, is tested or compared for equality, has a `default`, or
stands behind a condition that says it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scenario_cli.model.expression import (
    Attr,
    Binary,
    Compare,
    Const,
    Expr,
    Filter,
    IfElse,
    Item,
    Ref,
    Test,
    Unary,
    children,
    path_of,
)
from scenario_cli.model.vocabulary import ON_NONE

Path = tuple[str, ...]
Paths = frozenset[Path]


@dataclass(frozen=True, slots=True)
class Relied:
    """A dotted name that needs a value, its place, and the names that surely have one there."""

    path: Path
    node: Expr
    there: Paths

    @property
    def root_is_there(self) -> bool:
        """Whether the name before the first dot has a value, though what is read of it may have none."""
        return any(known[0] == self.path[0] for known in self.there)


def relied_on(node: Expr, there: Paths = frozenset(), as_condition: bool = True) -> Iterator[Relied]:
    """The dotted names that an expression needs a value of. `there` are those known to have one;
    `as_condition` says that the expression as a whole only decides something."""
    match node:
        case Ref() | Attr() | Item():
            path = path_of(node)
            if path is None:
                yield from _below(node, there)
            elif not as_condition and not _known(path, there):
                yield Relied(path, node, there)
        case Unary():
            yield from relied_on(node.operand, there, as_condition and node.op == "not")
        case Binary(op="and"):
            yield from relied_on(node.left, there, as_condition)
            yield from relied_on(node.right, there | given(node.left, True), as_condition)
        case Binary(op="or"):
            yield from relied_on(node.left, there, True)  # what is missing on the left gives way to the right
            yield from relied_on(node.right, there | given(node.left, False), as_condition)
        case Binary(op="~"):
            yield from relied_on(node.left, there, False)
            yield from relied_on(node.right, there, False)
        case Compare():
            even = all(operator in ("==", "!=", "in", "not in") for operator, _ in node.rest)
            for part in (node.left, *(right for _, right in node.rest)):
                yield from relied_on(part, there, even)
        case IfElse():
            yield from relied_on(node.test, there, True)
            yield from relied_on(node.then, there | given(node.test, True), as_condition)
            if node.otherwise is not None:
                yield from relied_on(node.otherwise, there | given(node.test, False), as_condition)
        case Test():
            yield from relied_on(node.base, there, True)
        case Filter():
            yield from relied_on(node.base, there, node.name in ON_NONE)
            for arg in (*node.args, *(value for _, value in node.named)):
                yield from relied_on(arg, there, False)
        case _:
            yield from _below(node, there)


def _below(node: Expr, there: Paths) -> Iterator[Relied]:
    for part in children(node):
        yield from relied_on(part, there, False)


def given(condition: Expr, holds: bool) -> Paths:
    """The names that surely have a value where a condition holds, or where it fails."""
    match condition:
        case Unary(op="not"):
            return given(condition.operand, not holds)
        case Binary(op="and" | "or"):
            left, right = given(condition.left, holds), given(condition.right, holds)
            return left | right if (condition.op == "and") == holds else left & right
        case Test(name="none" | "undefined"):
            return _one(condition.base) if not holds else frozenset()
        case Test():
            return _one(condition.base) if holds else frozenset()
        case Compare():
            return _compared(condition, holds)
        case Ref() | Attr() | Item() | Filter():
            return _one(condition) if holds else frozenset()
    return frozenset()


def _compared(condition: Compare, holds: bool) -> Paths:
    operator, right = condition.rest[0]
    none = isinstance(right, Const) and right.value is None
    if operator == "!=" and none:
        return _one(condition.left) if holds else frozenset()
    if operator == "==" and none:
        return frozenset() if holds else _one(condition.left)
    if operator in ("!=", "not in"):
        return frozenset() if holds else _one(condition.left)
    return _one(condition.left) | _one(right) if holds else frozenset()


def _one(node: Expr) -> Paths:
    while isinstance(node, Filter):
        if node.name in ("default", "d"):
            return frozenset()
        node = node.base
    path = path_of(node)
    return frozenset({path}) if path is not None else frozenset()


def _known(path: Path, there: Paths) -> bool:
    """Whether a name is known to have a value: itself, or something within it."""
    return any(known[: len(path)] == path for known in there)
