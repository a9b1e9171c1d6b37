"""An expression's tree as text, to name a part of a condition. Parses nothing."""

from __future__ import annotations

import json

from scenario_cli.model.expression import (
    Attr,
    Binary,
    Call,
    Compare,
    Const,
    Expr,
    Filter,
    IfElse,
    Item,
    ListOf,
    MapOf,
    Ref,
    Slice,
    Test,
    Unary,
)


def expression_text(node: Expr) -> str:
    """The tree as an author would write it: one space round operators, brackets if they are needed.

    >>> from scenario_cli.model.source import Span
    >>> here = Span("", 1, 1, 1, 2)
    >>> expression_text(Filter(Attr(Ref("event", here), "items", here), "length", (), (), here))
    'event.items | length'
    """
    match node:
        case Const(value=value):
            return _constant(value)
        case Ref(name=name):
            return name
        case Attr():
            return f"{_tight(node.base)}.{node.name}"
        case Item():
            return f"{_tight(node.base)}[{expression_text(node.index)}]"
        case Slice():
            start, stop = ("" if part is None else expression_text(part) for part in (node.start, node.stop))
            return f"{_tight(node.base)}[{start}:{stop}]"
        case ListOf():
            return f"[{', '.join(map(expression_text, node.items))}]"
        case MapOf():
            return f"{{{', '.join(f'{expression_text(key)}: {expression_text(value)}' for key, value in node.pairs)}}}"
        case Unary(op="not", operand=Test() as denied):
            return f"{_tight(denied.base)} is not {denied.name}{_arguments(denied.args, ())}"
        case Unary():
            return f"{node.op}{' ' if node.op == 'not' else ''}{_tight(node.operand)}"
        case Binary():
            return f"{_tight(node.left)} {node.op} {_tight(node.right)}"
        case Compare():
            return _tight(node.left) + "".join(
                f" {operator} {_tight(operand)}" for operator, operand in node.comparisons
            )
        case IfElse():
            otherwise = f" else {_tight(node.otherwise)}" if node.otherwise is not None else ""
            return f"{_tight(node.then)} if {_tight(node.test)}{otherwise}"
        case Filter():
            base = expression_text(node.base) if isinstance(node.base, Filter) else _tight(node.base)
            return f"{base} | {node.name}{_arguments(node.args, node.keywords)}"
        case Test():
            return f"{_tight(node.base)} is {node.name}{_arguments(node.args, ())}"
        case Call():
            return f"{node.name}{_arguments(node.args, node.keywords) or '()'}"


def _arguments(args: tuple[Expr, ...], keywords: tuple[tuple[str, Expr], ...]) -> str:
    texts = [*map(expression_text, args), *(f"{name}={expression_text(value)}" for name, value in keywords)]
    return f"({', '.join(texts)})" if texts else ""


def _tight(node: Expr) -> str:
    """A part next to an operator: in brackets if it has an operator of its own."""
    text = expression_text(node)
    return f"({text})" if isinstance(node, Binary | Compare | IfElse | Filter | Test | Unary) else text


def _constant(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "none" if value is None else json.dumps(value)
