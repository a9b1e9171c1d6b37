"""JSON as nodes with places: the values equal those of Python's own reader, and each place is that of its text."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.importing.json_nodes import read_json
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.source import Span

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def every_scalar(node: Node) -> list[Node]:
    inner = [*node.items, *node.fields.values()]
    return [each for child in inner for each in every_scalar(child)] if node.is_map or node.is_list else [node]


def text_at(text: str, span: Span) -> str:
    lines = text.split("\n")
    assert span.line == span.end_line
    return lines[span.line - 1][span.column - 1 : span.end_column - 1]


@given(value=VALUES, indent=st.sampled_from([None, 0, 2]), plain_letters=st.booleans())
def test_values_and_places_are_those_of_the_text(value: Any, indent: int | None, plain_letters: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=plain_letters)
    node = read_json(text, "export.json")
    assert plain(node) == value
    for scalar in every_scalar(node):
        assert json.loads(text_at(text, scalar.span)) == scalar.value


def test_escapes_of_other_tools_are_read() -> None:
    node = read_json('{"a": "\\ud83c\\udf19 \\/ \\u00e9"}', "export.json")
    assert plain(node) == {"a": "\U0001f319 / é"}
