"""Every symbol that a YAML file names or defines, with its place. Does not check whether it exists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from scenario_cli.language.schema.positions import Path
from scenario_cli.language.symbols.in_expressions import in_text
from scenario_cli.language.symbols.places import Place, places
from scenario_cli.language.symbols.symbol import Occurrence, Symbol
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.source import Span

# By scenario, its states: those that a name in a test can be.
States = Mapping[str, frozenset[str]]

_COLUMN = re.compile(r"<([A-Za-z_][A-Za-z0-9_]*)>")
_EXPRESSIONS = ("condition", "expression", "value", "wait")
_KINDS = {
    "attribute": "attribute",
    "channel": "channel",
    "event": "event",
    "event of the plan": "event",
    "metric": "metric",
    "phase": "phase",
    "program": "program",
    "scenario": "scenario",
    "segment": "segment",
    "table": "table",
    "template": "template",
}


def in_file(root: Node, kind: str, states: States) -> Iterator[Occurrence]:
    """The symbols of a file of that kind; `states` are those of all scenarios of the project."""
    if kind == "test":
        root = _written_out(root)
    scenario = _text(root, "scenario") if kind == "scenario" else ""
    owners = partial(_owners_in_test, root, states) if kind == "test" else lambda _: (scenario,)
    for place in places(root, kind):
        yield from _at(place, root, scenario, owners)


def _at(place: Place, root: Node, scenario: str, owners: Callable[[Place], tuple[str, ...]]) -> Iterator[Occurrence]:
    meaning, node = place.meaning, place.node
    if meaning in _EXPRESSIONS:
        yield from in_text(node, meaning, scenario)
        return
    if meaning.startswith("new "):
        kind = meaning.removeprefix("new ")
        whole = _value_at(root, place.path).span if place.is_key else node.span
        owner = scenario if kind == "state" else ""
        yield Occurrence(Symbol(kind, node.text, owner), node.at(0, len(node.text)), _whole(node.span, whole))
        return
    if not isinstance(node.value, str):
        return
    if meaning in ("state", "arm", "state or scenario"):
        possible = owners(place)
        if meaning == "state or scenario" and _value_at(root, place.path).is_map:
            yield Occurrence(Symbol("scenario", node.text), node.span)
        elif meaning != "arm" or possible:
            yield _state(node, possible)
    elif meaning == "event or segment":
        is_segment = node.text.startswith("segment.")
        name = node.text.removeprefix("segment.")
        span = node.at(len("segment."), len(name)) if is_segment else node.span
        yield Occurrence(Symbol("segment" if is_segment else "event", name), span)
    elif meaning in _KINDS:
        owner = _channel_of(place) if meaning == "template" else ""
        yield Occurrence(Symbol(_KINDS[meaning], node.text, owner), node.at(0, len(node.text)))


def _written_out(root: Node) -> Node:
    """A test file with its tables filled in: a case for each row, with the row's values in place of its columns."""
    cases = root.get("cases")
    if cases is None or not cases.is_list:
        return root
    filled = [case_of_row for case in cases.items for case_of_row in _filled(case)]
    return Node(root.span, {**root.fields, "cases": Node(cases.span, tuple(filled))}, root.keys)


def _filled(case: Node) -> list[Node]:
    table = case.get("table")
    rows = [row for row in table.items if row.is_map] if table is not None else []
    return [_with_row(case, row) for row in rows] or [case]


def _with_row(node: Node, row: Node) -> Node:
    if node.is_map:
        fields = {key: value if key == "table" else _with_row(value, row) for key, value in node.fields.items()}
        changed = any(fields[key] is not value for key, value in node.fields.items())
        return Node(node.span, fields, node.keys, node.style) if changed else node
    if node.is_list:
        items = tuple(_with_row(item, row) for item in node.items)
        changed = any(new is not old for new, old in zip(items, node.items, strict=True))
        return Node(node.span, items, None, node.style) if changed else node
    column = _COLUMN.fullmatch(node.value) if isinstance(node.value, str) else None
    return (row.get(column[1]) or node) if column is not None else node


def _state(node: Node, possible: tuple[str, ...]) -> Occurrence:
    owner = possible[0] if len(possible) == 1 else ""
    owners = possible if len(possible) > 1 else ()
    return Occurrence(Symbol("state", node.text, owner, owners), node.at(0, len(node.text)))


def _owners_in_test(root: Node, states: States, place: Place) -> tuple[str, ...]:
    """The scenarios whose state a name in a test can be: the scenario named next to it, else those under test."""
    tested = [node.text for node in (root.get("scenarios") or Node(root.span, ())).items] or [_text(root, "scenario")]
    named = [step for step in place.path if isinstance(step, str) and step in states]
    beside = _text(_value_at(root, place.path[:-1]), "scenario") if len(place.path) > 1 else ""
    candidates = [beside] if beside else named or (list(states) if tested == [""] else tested)
    return tuple(name for name in candidates if place.node.text in states.get(name, ()))


def _channel_of(place: Place) -> str:
    """The channel that a template is under: that of `email: cart/offer`, or of `email: {template: cart/offer}`."""
    path = [step for step in place.path if isinstance(step, str)]
    if path[-1:] == ["template"]:
        path.pop()
    return path[-1] if "send" in path and path[-1] not in ("send", "first_of") else ""


def _value_at(root: Node, path: Path) -> Node:
    node = root
    for step in path:
        node = node.items[step] if isinstance(step, int) else node.fields[step]
    return node


def _text(node: Node, key: str) -> str:
    value = node.get(key)
    return value.text if value is not None else ""


def _whole(name: Span, value: Span) -> Span:
    """The span from a definition's name to its end."""
    return Span(name.file, name.line, name.column, value.end_line, value.end_column)
