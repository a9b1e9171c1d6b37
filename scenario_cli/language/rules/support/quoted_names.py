"""Texts in quotes that spell the name of a value at a place that reads a value. Reports nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.names.check import Checker
from scenario_cli.language.names.shapes import ANYTHING, Scope, shape_of_event
from scenario_cli.language.rules.support.misfits import misfits, spelt
from scenario_cli.model.expression import Call, Const, Expr, Filter, Item, MapOf, children
from scenario_cli.model.vocabulary import FUNCTIONS

# The filters whose arguments are values. The arguments of the others name attributes, filters, tests or formats.
_TAKE_VALUES = frozenset({"d", "default", "format", "join", "replace"})
# The functions whose first arguments are names or lengths of time, with the number of these arguments.
_NAMES_FIRST = {"lookup": 1, "running": 1, "duration": 1}


def quoted_names(root: Expr, scope: Scope) -> Iterator[Const]:
    """The texts that spell a name, without those whose type does not fit the other side of their comparison."""
    misfitting = {id(node) for compared in misfits(root, scope) for node in (compared.left, compared.right)}
    for text, inner in _texts(root, scope):
        if id(text) not in misfitting and spelt(text, inner) is not None:
            yield text


def _texts(node: Expr, scope: Scope) -> Iterator[tuple[Const, Scope]]:
    """The texts that are used as values, each with its scope."""
    match node:
        case Const(value=str()):
            yield node, scope
        case Call():
            yield from _of_call(node, scope)
        case Filter():
            named = [value for name, value in node.keywords if name in ("default", "default_value")]
            arguments = node.args if node.name in _TAKE_VALUES else ()
            for part in (node.base, *arguments, *named):
                yield from _texts(part, scope)
        case Item(index=Const()):
            yield from _texts(node.base, scope)
        case MapOf():
            for _, value in node.pairs:
                yield from _texts(value, scope)
        case _:
            for part in children(node):
                yield from _texts(part, scope)


def _of_call(node: Call, scope: Scope) -> Iterator[tuple[Const, Scope]]:
    function = FUNCTIONS.get(node.name)
    if function is None:
        return
    keywords = dict(node.keywords)
    if function.history:
        event = node.args[0] if node.args else None
        if "where" in keywords and isinstance(event, Const) and isinstance(event.value, str):
            past = shape_of_event(scope.plan, scope.plan.expand(event.value))
            yield from _texts(keywords["where"], scope.beside({"past": past}))
        if "since" in keywords:
            yield from _texts(keywords["since"], scope)
        return
    for index, argument in enumerate(node.args):
        if index == function.per_item:
            items = Checker().shape(node.args[0], scope).items or ANYTHING
            yield from _texts(argument, scope.beside({"item": items}))
        elif index >= _NAMES_FIRST.get(node.name, 0):
            yield from _texts(argument, scope)
