"""The operands of `and` and `or`, so that a failed condition can name its failed operand. Evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.model.expression import Binary, Expr, Unary


def operands(node: Expr) -> tuple[str, tuple[Expr, ...]]:
    """`and` or `or` with its operands, as many as are in a row; an empty word for any other expression.

    `not` goes to the operands: `not (a or b)` has the operands `not a` and `not b` of an `and`.
    """
    match node:
        case Binary(op="and" | "or" as word):
            return word, tuple(_in_a_row(node, word))
        case Unary(op="not", operand=Binary(op="and" | "or" as word) as chain):
            denied = tuple(Unary("not", operand, node.span) for operand in _in_a_row(chain, word))
            return "or" if word == "and" else "and", denied
        case Unary(op="not", operand=Unary(op="not", operand=inner)):
            return operands(inner)
    return "", ()


def _in_a_row(node: Expr, word: str) -> Iterator[Expr]:
    if isinstance(node, Binary) and node.op == word:
        yield from _in_a_row(node.left, word)
        yield from _in_a_row(node.right, word)
    else:
        yield node


def any_of(parts: list[Expr]) -> Expr:
    """The expressions as one expression that holds if any of them does."""
    joined, *others = parts
    for part in others:
        joined = Binary("or", joined, part, part.span)
    return joined
