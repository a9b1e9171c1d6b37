"""Writes changes into the expectations of a test file's text; comments, quotes and layout of the rest stay.

Knows no run: the changes are given. A value that several cases or rows share is changed only if all of them get the
same value.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scenario_cli.language.cases.shared import Shared
from scenario_cli.language.cases.tables import write_out
from scenario_cli.language.edit.plan_text import scalar
from scenario_cli.language.edit.splicing import line_starts, pieced
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.case_update import CaseUpdate, Change
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

_COLUMN = re.compile(r"<[A-Za-z_]\w*>", re.ASCII)
_COLUMN_OF_KEY = re.compile(r"\s*:\s*(['\"]?)<[A-Za-z_]\w*>\1", re.ASCII)

# A column that is a whole element of a list, and that some rows leave empty.
_COLUMN_ALONE = re.compile(r"(?:[\[,]|-\s)\s*<[A-Za-z_]\w*>\s*(?:[,\]\n]|$)", re.ASCII)

# A stretch of the text by its offsets, and its new text.
_Piece = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The text with the changes, and the changes that were left out, with their reasons.

    `unresolved` is keyed by the number of the case in the file, with tables written out.
    """

    text: str
    unresolved: Mapping[int, Sequence[str]]


def rewritten(text: str, updates: Mapping[int, CaseUpdate]) -> Rewritten:
    """The text of a test file with the changes of its cases, by their number."""
    ends = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    unresolved: dict[int, list[str]] = defaultdict(list)
    unresolved.update((number, list(update.unresolved)) for number, update in updates.items())
    for structural in (False, True):  # a list is put together from its elements after their own change
        text = pieced(text, _Pass(text, updates, structural, unresolved).pieces())
    return Rewritten(text.replace("\n", ends), {number: reasons for number, reasons in unresolved.items() if reasons})


@dataclass(frozen=True, slots=True)
class _CaseNodes:
    """A case as it runs: its `expect`, its position in the file, the row of its table, the numbers of all rows."""

    expect: Node
    case: Span
    row: Span | None
    rows: tuple[int, ...]


class _Pass:
    def __init__(
        self, text: str, updates: Mapping[int, CaseUpdate], structural: bool, unresolved: dict[int, list[str]]
    ) -> None:
        self.text, self.updates, self.structural, self.unresolved = text, updates, structural, unresolved
        self.starts = line_starts(text)
        self.cases = list(_cases(text))

    def pieces(self) -> list[_Piece]:
        pieces: dict[tuple[int, int], str] = {}
        for number, update in self.updates.items():
            case = self.cases[number]
            lists: dict[tuple[str | int, ...], list[Change]] = defaultdict(list)
            for change in update.changes:
                in_list = isinstance(change.path[-1], int)
                if in_list != self.structural:
                    continue
                if in_list:
                    lists[change.path[:-1]].append(change)
                else:
                    self.add(pieces, number, case, change.path, [change])
            for path, changes in lists.items():
                self.add(pieces, number, case, path, changes)
        return [(start, end, new_text) for (start, end), new_text in pieces.items()]

    def add(
        self,
        pieces: dict[tuple[int, int], str],
        number: int,
        case: _CaseNodes,
        path: tuple[str | int, ...],
        changes: list[Change],
    ) -> None:
        """Adds the piece of these changes at a path, unless the place must not be written or overlaps another piece."""
        parent, node = _parent_and_node(case.expect, path)
        removed = not self.structural and changes[0].kind == "remove"
        owner = node if node is not None and not removed else parent
        if node is not None and self.of_columns(case, parent, node, removed):
            reason = "it is built from columns of the table"
        else:
            reason = self.refused(case, owner, changes)
        piece = None if reason else self.piece(parent, node, path, changes)
        if piece is not None:
            start, end, new_text = piece
            crossed = any(
                start < other_end and other_start < end
                for other_start, other_end in pieces
                if (other_start, other_end) != (start, end)
            )
            if not crossed and pieces.setdefault((start, end), new_text) == new_text:
                return
            reason = "another case needs a different value in the same place"
        dotted_path = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
        self.unresolved[number].append(f"{dotted_path}: {reason or 'the case expects no other value there'}")

    def refused(self, case: _CaseNodes, owner: Node, changes: list[Change]) -> str:
        """The reason why a node must not be written for this case alone; empty if it can be written."""
        if case.row is not None and _within(owner.span, case.row):
            return ""
        if not _within(owner.span, case.case):
            return "it is shared with another case by an alias"
        if case.row is None:
            return ""
        if all(row in self.updates and set(_described(changes)) <= set(_described(self.updates[row].changes))
               for row in case.rows):  # fmt: skip
            return ""
        return "the rows of the table share it, but their results differ"

    def of_columns(self, case: _CaseNodes, parent: Node, node: Node, removed: bool) -> bool:
        """Whether a value of a case over a table depends on more than one row."""
        if case.row is None:
            return False
        if removed:  # the key is in the case, its value in the row
            return not _within(node.span, parent.span)
        if _within(node.span, case.row):
            return False
        pattern = _COLUMN_ALONE if self.structural else _COLUMN
        return pattern.search(self.text[self.start(node.span) : self.end(node)]) is not None

    def piece(
        self, parent: Node, node: Node | None, path: tuple[str | int, ...], changes: list[Change]
    ) -> _Piece | None:
        if self.structural:
            assert node is not None
            return self.list_of(parent.key(str(path[-1])), node, changes)
        (change,) = changes
        if node is None:
            return self.added(parent, str(path[-1]), change.value)
        if change.kind == "remove":
            return self.removal(parent, str(path[-1]))
        if node.items and change.value and not self.is_flow(node):
            dash = self.dash(node.items[0])
            listed = "\n".join(f"{dash}- {_as_yaml(element)}" for element in change.value)
            return self.start(node.items[0].span) - len(dash) - 2, self.end(node), listed
        if (node.fields or node.items) and not self.is_flow(node):
            return self.end(parent.key(str(path[-1]))), self.end(node), f": {_as_yaml(change.value)}"
        return self.start(node.span), self.end(node), _as_yaml(change.value)

    def added(self, parent: Node, key: str, value: Any) -> _Piece:
        """A key at the end of a mapping."""
        last = self.end_of(parent, list(parent.fields)[-1])
        if self.is_flow(parent):
            return last, last, f", {key}: {_as_yaml(value)}"
        offset = self.end_of_line(last)
        indent = " " * (next(iter((parent.keys or {}).values())).span.column - 1)
        return offset, offset, f"\n{indent}{key}: {_as_yaml(value)}"

    def removal(self, parent: Node, key: str) -> _Piece | None:
        """The removal of a key from a mapping, which keeps at least one key."""
        names = list(parent.fields)
        index = names.index(key)
        if len(names) == 1:
            return None
        if index == 0:
            return self.start(parent.key(key).span), self.start(parent.key(names[1]).span), ""
        start = self.end_of(parent, names[index - 1])
        if not self.is_flow(parent):
            start = self.end_of_line(start)
        return start, self.end(parent.fields[key]), ""

    def list_of(self, key: Node, node: Node, changes: list[Change]) -> _Piece:
        """A list without the elements that are removed, and with the new ones."""
        removed = {change.path[-1] for change in changes if change.kind == "remove"}
        new: dict[Any, list[str]] = defaultdict(list)
        for change in changes:
            if change.kind == "insert":
                new[change.path[-1]].append(_as_yaml(change.value))
        flowing = self.is_flow(node)
        chunks = [self.text[self.start(item.span) : self.end(item)] for item in node.items]
        if not flowing:
            chunks = list(self.chunks(node))
        indent = " " * (key.span.column + 1) if flowing or not node.items else self.dash(node.items[0])
        listed: list[str] = []
        for index in range(len(chunks) + 1):
            listed += [element if flowing else f"{indent}- {element}\n" for element in new[index]]
            if index < len(chunks) and index not in removed:
                listed.append(chunks[index])
        behind_key = self.end(key)
        if not listed:
            return behind_key, self.end(node), ": []"
        if not flowing:
            first = self.first_line(node.items[0])
            return first, self.end_of_line(self.end(node)), "".join(listed).rstrip("\n")
        if not node.items and not self.text[behind_key : self.start(node.span)].strip(": ") and self.alone(key):
            return behind_key, self.end(node), ":" + "".join(f"\n{indent}- {element}" for element in listed)
        multiline = "\n" in self.text[self.start(node.span) : self.end(node)]
        separator = ",\n" + " " * (node.items[0].span.column - 1) if multiline and node.items else ", "
        return self.start(node.span), self.end(node), f"[{separator.join(listed)}]"

    def chunks(self, node: Node) -> Iterator[str]:
        """The lines of each element of a block list, with the comments above it."""
        firsts = [self.first_line(item) for item in node.items]
        ends = [*firsts[1:], self.end_of_line(self.end(node))]
        for start, end in zip(firsts, ends, strict=True):
            yield self.text[start:end].rstrip("\n") + "\n"

    def first_line(self, item: Node) -> int:
        """The start of the line of an element's dash, or of the comment above it."""
        line = self.text.rfind("-", 0, self.start(item.span))
        number = self.text.count("\n", 0, line)
        while number and self.text[self.starts[number - 1] : self.starts[number]].lstrip().startswith("#"):
            number -= 1
        return self.starts[number]

    def dash(self, item: Node) -> str:
        """The indentation of an element's dash."""
        at = self.text.rfind("-", 0, self.start(item.span))
        return self.text[self.text.rfind("\n", 0, at) + 1 : at]

    def alone(self, key: Node) -> bool:
        """Whether a key begins its line, so that a list can follow below it."""
        return not self.text[self.starts[key.span.line - 1] : self.start(key.span)].strip()

    def is_flow(self, node: Node) -> bool:
        return self.text[self.start(node.span)] in "{["

    def start(self, span: Span) -> int:
        return self.starts[span.line - 1] + span.column - 1

    def end(self, node: Node) -> int:
        """The end of a value; for a block the end of its last part, because the parser puts it at the line after."""
        if node.fields and not self.is_flow(node):
            return max(self.end_of(node, key) for key in node.fields)
        if node.items and not self.is_flow(node):
            return max(map(self.end, node.items))
        return self.starts[node.span.end_line - 1] + node.span.end_column - 1

    def end_of(self, parent: Node, key: str) -> int:
        """The end of a key's value; if a row fills the value, the end of its column."""
        value = parent.fields[key]
        match = _COLUMN_OF_KEY.match(self.text, self.end(parent.key(key)))
        return match.end() if match is not None else self.end(value)

    def end_of_line(self, offset: int) -> int:
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end


def _cases(text: str) -> Iterator[_CaseNodes]:
    root, _ = read_yaml(text.encode(), "")
    cases = root.get("cases") if root is not None else None
    assert root is not None and cases is not None
    shared = Shared(root, [])
    number = 0
    for node in cases.items:
        rows = write_out(node, shared, [])
        numbers = tuple(range(number, number + len(rows)))
        for row in rows:
            yield _CaseNodes(row.node.fields["expect"], node.span, row.row, numbers)
        number += len(rows)


def _parent_and_node(node: Node, path: tuple[str | int, ...]) -> tuple[Node, Node | None]:
    """The parent of the node at a path, and the node; None if a key is not written."""
    parent = node
    current: Node | None = node
    for part in path:
        assert current is not None, path
        parent = current
        current = current.items[part] if isinstance(part, int) else current.get(part)
    return parent, current


# A time as test files write it: plain, also inside braces.
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?|\+[\da-z]+", re.ASCII)


def _as_yaml(value: Any) -> str:
    """A value as one line of YAML."""
    if isinstance(value, str):
        return value if _TIME.fullmatch(value) else scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(key))}: {_as_yaml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_as_yaml, value)) + "]"
    return json.dumps(value, default=str)


def _within(inner: Span, outer: Span) -> bool:
    begins = (outer.line, outer.column) <= (inner.line, inner.column)
    return begins and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _described(changes: Sequence[Change]) -> list[str]:
    return [repr(change) for change in changes]
