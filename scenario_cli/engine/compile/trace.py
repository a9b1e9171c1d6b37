"""Makes conditions record the values they saw, for tests and `why`. Decides nothing.

A program compiled with `trace` does exactly the same as a program without. In addition, every branch, transition,
trigger, goal, address and consent leaves a `Looked` record when it is evaluated, even if it has no condition and always
holds. A program without `trace` pays nothing for this. If an `and` fails, the record names the operand that failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from scenario_cli.engine.compile.expression_code import Bindings
from scenario_cli.engine.compile.expressions import compile_value
from scenario_cli.engine.state import Condition, ContactState, Function
from scenario_cli.model import expression as tree
from scenario_cli.model.expression_chains import any_of, operands
from scenario_cli.model.expression_text import expression_text
from scenario_cli.model.records import Kind, Looked
from scenario_cli.model.source import Span
from scenario_cli.model.vocabulary import FUNCTIONS


def traced(
    holds: Condition | None,
    expression: tree.Expression | None,
    scenario: str,
    bindings: Bindings,
    place: Span,
    cause: str,
    kind: Kind,
) -> Condition:
    """The condition (None always holds), with a record each time it is evaluated.

    `place` is the branch's or transition's place in the scenario's file; `cause` is its name in words.
    """
    record = _recorder(expression, scenario, bindings, place, cause, kind)

    def evaluate(state: ContactState) -> bool:
        holds_now = holds is None or holds(state)
        record(state, holds_now)
        return holds_now

    return evaluate


def traced_value(
    read: Function, expression: tree.Expression, scenario: str, bindings: Bindings, cause: str, kind: Kind
) -> Function:
    """An address or a consent that leaves a record. It held if there is an address, or if the consent is true."""
    record = _recorder(expression, scenario, bindings, expression.span, cause, kind)

    def evaluate(state: ContactState) -> Any:
        value = read(state)
        record(state, value is True if kind == "consent" else value not in (None, "", False))
        return value

    return evaluate


def _recorder(
    expression: tree.Expression | None, scenario: str, bindings: Bindings, place: Span, cause: str, kind: Kind
) -> Callable[[ContactState, bool], None]:
    # On one line, with any line breaks in the file.
    source = " ".join(expression.source.split()) if expression is not None else ""
    root = _Watched(expression.root, expression.names, scenario, bindings, place) if expression is not None else None
    full_text = expression_text(expression.root) if expression is not None else ""

    def record(state: ContactState, held: bool) -> None:
        recorded = len(state.records)
        failed, values = "", _NOTHING_SEEN
        if root is not None:
            failing = [root] if held else root.failing(state)
            failing_text = expression_text(any_of([operand.node for operand in failing]))
            failed = failing_text if failing_text != full_text else ""
            values = tuple({pair[0]: pair for operand in failing for pair in operand.values_read(state)}.values())
        del state.records[recorded:]  # the condition has given the warnings of reading already
        journey = state.journey
        state.records.append(
            Looked(
                at=state.now,
                scenario=scenario,
                journey_id=journey.journey_id if journey is not None else "",
                state=journey.state_name if journey is not None else "",
                place=place,
                cause=cause,
                kind=kind,
                condition=source,
                held=held,
                values=values,
                failed=failed,
            )
        )

    return record


_NOTHING_SEEN: tuple[tuple[str, Any], ...] = ()


class _Watched:
    """A condition, or an operand of a condition, with its value and the values of its parts: first the names that stand
    for another expression, then the values that it reads.
    """

    def __init__(
        self, node: tree.Expr, names: Sequence[tree.Named], scenario: str, bindings: Bindings, place: Span
    ) -> None:
        def reader(name: str, part: tree.Expr) -> Function:
            return compile_value(tree.Expression(name, part, place), scenario, bindings)

        self.node = node
        self.value = reader(expression_text(node), node)
        inside = {id(child) for child in tree.walk(node)} if names else set()
        parts = {
            part_node.name: part_node.root
            for part_node in names
            if id(part_node.root) in inside and _by_itself(part_node.root)
        }
        parts |= {expression_text(part): part for part in _parts(node)}
        self.readers = [(name, reader(name, part)) for name, part in parts.items()]
        self.word, chained = operands(node)
        self.operands = [_Watched(part_node, names, scenario, bindings, place) for part_node in chained]

    def values_read(self, state: ContactState) -> tuple[tuple[str, Any], ...]:
        return tuple((name, read(state)) for name, read in self.readers)

    def failing(self, state: ContactState) -> list[_Watched]:
        """The operands for which it fails: the first of an `and`, each of an `or`; otherwise the condition itself."""
        failed = [operand for operand in self.operands if not operand.value(state)]
        if not failed:
            return [self]
        return [part for operand in failed[: 1 if self.word == "and" else None] for part in operand.failing(state)]


def _by_itself(node: tree.Expr) -> bool:
    """Whether an expression has a value outside of the list or the past events whose elements it can read."""
    if isinstance(node, tree.Ref):
        return node.name not in ("item", "past")
    parts = list(tree.children(node))
    if isinstance(node, tree.Call):
        inner = FUNCTIONS[node.name].per_item
        parts = [argument for index, argument in enumerate(node.args) if index != inner]
        parts += [argument for name, argument in node.keywords if name != "where"]
    return all(map(_by_itself, parts))


def _parts(node: tree.Expr) -> Iterator[tree.Expr]:
    """The parts of a condition whose values explain it: the operands, without constants."""
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
            for _, operand in node.comparisons:
                yield from _parts(operand)
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
