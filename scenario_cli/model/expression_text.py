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


def written(node: Expr) -> str:
    """The tree as one would write it: one space round operators, brackets where they are needed.

    >>> from scenario_cli.model.source import Span
    >>> here = Span("", 1, 1, 1, 2)
    >>> written(Filter(Attr(Ref("event", here), "items", here), "length", (), (), here))
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
            return f"{_tight(node.base)}[{written(node.index)}]"
        case Slice():
            start, stop = ("" if part is None else written(part) for part in (node.start, node.stop))
            return f"{_tight(node.base)}[{start}:{stop}]"
        case ListOf():
            return f"[{', '.join(map(written, node.items))}]"
        case MapOf():
            return f"{{{', '.join(f'{written(key)}: {written(value)}' for key, value in node.pairs)}}}"
        case Unary():
            return f"{node.op}{' ' if node.op == 'not' else ''}{_tight(node.operand)}"
        case Binary():
            return f"{_tight(node.left)} {node.op} {_tight(node.right)}"
        case Compare():
            return _tight(node.left) + "".join(f" {operator} {_tight(operand)}" for operator, operand in node.rest)
        case IfElse():
            otherwise = f" else {_tight(node.otherwise)}" if node.otherwise is not None else ""
            return f"{_tight(node.then)} if {_tight(node.test)}{otherwise}"
        case Filter():
            base = written(node.base) if isinstance(node.base, Filter) else _tight(node.base)
            return f"{base} | {node.name}{_arguments(node.args, node.named)}"
        case Test():
            return f"{_tight(node.base)} is {node.name}{_arguments(node.args, ())}"
        case Call():
            return f"{node.name}{_arguments(node.args, node.named) or '()'}"


def _arguments(args: tuple[Expr, ...], keywords: tuple[tuple[str, Expr], ...]) -> str:
    texts = [*map(written, args), *(f"{name}={written(value)}" for name, value in keywords)]
    return f"({', '.join(texts)})" if texts else ""


def _tight(node: Expr) -> str:
    """A part beside an operator: in brackets where it has an operator of its own."""
    text = written(node)
    return f"({text})" if isinstance(node, Binary | Compare | IfElse | Filter | Test | Unary) else text


def _constant(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "none" if value is None else json.dumps(value)
