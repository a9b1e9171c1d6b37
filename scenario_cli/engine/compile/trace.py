"""Conditions that tell what they saw, for whoever has to explain a journey: tests, `why`.

A program compiled with `trace` does exactly what it does without; beside, every branch, transition, trigger and goal
that is looked at leaves a `Looked` record, also where it asks nothing and so always holds; and so do addresses and
consents. A program compiled without has none of this in it. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from scenario_cli.engine.compile.expressions import Bindings, compile_value
from scenario_cli.engine.state import Condition, ContactState, Function
from scenario_cli.model import expression as tree
from scenario_cli.model.expression_text import written
from scenario_cli.model.records import Looked
from scenario_cli.model.source import Span


def telling(
    holds: Condition | None,
    expression: tree.Expression | None,
    scenario: str,
    sources: Bindings,
    place: Span,
    what: str,
) -> Condition:
    """The condition (None always holds) as one that leaves a record each time it is looked at.

    `place` is where the branch or transition stands in the scenario's file, which names it; `what` are the words that
    a person would call it by.
    """
    tell = _teller(expression, scenario, sources, place, what)

    def look(state: ContactState) -> bool:
        held = holds is None or holds(state)
        tell(state, held)
        return held

    return look


def telling_value(
    read: Function, expression: tree.Expression, scenario: str, sources: Bindings, what: str, given: bool
) -> Function:
    """The same for an address or a consent: it held where there is a value, where `given` only where it is true."""
    tell = _teller(expression, scenario, sources, expression.span, what)

    def look(state: ContactState) -> Any:
        value = read(state)
        tell(state, value is True if given else value not in (None, "", False))
        return value

    return look


def _teller(
    expression: tree.Expression | None, scenario: str, sources: Bindings, place: Span, what: str
) -> Callable[[ContactState, bool], None]:
    # On one line, however the file breaks it.
    source = " ".join(expression.source.split()) if expression is not None else ""
    parts = {written(part): part for part in _parts(expression.root)} if expression is not None else {}
    readers = [
        (name, compile_value(tree.Expression(name, part, place), scenario, sources)) for name, part in parts.items()
    ]

    def tell(state: ContactState, held: bool) -> None:
        told = len(state.records)
        values = tuple((name, read(state)) for name, read in readers)
        del state.records[told:]  # what reading warns of, the condition has warned of
        journey = state.journey
        state.records.append(
            Looked(
                at=state.now,
                scenario=scenario,
                journey_id=journey.journey_id if journey is not None else "",
                state=journey.state_name if journey is not None else "",
                place=place,
                what=what,
                condition=source,
                held=held,
                values=values,
            )
        )

    return tell


def _parts(node: tree.Expr) -> Iterator[tree.Expr]:
    """The parts of a condition whose values explain it: what its operators work on, constants left out."""
    match node:
        case tree.Const() | tree.MapOf():
            return
        case tree.Binary():
            yield from _parts(node.left)
            yield from _parts(node.right)
        case tree.Unary():
            yield from _parts(node.operand)
        case tree.Compare():
            yield from _parts(node.left)
            for _, other in node.rest:
                yield from _parts(other)
        case tree.Test():
            yield from _parts(node.base)
            for argument in node.args:
                yield from _parts(argument)
        case tree.IfElse():
            for part in (node.test, node.then, node.otherwise):
                if part is not None:
                    yield from _parts(part)
        case tree.ListOf():
            for member in node.items:
                yield from _parts(member)
        case tree.Call(name="any" | "all"):
            yield from _parts(node.args[0])
        case tree.Call(name="duration"):
            return
        case _:
            yield node
