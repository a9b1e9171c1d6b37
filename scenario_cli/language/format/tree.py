"""A YAML text as a tree that keeps details missing in the model: comments, quoting, braces, blank lines.

Only for texts without faults. Decides nothing about layout.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml

from scenario_cli.language.comments import IGNORE, Comment, comments_of
from scenario_cli.model.value_class import dataclass

Position = tuple[int, int]  # line from 1, column from 0


@dataclass(frozen=True, slots=True)
class Lead:
    """A comment on a line of its own; `blank` if an empty line is before it."""

    text: str
    blank: bool


@dataclass(frozen=True, slots=True)
class Tail:
    """A comment after a value, and the column (from 0) in which it begins."""

    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Value:
    """A scalar as written, or entries: of a mapping, or of a list, whose entries have no key.

    `braces` is set if it is in braces or brackets on one line and could stay there. `foot` are the comments after the
    last entry.
    """

    raw: str = ""
    entries: tuple[Entry, ...] | None = None
    is_list: bool = False
    anchor: str = ""
    braces: bool = False
    foot: tuple[Lead, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value, or an element of a list. `name` is the key's name, `key` its written form."""

    key: str
    name: str
    value: Value
    lead: tuple[Lead, ...] = ()
    tail: Tail | None = None
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """The whole text: `head` are the comments above everything, `gap` whether an empty line follows them."""

    head: tuple[Lead, ...]
    gap: bool
    value: Value
    has_start: bool  # whether the text has a `---`
    has_aliases: bool


def read_tree(text: str) -> Document:
    """The tree of a text whose lines end in `\\n`."""
    return _Tree(text).document()


@dataclass(slots=True)
class _Raw:
    """A node as the parser reports it."""

    start: Position
    end: Position
    text: str = ""
    value: str = ""
    children: list[tuple[_Raw | None, _Raw]] | None = None
    is_list: bool = False
    flow: bool = False
    anchor: str = ""


def _about_last_line(value: Value, tail: Tail) -> Value:
    """A value with a comment above its last entry: one that ignores findings concerns the line on which it ends."""
    *entries, last = value.entries or ()
    if last.value.entries and not last.value.braces:
        last = replace(last, value=_about_last_line(last.value, tail))
    else:
        last = replace(last, lead=(*last.lead, Lead(tail.text, False)))
    return replace(value, entries=(*entries, last))


class _Tree:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.comments: deque[Comment] = deque(comments_of(text))
        self.starts: list[Position] = []
        self.has_aliases = False

    def document(self) -> Document:
        events = yaml.parse(self.text, Loader=yaml.CSafeLoader)
        start = False
        root: _Raw | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                start = bool(event.explicit)
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event, events)
        assert root is not None
        self.starts.sort()
        first = self.starts[0][0] if self.starts else root.start[0]
        head = tuple(self._leads(first))
        value = self._value(root)
        entries = value.entries
        if entries:
            entries = (replace(entries[0], blank=False), *entries[1:])
        foot = tuple(self._leads(len(self.lines) + 1))
        value = replace(value, entries=entries, foot=(*value.foot, *foot))
        return Document(head, self._blank(first), value, start, self.has_aliases)

    def _node(self, event: Any, events: Iterator[Any]) -> _Raw:
        start, end = _position(event.start_mark), _position(event.end_mark)
        raw = self.text[event.start_mark.index : event.end_mark.index]
        if isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            self.has_aliases |= isinstance(event, yaml.AliasEvent)
            value = event.value if isinstance(event, yaml.ScalarEvent) else ""
            if end[1] == 0:
                end = (end[0] - 1, len(self.lines[end[0] - 2]))  # a block of text ends where the next line starts
            return _Raw(start, end, raw, value)
        node = _Raw(start, end, children=[], flow=event.flow_style, anchor=event.anchor or "")
        node.is_list = isinstance(event, yaml.SequenceStartEvent)
        self._children(node, events)
        return node

    def _children(self, node: _Raw, events: Iterator[Any]) -> None:
        assert node.children is not None
        for event in events:
            if isinstance(event, yaml.CollectionEndEvent):
                break
            first = self._node(event, events)
            key, value = (None, first) if node.is_list else (first, self._node(next(events), events))
            dash = node.start if node.is_list and not node.flow and not node.anchor else first.start
            self.starts.append((first.start[0], dash[1]))
            node.children.append((key, value))
        if node.flow:
            node.end = _position(event.end_mark)
        elif node.children:
            # The parser ends a block at the beginning of the next value, and begins it at its anchor.
            first_key, last = node.children[0][0], node.children[-1][1]
            node.end = last.end
            node.start = first_key.start if first_key is not None else node.start

    def _value(self, node: _Raw) -> Value:
        if node.children is None:
            return Value(node.text)
        inside = bool(self.comments) and (self.comments[0].line, self.comments[0].column - 1) < node.end
        if not node.children or (node.flow and node.start[0] == node.end[0] and not inside):
            return self._plain(node)
        entries = []
        for number, (key, value) in enumerate(node.children):
            behind = node.children[number + 1] if number + 1 < len(node.children) else None
            following = (behind[0] or behind[1]).start if behind is not None else None
            entries.append(self._entry(node, key, value, following))
        return Value("", tuple(entries), node.is_list, node.anchor, foot=tuple(self._foot(node)))

    def _plain(self, node: _Raw) -> Value:
        """A node with no comment in it."""
        if node.children is None:
            return Value(node.text)
        entries = tuple(
            Entry(key.text if key else "", key.value if key else "", self._plain(value)) for key, value in node.children
        )
        return Value("", entries, node.is_list, node.anchor, braces=node.flow)

    def _entry(self, holder: _Raw, key: _Raw | None, node: _Raw, following: Position | None) -> Entry:
        start = (key or node).start
        lead = list(self._leads(start[0]))
        if key is None and self.comments and self.comments[0].line < start[0]:
            # A comment directly after a dash.
            lead.append(Lead(self.comments.popleft().text, False))
            lead += self._leads(start[0])
        blank = self._blank(start[0])
        tail = None
        first = node.children[0] if node.children else None
        begins = (first[0] or first[1]).start if first is not None else node.start
        if key is not None and begins[0] > key.end[0]:
            tail = self._tail(key.end[0], None)
            if node.children is None or node.flow:
                lead += self._leads(node.start[0])
        elif node.flow and begins[0] > node.start[0] and (behind := self._tail(node.start[0], None)):
            lead.append(Lead(behind.text, False))  # after the opening brace of a list's element
        value = self._value(node)
        if following is None or following[0] > node.end[0]:
            behind = self._tail(node.end[0], holder.end if holder.flow else None)
            if behind is not None and IGNORE.match(behind.text) and node.flow and value.entries and not value.braces:
                value, behind = _about_last_line(value, behind), None
            if tail is not None and behind is not None:
                lead.append(Lead(behind.text, False))
            tail = tail or behind
        if key is None and value.entries and not value.braces:
            # Comments above the first key of a list's element belong to the element.
            inner = value.entries[0]
            lead += inner.lead
            value = replace(value, entries=(replace(inner, lead=(), blank=False), *value.entries[1:]))
        return Entry(key.text if key else "", key.value if key else "", value, tuple(lead), tail, blank)

    def _leads(self, before: int) -> Iterator[Lead]:
        """The comments on lines of their own above a line."""
        while self.comments and self.comments[0].own_line and self.comments[0].line < before:
            comment = self.comments.popleft()
            yield Lead(comment.text, self._blank(comment.line))

    def _tail(self, line: int, before: Position | None) -> Tail | None:
        if not self.comments or self.comments[0].own_line or self.comments[0].line != line:
            return None
        if before is not None and (line, self.comments[0].column - 1) > before:
            return None
        comment = self.comments.popleft()
        return Tail(comment.text, comment.column - 1)

    def _foot(self, node: _Raw) -> Iterator[Lead]:
        """The comments after the last entry of a block that are indented as far as it is."""
        if node.flow:
            yield from self._leads(node.end[0])
            return
        after = bisect_right(self.starts, node.end)
        line, column = self.starts[after] if after < len(self.starts) else (len(self.lines) + 1, -1)
        while self.comments and self.comments[0].own_line and self.comments[0].line < line:
            indent = self.comments[0].column - 1
            if indent < node.start[1] or indent <= column:
                return
            comment = self.comments.popleft()
            yield Lead(comment.text, self._blank(comment.line))

    def _blank(self, line: int) -> bool:
        return line > 1 and not self.lines[line - 2].strip()


def _position(mark: Any) -> Position:
    return mark.line + 1, mark.column
