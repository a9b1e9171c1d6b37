"""The tree of a condition or value, free of the syntax it was written in. Evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from scenario_cli.model.source import Span


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
    """`left op right op right ...` with `== != < <= > >= in notin`; each pair is compared, all must hold."""

    left: Expr
    rest: tuple[tuple[str, Expr], ...]
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
    named: tuple[tuple[str, Expr], ...]
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
    named: tuple[tuple[str, Expr], ...]
    span: Span


Expr = Const | Ref | Attr | Item | Slice | ListOf | MapOf | Unary | Binary | Compare | IfElse | Filter | Test | Call

_NODES = (Const, Ref, Attr, Item, Slice, ListOf, MapOf, Unary, Binary, Compare, IfElse, Filter, Test, Call)


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition or value: its text as written, its tree and its place."""

    source: str
    root: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out."""

    value: Any
    span: Span


Value = Literal | Expression


def walk(node: Expr) -> Iterator[Expr]:
    """The node and all below it, parents first."""
    yield node
    for field in fields(node):
        yield from _walk_value(getattr(node, field.name))


def _walk_value(value: Any) -> Iterator[Expr]:
    if isinstance(value, _NODES):
        yield from walk(value)
    elif isinstance(value, tuple):
        for element in value:
            yield from _walk_value(element)


def path_of(node: Expr) -> tuple[str, ...] | None:
    """The dotted name a chain of attributes spells (`event.cart.id` -> event, cart, id); None for the rest."""
    if isinstance(node, Ref):
        return (node.name,)
    if isinstance(node, Item) and isinstance(node.index, Const) and isinstance(node.index.value, str):
        base = path_of(node.base)
        return None if base is None else (*base, node.index.value)
    if isinstance(node, Attr):
        base = path_of(node.base)
        return None if base is None else (*base, node.name)
    return None
