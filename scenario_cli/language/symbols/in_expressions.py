"""The symbols that an expression names: metrics, segments, attributes, constants, states, events. Looks up none."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.expressions import ExpressionError, parse_expression
from scenario_cli.language.symbols.symbol import UNREADABLE, Occurrence, Symbol
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.expression import Attr, Call, Compare, Const, Expr, Item, ListOf, Ref, path_of, walk
from scenario_cli.model.wait_grammar import WaitError, split_date_wait

_OF_ROOT = {"metric": "metric", "segment": "segment", "contact": "attribute", "const": "constant"}


def in_text(node: Node, meaning: str, owner: str) -> Iterator[Occurrence]:
    """The symbols in a text that is an expression, a value (`=expression`) or a wait; `owner` is its scenario."""
    skip, stop = 0, None
    if meaning == "value":
        if not isinstance(node.value, str) or not node.value.startswith("="):
            return
        skip = 1
    elif meaning == "wait":
        try:
            dated = split_date_wait(node.text)
        except WaitError:
            yield Occurrence(Symbol(UNREADABLE, node.text), node.span)
            return
        if dated is None:
            return
        skip, stop = dated.start, dated.stop
    if node.is_map or node.is_list or node.value is None:
        return
    try:
        expression = parse_expression(node, skip, stop)
    except ExpressionError:
        yield Occurrence(Symbol(UNREADABLE, node.text), node.span)
        return
    yield from in_tree(expression.root, owner)


def in_tree(root: Expr, owner: str) -> Iterator[Occurrence]:
    """The symbols of an expression; `owner` is the scenario whose states it can name.

    The state of an event has no owner if the expression does not determine the event's scenario.
    """
    comparisons = [comparison for node in walk(root) if (comparison := _compared(node)) is not None]
    scenarios = {const.value for path, consts in comparisons if path[1:] == ("scenario",) for const in consts}
    of_event = str(scenarios.pop()) if len(scenarios) == 1 else ""
    for path, consts in comparisons:
        kind = _OF_PART.get(path[1])
        for const in consts:
            if path in (("journey", "state"), ("journey", "variant")):
                yield from [_quoted("state", const, owner)] if owner else []
            elif path[0] != "journey" and path[1] in ("state", "variant"):
                yield _quoted("state", const, of_event)
            elif path[0] != "journey" and kind is not None:
                yield _quoted(kind, const)
    for node in walk(root):
        yield from named_by(node)


def named_by(node: Expr) -> Iterator[Occurrence]:
    """The symbols that a node names itself, without the nodes within it and the values that it is compared with."""
    match node:
        case Attr(base=Ref(name=name)) if name in _OF_ROOT:
            yield Occurrence(Symbol(_OF_ROOT[name], node.name), node.span)
        case Item(base=Ref(name=name), index=Const(value=str()) as index) if name in _OF_ROOT:
            yield _quoted(_OF_ROOT[name], index)
        case Call(args=(Const(value=str()) as first, *_)):
            yield from _called(node, first)


def _called(node: Call, first: Const) -> Iterator[Occurrence]:
    match node.name:
        case "count" | "happened" | "last":
            yield _quoted("event", first)
        case "lookup":
            yield _quoted("table", first)
        case "running":
            yield _quoted("scenario", first)
            state = dict(node.keywords).get("state")
            if isinstance(state, Const) and isinstance(state.value, str):
                yield _quoted("state", state, str(first.value))


# The symbols in a part of an event of the executor's own, or of the event that let a contact enter.
_OF_PART = {"event": "event", "scenario": "scenario", "segment": "segment", "template": "template"}


def _compared(node: Expr) -> tuple[tuple[str, ...], list[Const]] | None:
    """A value of two parts (`journey.state`) with the texts that it is compared with."""
    if not isinstance(node, Compare) or len(node.comparisons) != 1:
        return None
    left, right = node.left, node.comparisons[0][1]
    path = path_of(left)
    if path is None:
        left, right, path = right, left, path_of(right)
    if path is None or len(path) != 2 or path[0] not in ("journey", "event", "trigger", "past"):
        return None
    items = right.items if isinstance(right, ListOf) else (right,)
    return path, [item for item in items if isinstance(item, Const) and isinstance(item.value, str)]


def _quoted(kind: str, node: Const, owner: str = "") -> Occurrence:
    return Occurrence(Symbol(kind, node.value, owner), node.span.inside(1, len(node.value)))
