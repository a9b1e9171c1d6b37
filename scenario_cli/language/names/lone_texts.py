"""Texts in a condition that are compared with nothing: `event.channel == 'app' or 'web'`. Looks no name up."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.model import expression as tree
from scenario_cli.model.diagnostic import Diagnostic


def lone_texts(condition: tree.Expr) -> Iterator[Diagnostic]:
    """Each text next to `and`, `or` or `not`. If it is the whole condition, the check of its type reports it."""
    for text, before in _lone_texts(condition, None):
        path = _compared(before)
        hint = f"write the comparison again: {path} == {text.value!r}" if path else "compare it: '... == ...'"
        message = f"the text {text.value!r} has no comparison, so it never counts as true"
        yield Diagnostic("EXP008", message, text.span, "warning", hint)


def _lone_texts(node: tree.Expr, before: tree.Expr | None) -> Iterator[tuple[tree.Const, tree.Expr | None]]:
    """The texts, each with the operator before it."""
    sides: tuple[tuple[tree.Expr, tree.Expr | None], ...]
    match node:
        case tree.Binary(op="and" | "or"):
            sides = ((node.left, before), (node.right, node.left))
        case tree.Unary(op="not"):
            sides = ((node.operand, before),)
        case _:
            return
    for side, ahead in sides:
        if isinstance(side, tree.Const) and isinstance(side.value, str):
            yield side, ahead
        else:
            yield from _lone_texts(side, ahead)


def _compared(before: tree.Expr | None) -> str:
    """The left side of the nearest comparison before, as written; empty if it is more than a name."""
    while isinstance(before, tree.Binary):
        before = before.right if not isinstance(before.right, tree.Const) else before.left
    path = tree.path_of(before.left) if isinstance(before, tree.Compare) else None
    return ".".join(path or ())
