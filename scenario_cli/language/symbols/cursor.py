"""Finds what is being written at a place of a YAML text, even if the text around it is broken. Looks up no name.

The text is read with a mark at the place. If it is broken there, the text up to the place is read as if the file ended
there, with open parts closed. If an earlier fault prevents that, only the lines that the place is nested in are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scenario_cli.language.reader import read_yaml_once
from scenario_cli.language.schema.at_path import below
from scenario_cli.language.schema.positions import Path
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.value_class import dataclass

_MARK = "\ue000"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a file. `path` leads to the value that is written, or to the mapping that gets a key.

    `typed` is the text of the key or value before the place, `root` what can be read of the file, with the mark in that
    text.
    """

    path: Path
    is_key: bool
    typed: str
    root: Node

    @property
    def beside(self) -> frozenset[str]:
        """The other keys of the same mapping."""
        return frozenset(self.keys(*self.path))

    def keys(self, *path: str | int) -> tuple[str, ...]:
        """The keys of a mapping, without the one that is being written."""
        node = self._at(path)
        return tuple(key for key in node.fields if _MARK not in key) if node is not None else ()

    def text(self, *path: str | int) -> str:
        """The text at a path; empty if there is none."""
        node = self._at(path)
        return node.text.replace(_MARK, "") if node is not None else ""

    def texts(self, *path: str | int) -> tuple[str, ...]:
        """The texts of the elements of a list; empty if there is none."""
        node = self._at(path)
        return tuple(item.text for item in node.items) if node is not None else ()

    def paths_of(self, text: str, *path: str | int) -> Iterator[Path]:
        """The paths of the values with that text, below a path."""
        node = self._at(path)
        if node is not None and node.value == text:
            yield path
        for step in () if node is None else (*node.fields, *range(len(node.items))):
            yield from self.paths_of(text, *path, step)

    def _at(self, path: Path) -> Node | None:
        node: Node | None = self.root
        for step in path:
            node = below(node, step)
        return node


def cursor_at(text: str, offset: int) -> Cursor | None:
    """The key or value that is being written at an offset of a text; None if that is unknown."""
    before = text[:offset]
    if _in_comment(before):
        return None
    for head, rest in ((before, text[offset:]), (before, None), (_nested_alone(before), None)):
        for mark in (_MARK, f"{_MARK}: "):
            marked = head + mark + (_closing(head) if rest is None else rest)
            node, _ = read_yaml_once(marked.encode(), "")
            place = next(_marked(node, ()), None) if node is not None else None
            if place is not None and node is not None:
                path, is_key, written = place
                return Cursor(path, is_key, written.partition(_MARK)[0], node)
    return None


def _marked(node: Node, path: Path) -> Iterator[tuple[Path, bool, str]]:
    """The place of the mark: its path, whether it is in a key, and the text that it is in."""
    if isinstance(node.value, str) and _MARK in node.value:
        yield path, False, node.value
    for key, value in node.fields.items():
        if _MARK in key:
            yield path, True, key
        yield from _marked(value, (*path, key))
    for number, item in enumerate(node.items):
        yield from _marked(item, (*path, number))


def _in_comment(before: str) -> bool:
    line = before[before.rfind("\n") + 1 :]
    return re.search(r"(^|\s)#[^'\"]*$", line) is not None and line.count('"') % 2 == line.count("'") % 2 == 0


def _nested_alone(before: str) -> str:
    """The lines that the last line is nested in, and itself."""
    lines = before.split("\n")
    block = [lines[-1]]
    room = _indent(lines[-1])
    for line in reversed(lines[:-1]):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        # The elements of a list can be below their key without being indented.
        is_list_of = block[-1].lstrip().startswith("-") and not stripped.startswith("-") and _indent(line) == room
        if _indent(line) < room or is_list_of:
            block.append(line)
            room = _indent(line)
    return "\n".join(reversed(block))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


_OPENING = {"{": "}", "[": "]"}


def _closing(text: str) -> str:
    """The quotes and brackets that are open at the end of a text, closed."""
    scan = _Scan()
    block: int | None = None  # the indentation of a line that a text on its own lines follows
    for line in text.split("\n"):
        if block is not None and (not line.strip() or _indent(line) > block):
            continue
        scan.line(line)
        is_open = scan.brackets or scan.quote
        block = _indent(line) if not is_open and _BLOCK_TEXT.search(line) else None
    return scan.quote + "".join(reversed(scan.brackets))


_BLOCK_TEXT = re.compile(r"[:\-]\s+[|>][-+0-9]*\s*$")
_MARKED = re.compile(r"[&*!]\S*")  # an anchor, an alias or a tag before a value


class _Scan:
    """Follows quotes and brackets through a text. Within a plain value neither means anything."""

    def __init__(self) -> None:
        self.brackets: list[str] = []
        self.quote = ""
        self.begins = True  # whether a key or value can begin here

    def line(self, line: str) -> None:
        self.begins, at = True, 0
        while at < len(line):
            if not self.quote and line[at] == "#" and (at == 0 or line[at - 1] in " \t"):
                return
            at += self.quoted(line, at) if self.quote else self.plain(line, at)

    def quoted(self, line: str, at: int) -> int:
        """The number of characters that are done with: two for an escape."""
        two = line[at : at + 2]
        if (self.quote == '"' and two[0] == "\\") or (self.quote == "'" and two == "''"):
            return 2
        if line[at] == self.quote:
            self.quote, self.begins = "", False
        return 1

    def plain(self, line: str, at: int) -> int:
        sign = line[at]
        if self.begins and (mark := _MARKED.match(line, at)):
            return len(mark[0])
        if self.begins and sign in "'\"":
            self.quote = sign
        elif self.begins and sign in _OPENING:
            self.brackets.append(_OPENING[sign])
        elif self.brackets and sign == self.brackets[-1]:
            self.brackets.pop()
            self.begins = False
        elif (sign == "," and self.brackets) or (sign == ":" and line[at + 1 : at + 2] in ("", " ")):
            self.begins = True
        elif sign not in " \t-?":
            self.begins = False
        return 1
