"""The values of a YAML file with their places. Reads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Any, NamedTuple

from scenario_cli.language.text_places import Lines
from scenario_cli.language.yaml_scalars import Scalar
from scenario_cli.model.memo import Memoizing
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

# The style of an alias whose anchor is missing: the reader has reported it, and nobody knows its value.
UNANCHORED = "*"


@dataclass(frozen=True, slots=True)
class Node(Memoizing):
    """A YAML value with its place: a scalar, a list of nodes, or a mapping of text keys.

    A mapping keeps its keys as nodes too (`keys`), so that a message can point at a key. `plain` and `quoted` record
    how a scalar was written, so offsets inside a one-line scalar can be turned into columns. `lines` are the lines of
    the file; they locate the characters of a scalar on several lines.
    """

    span: Span
    value: Scalar | tuple[Node, ...] | dict[str, Node]
    keys: dict[str, Node] | None = None
    style: str = ""
    lines: Lines | None = field(default=None, repr=False, compare=False)

    @property
    def is_map(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, tuple)

    @property
    def items(self) -> tuple[Node, ...]:
        """The elements of a list; of anything else, nothing."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def fields(self) -> dict[str, Node]:
        """The fields of a mapping; of anything else, nothing."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def text(self) -> str:
        """The scalar as a text; `''` for a list, a mapping or nothing."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return str(self.value) if isinstance(self.value, int | float) else ""

    def get(self, key: str) -> Node | None:
        return self.fields.get(key)

    def key(self, name: str) -> Node:
        """The node of a mapping's key."""
        assert self.keys is not None
        return self.keys[name]

    def at(self, offset: int, length: int = 1) -> Span:
        """The place of a stretch of a text; the whole scalar if its characters cannot be found in the file."""
        span = self.span
        quotes = 1 if self.style in ("'", '"') else 0
        one_line = span.line == span.end_line and self.style not in ("|", ">")
        if one_line and span.end_column - span.column - 2 * quotes == len(self.text):
            return span.inside(offset + quotes, length)
        lines = self.lines
        offsets = lines.offsets((span.line - 1, span.column - 1), self.style, self.text) if lines is not None else None
        if not offsets or lines is None:
            return span
        line, column = lines.place(offsets[min(offset, len(offsets) - 1)])
        end_line, end_column = lines.place(offsets[min(max(offset + length, offset + 1), len(offsets)) - 1])
        if end_line != line:
            end_column = len(lines[line]) - 1
        return Span(span.file, line + 1, column + 1, line + 1, max(end_column, column) + 2)

    @property
    def first_line(self) -> Span:
        """The place of a text; of one that is below a `|` or `>`, that of its first line."""
        if self.style not in ("|", ">"):
            return self.span
        return self.at(0, len(self.text.partition("\n")[0]))


class Entry(NamedTuple):
    """A key of a mapping with its value; `bare` if it is in braces without a ':' after it."""

    name: str
    key: Node
    value: Node
    without_colon: bool


class LocatedKey(NamedTuple):
    """A key at any depth of a file, with the path to its value."""

    path: tuple[str | int, ...]
    key: Node
    value: Node


def every_key(node: Node, path: tuple[str | int, ...] = ()) -> Iterator[LocatedKey]:
    """Every key at and below a value, each before those below it."""
    for name, value in node.fields.items():
        yield LocatedKey((*path, name), node.key(name), value)
        yield from every_key(value, (*path, name))
    for number, item in enumerate(node.items):
        yield from every_key(item, (*path, number))


def plain(node: Node) -> Any:
    """The node as plain Python values, places forgotten."""
    if isinstance(node.value, dict):
        return {key: plain(value) for key, value in node.value.items()}
    if isinstance(node.value, tuple):
        return [plain(value) for value in node.value]
    return node.value
