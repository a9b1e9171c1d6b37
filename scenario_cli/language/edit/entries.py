"""Entries of a YAML mapping as text, comments and layout kept: taken out of one file, put into another.

Works on the lines between the marks of nodes, so that nothing else in a file changes. Knows no meaning of keys.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from functools import lru_cache

from scenario_cli.language.reader import read_yaml
from scenario_cli.language.yaml_node import Node


class CannotSplice(Exception):
    """The file has a form that no entry can be added to without harm; the text names the place."""


def entry(text: str, path: Sequence[str]) -> str | None:
    """The lines of one entry (`events`, `order_completed`) with the comment above it, without indentation.

    None if the entry is missing, or is not on lines of its own.
    """
    parent = _root(text)
    for key in path[:-1]:
        parent = parent.get(key) if parent is not None else None
    if parent is None or path[-1] not in parent.fields or _in_braces(parent, text):
        return None
    lines = text.splitlines(keepends=True)
    first, end = _lines_of(parent, path[-1], lines)
    return textwrap.dedent("".join(lines[first:end]).rstrip("\n") + "\n")


def cut(text: str, path: Sequence[str]) -> str:
    """The text without an entry, the comment above it and the gap below it.

    Braces that hold it are written out first, so that no neighbour goes with it.
    """
    parent = _root(text)
    for key in path[:-1]:
        parent = parent.get(key) if parent is not None else None
    assert parent is not None and path[-1] in parent.fields, path
    if _in_braces(parent, text):
        return cut(_unfolded(text, parent), path)
    lines = text.splitlines(keepends=True)
    first, end = _lines_of(parent, path[-1], lines)
    while end < len(lines) and not lines[end].strip():
        end += 1
    return "".join([*lines[:first], *lines[end:]])


def put(text: str, path: Sequence[str], new_entry: str) -> str:
    """The text with an entry added at the end of the mapping at `path`, which is created if it is missing.

    `written` are the entry's lines, its key included.
    """
    node, depth = _root(text), 0
    if node is not None and not node.fields:
        text, node = _without(text, node), None  # a file that is `{}`
    while node is not None:
        if _in_braces(node, text):
            return put(_unfolded(text, node), path, new_entry)
        inner = node.get(path[depth]) if depth < len(path) else None
        if inner is None or not inner.fields:
            break
        node, depth = inner, depth + 1
    missing_keys = path[depth:]
    if node is None:
        return text.rstrip("\n") + ("\n\n" if text.strip() else "") + _nested(missing_keys, new_entry)
    if missing_keys and missing_keys[0] in node.fields:
        return _into_empty(text, node, missing_keys[0], _nested(missing_keys[1:], new_entry))
    return _after_the_last(text, node, _nested(missing_keys, new_entry), gap=depth == 0)


def add_to_list(text: str, key: str, word: str, parent: str = "") -> str:
    """The text with a word added to a list at the top of the file, or below a parent there; a missing list is
    created."""
    root = _root(text)
    above = root.get(parent) if root is not None and parent else root
    node = above.get(key) if above is not None else None
    if node is None or not node.is_list:
        if node is not None:
            raise CannotSplice(f"line {node.span.line}: '{key}' is not a list")
        return put(text, (parent,) if parent else (), f"{key}: [{word}]\n")
    lines = text.splitlines(keepends=True)
    start = _offset(lines, node.span.line, node.span.column)
    if text[start] == "[":
        end = _offset(lines, node.span.end_line, node.span.end_column) - 1
        return text[:end] + (f", {word}" if node.items else word) + text[end:]
    last = node.items[-1].span
    mark = lines[last.line - 1][: last.column - 1]
    return "".join([*lines[: last.end_line], f"{mark}{word}\n", *lines[last.end_line :]])


@lru_cache(maxsize=8)
def _root(text: str) -> Node | None:
    """The mapping of a file; many entries are taken out of the same text, one after the other."""
    node, _ = read_yaml(text.encode(), "")
    return node if node is not None and node.is_map else None


def _in_braces(node: Node, text: str) -> bool:
    lines = text.splitlines(keepends=True)
    return text.startswith("{", _offset(lines, node.span.line, node.span.column))


def _nested(keys: Sequence[str], new_entry: str) -> str:
    for key in reversed(keys):
        new_entry = f"{key}:\n{textwrap.indent(new_entry, '  ')}"
    return new_entry


def _lines_of(parent: Node, key: str, lines: Sequence[str]) -> tuple[int, int]:
    """The first line of an entry and the line after its last, counted from 0, its comment included."""
    span = parent.key(key).span
    first, indent = span.line - 1, span.column - 1
    end = at = max(first + 1, _last_line(parent.fields[key], lines))
    while at < len(lines) and (not lines[at].strip() or _indent(lines[at]) > indent):
        at += 1
        if lines[at - 1].strip():
            end = at
    while first and lines[first - 1].lstrip().startswith("# ") and _indent(lines[first - 1]) == indent:
        if "yaml-language-server:" in lines[first - 1]:
            break
        first -= 1
    return first, end


def _last_line(node: Node, lines: Sequence[str]) -> int:
    """The last line of a value. A block of text counts by its first line: it is indented, and a list need not be."""
    if node.style in ("|", ">"):
        return node.span.line
    text = lines[node.span.line - 1][node.span.column - 1 :] if node.span.line <= len(lines) else ""
    inner = [*node.fields.values(), *node.items]
    if inner and not text.startswith(("{", "[")):
        return max(_last_line(inner_node, lines) for inner_node in inner)
    return node.span.end_line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _after_the_last(text: str, parent: Node, new_entry: str, gap: bool) -> str:
    """The place after the last entry; with an empty line between if the file separates its entries with empty lines."""
    lines = text.splitlines(keepends=True)
    last = list(parent.fields)[-1]
    first, end = _lines_of(parent, last, lines)
    if not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    spaced = gap or (len(parent.fields) > 1 and not lines[first - 1].strip())
    indent = " " * (parent.key(last).span.column - 1)
    return "".join([*lines[:end], *(["\n"] if spaced else []), textwrap.indent(new_entry, indent), *lines[end:]])


def _into_empty(text: str, parent: Node, key: str, new_entry: str) -> str:
    """Puts an entry into an empty mapping: `events:`, `events: {}`, `events: null`."""
    span, value = parent.key(key).span, parent.fields[key]
    if not value.is_map and value.value is not None:
        raise CannotSplice(f"line {value.span.line}: '{key}' is not a mapping")
    text = _without(text, value)
    lines = text.splitlines(keepends=True)
    at = span.line - 1
    lines[at] = re.sub(r":\s+$", ":", lines[at].rstrip("\n")) + "\n"
    inner = textwrap.indent(new_entry, " " * (span.column + 1))
    return "".join([*lines[: at + 1], inner, *lines[at + 1 :]])


def _unfolded(text: str, node: Node) -> str:
    """The text with a mapping in braces written out, a line for each of its keys."""
    lines = text.splitlines(keepends=True)
    start = _offset(lines, node.span.line, node.span.column)
    end = _offset(lines, node.span.end_line, node.span.end_column)
    if re.search(r"(^|\s)#", text[start:end]):
        raise CannotSplice(f"line {node.span.line}: there are comments inside these braces")
    before = text[:start].rstrip(" ")
    inside = bool(before) and not before.endswith("\n")  # of a key; otherwise it is the whole file
    indent = "\n" + " " * (_indent(lines[node.span.line - 1]) + 2) if inside else "\n"
    block = ""
    for name, value in node.fields.items():
        key = node.key(name).span
        first = _offset(lines, key.line, key.column)
        behind = _offset(lines, value.span.end_line, value.span.end_column)
        block += indent + re.sub(r"\n[ \t]*(?=\S)", f"{indent}  ", text[first:behind])
    return before + (block if inside else block.lstrip("\n")) + text[end:]


def _without(text: str, node: Node) -> str:
    lines = text.splitlines(keepends=True)
    start = _offset(lines, node.span.line, node.span.column)
    return text[:start] + text[_offset(lines, node.span.end_line, node.span.end_column) :]


def _offset(lines: Sequence[str], line: int, column: int) -> int:
    return sum(map(len, lines[: line - 1])) + column - 1
