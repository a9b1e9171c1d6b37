"""Writes changes into the expectations of a test file's text; comments, quotes and layout of the rest stay.

Knows no run: what is to be written is given. A value that several cases or rows share is written only where all of
them come to the same.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenario_cli.language.cases.shared import Shared
from scenario_cli.language.cases.tables import write_out
from scenario_cli.language.edit.plan_text import scalar
from scenario_cli.language.edit.splicing import line_starts, pieced
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.case_update import CaseUpdate, Change
from scenario_cli.model.source import Span

_COLUMN = re.compile(r"<[A-Za-z_]\w*>", re.ASCII)
_COLUMN_OF_KEY = re.compile(r"\s*:\s*(['\"]?)<[A-Za-z_]\w*>\1", re.ASCII)

# One that is a whole line of a list, and of some rows none.
_COLUMN_ALONE = re.compile(r"(?:[\[,]|-\s)\s*<[A-Za-z_]\w*>\s*(?:[,\]\n]|$)", re.ASCII)

# A stretch of the text by its offsets, and what is to stand there.
_Piece = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The text with the changes; by the number of a case (as the file has them, tables written out), what was left."""

    text: str
    left: Mapping[int, Sequence[str]]


def rewritten(text: str, updates: Mapping[int, CaseUpdate]) -> Rewritten:
    """The text of a test file with the changes of its cases, by their number."""
    ends = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    left: dict[int, list[str]] = defaultdict(list, {number: list(one.left) for number, one in updates.items()})
    for structural in (False, True):  # a list is put together from its elements as they then stand
        text = pieced(text, _Pass(text, updates, structural, left).pieces())
    return Rewritten(text.replace("\n", ends), {number: said for number, said in left.items() if said})


@dataclass(frozen=True, slots=True)
class _Written:
    """A case as it is run: its `expect`, the place of the case in the file, the row it comes from, and its fellows."""

    expect: Node
    case: Span
    row: Span | None
    rows: tuple[int, ...]


class _Pass:
    def __init__(
        self, text: str, updates: Mapping[int, CaseUpdate], structural: bool, left: dict[int, list[str]]
    ) -> None:
        self.text, self.updates, self.structural, self.left = text, updates, structural, left
        self.starts = line_starts(text)
        self.cases = list(_cases(text))

    def pieces(self) -> list[_Piece]:
        made: dict[tuple[int, int], str] = {}
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
                    self.add(made, number, case, change.path, [change])
            for path, changes in lists.items():
                self.add(made, number, case, path, changes)
        return [(start, end, written) for (start, end), written in made.items()]

    def add(
        self,
        made: dict[tuple[int, int], str],
        number: int,
        case: _Written,
        path: tuple[str | int, ...],
        changes: list[Change],
    ) -> None:
        """The piece of these changes at one place, where it may be written and meets no other."""
        parent, node = _found(case.expect, path)
        taken_out = not self.structural and changes[0].kind == "remove"
        held = node if node is not None and not taken_out else parent
        if node is not None and self.of_columns(case, parent, node, taken_out):
            why = "it is put together from columns of the table"
        else:
            why = self.refused(case, held, changes)
        piece = None if why else self.piece(parent, node, path, changes)
        if piece is not None:
            start, end, written = piece
            crossed = any(
                start < other_end and other < end for other, other_end in made if (other, other_end) != (start, end)
            )
            if not crossed and made.setdefault((start, end), written) == written:
                return
            why = "another case wants something else in the same place"
        place = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
        self.left[number].append(f"{place}: {why or 'nothing else is expected there'}")

    def refused(self, case: _Written, held: Node, changes: list[Change]) -> str:
        """Why a place may not be written for this case alone; empty where it may."""
        if case.row is not None and _within(held.span, case.row):
            return ""
        if not _within(held.span, case.case):
            return "it is shared with another case by an alias"
        if case.row is None:
            return ""
        if all(other in self.updates and set(_told(changes)) <= set(_told(self.updates[other].changes))
               for other in case.rows):  # fmt: skip
            return ""
        return "the rows of the table share it, and do not all come to the same"

    def of_columns(self, case: _Written, parent: Node, node: Node, taken_out: bool) -> bool:
        """Whether a value of a case over a table stands where no row alone decides on it."""
        if case.row is None:
            return False
        if taken_out:  # the key stands in the case, its value in the row
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
            return self.taken_out(parent, str(path[-1]))
        if node.items and change.value and not self.is_flow(node):
            dash = self.dash(node.items[0])
            listed = "\n".join(f"{dash}- {_written(one)}" for one in change.value)
            return self.start(node.items[0].span) - len(dash) - 2, self.end(node), listed
        if (node.fields or node.items) and not self.is_flow(node):
            return self.end(parent.key(str(path[-1]))), self.end(node), f": {_written(change.value)}"
        return self.start(node.span), self.end(node), _written(change.value)

    def added(self, parent: Node, key: str, value: Any) -> _Piece:
        """A key at the end of a mapping."""
        last = self.end_of(parent, list(parent.fields)[-1])
        if self.is_flow(parent):
            return last, last, f", {key}: {_written(value)}"
        at = self.end_of_line(last)
        indent = " " * (next(iter((parent.keys or {}).values())).span.column - 1)
        return at, at, f"\n{indent}{key}: {_written(value)}"

    def taken_out(self, parent: Node, key: str) -> _Piece | None:
        """A key out of a mapping, which keeps one at least."""
        names = list(parent.fields)
        place = names.index(key)
        if len(names) == 1:
            return None
        if place == 0:
            return self.start(parent.key(key).span), self.start(parent.key(names[1]).span), ""
        before = self.end_of(parent, names[place - 1])
        if not self.is_flow(parent):
            before = self.end_of_line(before)
        return before, self.end(parent.fields[key]), ""

    def list_of(self, key: Node, node: Node, changes: list[Change]) -> _Piece:
        """A list of lines without those that are taken out, and with new ones."""
        gone = {change.path[-1] for change in changes if change.kind == "remove"}
        new: dict[Any, list[str]] = defaultdict(list)
        for change in changes:
            if change.kind == "insert":
                new[change.path[-1]].append(_written(change.value))
        flowing = self.is_flow(node)
        chunks = [self.text[self.start(one.span) : self.end(one)] for one in node.items]
        if not flowing:
            chunks = list(self.chunks(node))
        indent = " " * (key.span.column + 1) if flowing or not node.items else self.dash(node.items[0])
        listed: list[str] = []
        for place in range(len(chunks) + 1):
            listed += [one if flowing else f"{indent}- {one}\n" for one in new[place]]
            if place < len(chunks) and place not in gone:
                listed.append(chunks[place])
        behind_key = self.end(key)
        if not listed:
            return behind_key, self.end(node), ": []"
        if not flowing:
            first = self.first_line(node.items[0])
            return first, self.end_of_line(self.end(node)), "".join(listed).rstrip("\n")
        if not node.items and not self.text[behind_key : self.start(node.span)].strip(": ") and self.alone(key):
            return behind_key, self.end(node), ":" + "".join(f"\n{indent}- {one}" for one in listed)
        apart = "\n" in self.text[self.start(node.span) : self.end(node)]
        between = ",\n" + " " * (node.items[0].span.column - 1) if apart and node.items else ", "
        return self.start(node.span), self.end(node), f"[{between.join(listed)}]"

    def chunks(self, node: Node) -> Iterator[str]:
        """The lines of each element of a block list, with the comments above it."""
        firsts = [self.first_line(one) for one in node.items]
        ends = [*firsts[1:], self.end_of_line(self.end(node))]
        for start, end in zip(firsts, ends, strict=True):
            yield self.text[start:end].rstrip("\n") + "\n"

    def first_line(self, item: Node) -> int:
        """Where the line of an element's dash begins, or the comment above it."""
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
        """Whether a key begins its line, so that a list may stand below it."""
        return not self.text[self.starts[key.span.line - 1] : self.start(key.span)].strip()

    def is_flow(self, node: Node) -> bool:
        return self.text[self.start(node.span)] in "{["

    def start(self, span: Span) -> int:
        return self.starts[span.line - 1] + span.column - 1

    def end(self, node: Node) -> int:
        """The end of a value; of a block that of its last part: the parser puts it at the line after."""
        if node.fields and not self.is_flow(node):
            return max(self.end_of(node, key) for key in node.fields)
        if node.items and not self.is_flow(node):
            return max(map(self.end, node.items))
        return self.starts[node.span.end_line - 1] + node.span.end_column - 1

    def end_of(self, parent: Node, key: str) -> int:
        """The end of a key's value; of one that a row fills, whose place is in the row, that of its column."""
        value = parent.fields[key]
        written = _COLUMN_OF_KEY.match(self.text, self.end(parent.key(key)))
        return written.end() if written is not None else self.end(value)

    def end_of_line(self, at: int) -> int:
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found


def _cases(text: str) -> Iterator[_Written]:
    root, _ = read_yaml(text.encode(), "")
    cases = root.get("cases") if root is not None else None
    assert root is not None and cases is not None
    shared = Shared(root, [])
    number = 0
    for node in cases.items:
        rows = write_out(node, shared, [])
        numbers = tuple(range(number, number + len(rows)))
        for row in rows:
            yield _Written(row.node.fields["expect"], node.span, row.row, numbers)
        number += len(rows)


def _found(node: Node, path: tuple[str | int, ...]) -> tuple[Node, Node | None]:
    """The node at a path and the one it stands in; no node where a key is not written."""
    parent = node
    found: Node | None = node
    for part in path:
        assert found is not None, path
        parent = found
        found = found.items[part] if isinstance(part, int) else found.get(part)
    return parent, found


# A time as test files write it: plain, also inside braces.
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?|\+[\da-z]+", re.ASCII)


def _written(value: Any) -> str:
    """A value as one line of YAML."""
    if isinstance(value, str):
        return value if _TIME.fullmatch(value) else scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(key))}: {_written(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_written, value)) + "]"
    return json.dumps(value, default=str)


def _within(inner: Span, outer: Span) -> bool:
    begins = (outer.line, outer.column) <= (inner.line, inner.column)
    return begins and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _told(changes: Sequence[Change]) -> list[str]:
    return [repr(one) for one in changes]
