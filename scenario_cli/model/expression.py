"""The tree of a condition or value, free of the syntax it was written in. Evaluates nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from scenario_cli.model.source import Name, Span
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Const:
    value: Any
    span: Span


@dataclass(frozen=True, slots=True)
class Ref:
    """A name that stands for itself: `event`, `contact`, `cart`."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Attr:
    """`base.name`: a key of a mapping, or a part of a date-time."""

    base: Expr
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Item:
    """`base[index]`."""

    base: Expr
    index: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Slice:
    """`base[start:stop]`."""

    base: Expr
    start: Expr | None
    stop: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class MapOf:
    pairs: tuple[tuple[Expr, Expr], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`, `+x`, `not x`."""

    op: str
    operand: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic (`+ - * / // % **`), `~`, `and`, `or`."""

    op: str
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right op right ...` with `== != < <= > >= in`, `not in`; each pair is compared, all must hold."""

    left: Expr
    comparisons: tuple[tuple[str, Expr], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class IfElse:
    test: Expr
    then: Expr
    otherwise: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Filter:
    base: Expr
    name: str
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Test:
    """`base is name(args)`."""

    base: Expr
    name: str
    args: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one of the language's functions."""

    name: str
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    span: Span


Expr = Const | Ref | Attr | Item | Slice | ListOf | MapOf | Unary | Binary | Compare | IfElse | Filter | Test | Call

_NODES = (Const, Ref, Attr, Item, Slice, ListOf, MapOf, Unary, Binary, Compare, IfElse, Filter, Test, Call)


@dataclass(frozen=True, slots=True)
class Named:
    """A name in an expression that stands for another expression: a constant (`const.big_order`), or a name of
    `define`.
    """

    name: str
    root: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition or value: its text as written, its tree and its place.

    In the tree the `names` that stand for another expression are written out, also those within others.
    """

    source: str
    root: Expr
    span: Span
    names: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out."""

    value: Any
    span: Span


Value = Literal | Expression


def walk(node: Expr) -> Iterator[Expr]:
    """The node and all below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Expr) -> Iterator[Expr]:
    """The nodes directly below one, in the order written."""
    for name in _PARTS[type(node)]:
        yield from _within(getattr(node, name))


def _within(value: Any) -> Iterator[Expr]:
    if type(value) is tuple:
        for element in value:
            yield from _within(element)
    elif type(value) in _PARTS:
        yield value


# The fields of each kind of node that can contain other nodes.
_PARTS = {
    kind: tuple(field.name for field in fields(kind) if field.name not in ("span", "name", "op", "value"))
    for kind in _NODES
}


# Most values of the model are of these types, and none contains an expression.
_LEAVES: frozenset[type] = frozenset({str, int, float, bool, type(None), Span, Name})


def expressions_in(value: object) -> Iterator[Expression]:
    """Every expression within a value of the model, at any depth."""
    waiting: list[object] = [value]
    while waiting:
        part = waiting.pop()
        if type(part) in _LEAVES:
            continue
        if isinstance(part, Expression):
            yield part
        elif isinstance(part, tuple | list):
            waiting.extend(part)
        elif names := _field_names(type(part)):  # before mappings: to see that a value is not a mapping takes longest
            waiting.extend([getattr(part, name) for name in names])
        elif isinstance(part, Mapping):
            waiting.extend(part.values())


_FIELD_NAMES: dict[type, tuple[str, ...]] = {}


def _field_names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass; none for any other type. Looked up once for each type, because that is slow."""
    names = _FIELD_NAMES.get(kind)
    if names is None:
        names = _FIELD_NAMES[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return names


def calls_in(value: object) -> Iterator[Call]:
    """Every call of a function in the expressions within a value of the model."""
    for expression in expressions_in(value):
        yield from (node for node in walk(expression.root) if isinstance(node, Call))


T = TypeVar("T")


def with_expressions(value: T, change: Callable[[Expression], Expression]) -> T:
    """A value of the model with each expression within it changed; a value without expressions is the same object."""
    result: Any = value
    if isinstance(value, Expression):
        result = change(value)
    elif isinstance(value, Mapping):
        changed = {key: with_expressions(part, change) for key, part in value.items()}
        result = changed if any(changed[key] is not part for key, part in value.items()) else value
    elif isinstance(value, tuple):
        listed = tuple(with_expressions(part, change) for part in value)
        result = (
            listed if any(part is not part_before for part, part_before in zip(listed, value, strict=True)) else value
        )
    else:
        parts = {name: getattr(value, name) for name in _field_names(type(value))}
        changed_parts = {name: with_expressions(part, change) for name, part in parts.items()}
        fresh = {name: part for name, part in changed_parts.items() if part is not parts[name]}
        result = replace(result, **fresh) if fresh else value
    return result  # type: ignore[no-any-return]


# Functions whose value depends on their arguments alone.
_OF_THEIR_VALUES = frozenset({"any", "all", "filter", "total", "duration"})


def reads_past_alone(condition: Expr) -> bool:
    """Whether a condition on a past event reads nothing else, so that it can be decided when that event arrives."""
    return all(
        node.name in ("past", "item")
        if isinstance(node, Ref)
        else not isinstance(node, Call) or node.name in _OF_THEIR_VALUES
        for node in walk(condition)
    )


def path_of(node: Expr) -> tuple[str, ...] | None:
    """The dotted name that a chain of attributes spells (`event.cart.id` -> event, cart, id); None for other nodes."""
    if isinstance(node, Ref):
        return (node.name,)
    if isinstance(node, Item) and isinstance(node.index, Const) and isinstance(node.index.value, str):
        base = path_of(node.base)
        return None if base is None else (*base, node.index.value)
    if isinstance(node, Attr):
        base = path_of(node.base)
        return None if base is None else (*base, node.name)
    return None
