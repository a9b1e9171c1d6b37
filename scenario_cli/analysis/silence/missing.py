"""The places where an expression relies on a value that can be missing. Evaluates nothing.

A missing value is handled if the value is only used as a condition, is tested or compared for equality, has a
`default`, or follows a condition that checks it.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.vocabulary import ON_NONE

Path = tuple[str, ...]
Paths = frozenset[Path]


@dataclass(frozen=True, slots=True)
class Reliance:
    """A dotted name that needs a value, its place, and the names that certainly have one there."""

    path: Path
    node: Expr
    present: Paths

    @property
    def root_is_present(self) -> bool:
        """Whether the name before the first dot has a value. The value read from it can still be missing."""
        return any(path[0] == self.path[0] for path in self.present)


def relied_on(node: Expr, present: Paths = frozenset(), as_condition: bool = True) -> Iterator[Reliance]:
    """The dotted names whose values an expression needs. `present` are names known to have a value; `as_condition` is
    set if the expression only decides something.
    """
    match node:
        case Ref() | Attr() | Item():
            path = path_of(node)
            if path is None:
                # Whatever is read from a missing value is missing, so a later part can handle it.
                for part in children(node):
                    is_base = not isinstance(node, Ref) and part is node.base
                    yield from relied_on(part, present, as_condition and is_base)
            elif not as_condition and not _is_guaranteed(path, present):
                yield Reliance(path, node, present)
        case Unary():
            yield from relied_on(node.operand, present, as_condition and node.op == "not")
        case Binary(op="and"):
            yield from relied_on(node.left, present, as_condition)
            yield from relied_on(node.right, present | guaranteed_names(node.left, True), as_condition)
        case Binary(op="or"):
            yield from relied_on(node.left, present, True)  # a missing value on the left is replaced by the right
            yield from relied_on(node.right, present | guaranteed_names(node.left, False), as_condition)
        case Binary(op="~"):
            yield from relied_on(node.left, present, False)
            yield from relied_on(node.right, present, False)
        case Compare():
            is_equality = all(operator in ("==", "!=", "in", "not in") for operator, _ in node.comparisons)
            for part in (node.left, *(right for _, right in node.comparisons)):
                yield from relied_on(part, present, is_equality)
        case IfElse():
            yield from relied_on(node.test, present, True)
            yield from relied_on(node.then, present | guaranteed_names(node.test, True), as_condition)
            if node.otherwise is not None:
                yield from relied_on(node.otherwise, present | guaranteed_names(node.test, False), as_condition)
        case Test():
            yield from relied_on(node.base, present, True)
        case Filter():
            # Every filter returns nothing for a missing value, so a later part can handle it.
            yield from relied_on(node.base, present, as_condition or node.name in ON_NONE)
            for arg in (*node.args, *(value for _, value in node.keywords)):
                yield from relied_on(arg, present, False)
        case _:
            yield from _below(node, present)


def _below(node: Expr, present: Paths) -> Iterator[Reliance]:
    for part in children(node):
        yield from relied_on(part, present, False)


def guaranteed_names(condition: Expr, holds: bool) -> Paths:
    """The names with a value whenever a condition holds, or whenever it fails."""
    match condition:
        case Unary(op="not"):
            return guaranteed_names(condition.operand, not holds)
        case Binary(op="and" | "or"):
            left, right = guaranteed_names(condition.left, holds), guaranteed_names(condition.right, holds)
            return left | right if (condition.op == "and") == holds else left & right
        case Test(name="none" | "undefined"):
            return _guaranteed_path(condition.base) if not holds else frozenset()
        case Test():
            return _guaranteed_path(condition.base) if holds else frozenset()
        case Compare():
            return _compared(condition, holds)
        case Ref() | Attr() | Item() | Filter():
            return _guaranteed_path(condition) if holds else frozenset()
    return frozenset()


def _compared(condition: Compare, holds: bool) -> Paths:
    operator, right = condition.comparisons[0]
    is_null = isinstance(right, Const) and right.value is None
    if operator == "!=" and is_null:
        return _guaranteed_path(condition.left) if holds else frozenset()
    if operator == "==" and is_null:
        return frozenset() if holds else _guaranteed_path(condition.left)
    if operator in ("!=", "not in"):
        return frozenset() if holds else _guaranteed_path(condition.left)
    return _guaranteed_path(condition.left) | _guaranteed_path(right) if holds else frozenset()


def _guaranteed_path(node: Expr) -> Paths:
    while isinstance(node, Filter):
        if node.name in ("default", "d"):
            return frozenset()
        node = node.base
    path = path_of(node)
    return frozenset({path}) if path is not None else frozenset()


def _is_guaranteed(path: Path, present: Paths) -> bool:
    """Whether a name, or a name within it, is guaranteed to have a value."""
    return any(name[: len(path)] == path for name in present)
