"""The canonical layout of a project's YAML files. Works the text out; writes no file.

Two spaces a level, keys in the order of the schema, at most one empty line. A value in braces on one line stays on one
line while it fits; everything else has its own line. Comments and quotes are unchanged.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from scenario_cli.language.comments import IGNORE, comments_of
from scenario_cli.language.format.order import Order
from scenario_cli.language.format.tree import Document, Entry, Lead, Tail, Value, read_tree
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.schema.files import Schema
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.value_class import dataclass

WIDTH = 120  # columns that braces can fill; a text is never broken


@dataclass(frozen=True, slots=True)
class Formatted:
    """The text in canonical layout; None if it must not be changed, with the findings or the reason against it."""

    text: str | None
    findings: tuple[Diagnostic, ...] = ()
    refused: str = ""


def format_text(text: str, kind: str, file: str) -> Formatted:
    """A file of that kind in canonical layout. The kind of line ending stays.

    A byte that was not UTF-8 is in the text as a surrogate escape of Python.
    """
    node, first_faults = read_yaml(text.encode("utf-8", errors="surrogateescape"), file)
    errors = tuple(finding for finding in first_faults if finding.severity == "error")
    if node is None or errors:
        return Formatted(None, errors)
    if not node.is_map:
        return Formatted(None, refused="it is not a mapping")
    unix = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    tree = read_tree(unix)
    new_text = _Writer(Order(kind), reorder=not tree.has_aliases).document(tree)
    new_node, faults = read_yaml(new_text.encode(), file)
    if (
        new_node is None
        or any(finding.severity == "error" for finding in faults)
        or _content(new_node, kind) != _content(node, kind)
    ):
        return Formatted(None, refused="its new layout would change the meaning")
    if _comments(new_text) != _comments(unix):
        return Formatted(None, refused="a comment would be lost")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    return Formatted(mark + (new_text.replace("\n", "\r\n") if "\r\n" in text else new_text))


def _comments(text: str) -> Counter[str]:
    return Counter(comment.text for comment in comments_of(text))


def _content(node: Node, kind: str) -> str:
    """The content of a file, with the order of keys if the author decides on it."""
    order = Order(kind)

    def ordered(node: Node, schema: Schema) -> object:
        if node.is_map:
            names = list(node.fields)
            return {
                names[position]: ordered(node.fields[names[position]], order.under(schema, names, names[position]))
                for position in order.keys(schema, names)
            }
        if node.is_list:
            return [ordered(item, order.items(schema)) for item in node.items]
        return plain(node)

    return json.dumps(ordered(node, order.root))


class _Writer:
    """Lines of text, from the top."""

    def __init__(self, order: Order, reorder: bool) -> None:
        self.order = order
        self.reorder = reorder
        self.lines: list[str] = []

    def document(self, tree: Document) -> str:
        self.leads(tree.head, 0)
        if tree.has_start:
            self.lines.append("---")
        self.gap(tree.gap)
        if tree.value.entries is not None and not tree.value.braces:
            self.entries(tree.value, 0, self.order.root)
        else:
            self.lines.append(_in_braces(tree.value, self.order, self.order.root, self.reorder) or tree.value.raw)
            self.leads(tree.value.foot, 0)
        return "\n".join(self.lines) + "\n"

    def leads(self, leads: Iterable[Lead], indent: int, fresh: bool = False) -> None:
        """Comments, each on its line; `fresh` if nothing is above them in their block."""
        for lead in leads:
            self.gap(lead.blank and not fresh)
            self.lines.append(" " * indent + lead.text)
            fresh = False

    def gap(self, blank: bool) -> None:
        if blank and self.lines and self.lines[-1]:
            self.lines.append("")

    def entries(self, value: Value, indent: int, schema: Schema) -> None:
        entries = value.entries or ()
        names = [entry.name for entry in entries]
        positions = self.order.keys(schema, names) if self.reorder and not value.is_list else range(len(entries))
        for number, position in enumerate(positions):
            entry = entries[position]
            fresh = number == 0
            self.leads(entry.lead, indent, fresh)
            self.gap(entry.blank and not (fresh and not entry.lead))
            inner_schema = self.order.items(schema) if value.is_list else self.order.under(schema, names, entry.name)
            if value.is_list:
                self.element(entry, indent, inner_schema)
            else:
                self.value(f"{' ' * indent}{entry.key}:", entry, indent, inner_schema)
        self.leads(value.foot, indent)

    def element(self, entry: Entry, indent: int, schema: Schema) -> None:
        """An element of a list. A block begins after its dash."""
        dash, value = f"{' ' * indent}-", entry.value
        if value.entries is None or self.on_one_line(dash, entry, schema) is not None:
            self.value(dash, entry, indent, schema)
            return
        if entry.tail is not None:
            self.lines.append(" " * indent + entry.tail.text)
        if value.anchor:
            self.value(dash, replace(entry, tail=None), indent, schema)
            return
        first = len(self.lines)
        self.entries(value, indent + 2, schema)
        while not self.lines[first] or self.lines[first].lstrip().startswith("#"):
            # Comments above the first of several dashes belong above all of them.
            self.lines[first] = (" " * indent + self.lines[first].lstrip()).rstrip()
            first += 1
        self.lines[first] = f"{dash} {self.lines[first].lstrip()}"

    def on_one_line(self, before: str, entry: Entry, schema: Schema) -> str | None:
        """The value on the line of its key, if it stays there. A comment that ignores findings concerns one line."""
        line = _in_braces(entry.value, self.order, schema, self.reorder)
        comments = [lead.text for lead in entry.lead] + ([entry.tail.text] if entry.tail is not None else [])
        if line is None or not entry.value.entries or any(map(IGNORE.match, comments)):
            return line
        return line if len(before) + 1 + len(line) <= WIDTH else None

    def value(self, before: str, entry: Entry, indent: int, schema: Schema) -> None:
        value, tail = entry.value, entry.tail
        if value.entries is None:
            self.scalar(before, value.raw, tail, indent)
            return
        line = self.on_one_line(before, entry, schema)
        if line is not None:
            self.lines.append(_with_tail(f"{before} {line}", tail))
            return
        anchor = f" &{value.anchor}" if value.anchor else ""
        if value.braces and tail is not None:
            tail = Tail(tail.text, 0)  # its column was behind the braces
        self.lines.append(_with_tail(before + anchor, tail))
        self.entries(value, indent + 2, schema)

    def scalar(self, before: str, raw: str, tail: Tail | None, indent: int) -> None:
        first, *further_lines = raw.split("\n")
        lines = [f"{before} {first}".rstrip(" ")]
        block = _BLOCK.match(first)
        if further_lines and block:
            lines += _block(block["marks"], further_lines, indent)
        else:
            # Line breaks inside a text in quotes are folded with the spaces around them.
            lines += [f"{' ' * (indent + 2)}{line.lstrip()}" if line.strip() else "" for line in further_lines]
        lines[-1] = _with_tail(lines[-1], tail)
        self.lines += lines


def _with_tail(line: str, tail: Tail | None) -> str:
    """A comment stays in its column if that is free; otherwise it moves to two spaces after the text."""
    if tail is None:
        return line
    return line.ljust(max(tail.column, len(line) + 2)) + tail.text


_BLOCK = re.compile(r"(&\S+ +)?[|>](?P<marks>[-+0-9]*)")


def _block(marks: str, raw_lines: list[str], indent: int) -> list[str]:
    """The lines of a block of text, moved to their new indentation; `marks` follow its `|` or `>`."""
    first = next((line for line in raw_lines if line.strip()), "")
    depth = len(first) - len(first.lstrip(" "))
    lines = [line[depth:] for line in raw_lines]
    if not lines[-1]:
        lines.pop()  # no text follows the last line break
    while lines and not lines[-1] and "+" not in marks:
        lines.pop()
    if any(mark.isdigit() for mark in marks):
        return raw_lines[: len(lines)]  # its indentation is counted from its parent, so it cannot move
    return [" " * (indent + 2) + line if line else "" for line in lines]


def _in_braces(value: Value, order: Order, schema: Schema, reorder: bool) -> str | None:
    """The value on one line, if the author wrote it on one line; None if it needs lines of its own."""
    if value.entries is None:
        return None if "\n" in value.raw else value.raw
    if not value.braces and value.entries:
        return None
    names = [entry.name for entry in value.entries]
    positions = order.keys(schema, names) if reorder and not value.is_list else range(len(names))
    parts = []
    for position in positions:
        entry = value.entries[position]
        inner_schema = order.items(schema) if value.is_list else order.under(schema, names, entry.name)
        inner = _in_braces(entry.value, order, inner_schema, reorder)
        if inner is None:
            return None
        parts.append(inner if value.is_list else f"{entry.key}: {inner}")
    anchor = f"&{value.anchor} " if value.anchor else ""
    return f"{anchor}[{', '.join(parts)}]" if value.is_list else f"{anchor}{{{', '.join(parts)}}}"
