"""Reads `{within:30d}` and `{1d on tue,thu: x}` as intended: a `:` without a space, a comma that ends a text.

Within braces YAML takes either for a key without a value. The findings give the correct text; the entries come back
as intended, so that they cause no further findings. Knows no key of the language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scenario_cli.language.yaml_node import Entry, Node
from scenario_cli.language.yaml_slips import in_quotes
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span

_JOINED = re.compile(r"(?P<key>[\w.-]+):(?!//)(?P<value>\S.*)|(?P<long>.+):(?!//)(?P<last>\S+)")
_DAYS = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)\b")
_NUMBER = re.compile(r"-?[0-9]+")
_OPENING, _CLOSING = "“„«", "”“»"  # the quotes of a word processor hold no comma
_DECIMALS = re.compile(r"[0-9]")


def intended_entries(entries: Sequence[Entry]) -> tuple[list[Entry], list[Diagnostic]]:
    """The intended entries of a mapping in braces, with the faults of those that have no value."""
    findings: list[Diagnostic] = []
    joined: list[Entry] = []
    index = 0
    while index < len(entries):
        entry = entries[index]
        index += 1
        if not entry.without_colon:
            joined.append(entry)
            continue
        before = joined[-1] if joined else None
        if before is not None and _goes_on(before.value, entry):
            joined[-1] = before._replace(value=_joined(before.value, entry.key))
            findings.append(_comma(before, joined[-1].value, entry))
            continue
        split = _split(entry)
        if split is not None:
            joined.append(split)
            findings.append(_no_space(entry, split))
            continue
        count = _begins_key(entries[index - 1 :])
        if count:
            last = entries[index - 1 + count]
            key = _joined(entry.key, last.key)
            joined.append(Entry(key.text, key, last.value, False))
            index += count
            findings.append(_comma_in_key(entry, key))
            continue
        following = entries[index] if index < len(entries) else None
        if following is not None and _NUMBER.fullmatch(entry.name) and _DECIMALS.match(following.name):
            key = _joined(entry.key, following.key)
            joined.append(Entry(key.text, key, following.value, False))
            index += 1
            continue  # the key that is meant is no valid wait or weight, and is reported as such
        findings.append(_without_value(entry, before))
    return joined, findings


def _goes_on(value: Node, entry: Entry) -> bool:
    """Whether a key without a value continues the text before it."""
    text, continuation = value.text, entry.name
    if value.is_map or value.is_list or value.style or not text or value.span.line != entry.key.span.end_line:
        return False
    opened = text.count("(") > text.count(")")
    closes = continuation.count(")") > continuation.count("(")
    numbers = _NUMBER.fullmatch(text) and _NUMBER.fullmatch(continuation)
    days = " on " in f" {text}" and _DAYS.match(continuation)
    curly = text[0] in _OPENING and continuation[-1:] in _CLOSING
    return bool(opened or closes or numbers or days or curly)


def _split(entry: Entry) -> Entry | None:
    match = _JOINED.fullmatch(entry.name)
    if match is None or entry.key.style:
        return None
    name, text = (match["key"], match["value"]) if match["key"] else (match["long"], match["last"])
    key = Node(entry.key.at(0, len(name)), name)
    return Entry(name, key, Node(entry.key.at(len(name) + 1, len(text)), _scalar(text)), False)


def _begins_key(entries: Sequence[Entry]) -> int:
    """The number of the entries that belong to the key that these entries begin; 0 if the first is a key of its own."""
    text = entries[0].name
    for count, entry in enumerate(entries[1:], 1):
        open_ = text.count("(") > text.count(")")
        if not open_ and not (" on " in text and _DAYS.match(entry.name)):
            return 0
        text += "," + entry.name
        if not entry.without_colon:
            return count if text.count("(") == text.count(")") else 0
    return 0


def _joined(first: Node, last: Node) -> Node:
    """The text from the beginning of one to the end of the other, unchanged from the file."""
    span = Span(first.span.file, first.span.line, first.span.column, last.span.end_line, last.span.end_column)
    if span.line != span.end_line or not first.lines:
        return Node(span, f"{first.text}, {last.text}")
    text = first.lines[span.line - 1][span.column - 1 : span.end_column - 1]
    return Node(span, text, None, "", first.lines)


def _scalar(text: str) -> str | int:
    return int(text) if _NUMBER.fullmatch(text) else text


def _no_space(entry: Entry, split: Entry) -> Diagnostic:
    return Diagnostic("YAML012", "a space is missing after ':'", entry.key.at(len(split.name)),
                      hint=f"write '{split.name}: {split.value.text}'")  # fmt: skip


def _comma(before: Entry, value: Node, entry: Entry) -> Diagnostic:
    if _NUMBER.fullmatch(before.value.text) and _NUMBER.fullmatch(entry.name):
        hint = f"a decimal number has a point: {before.value.text}.{entry.name}"
        return Diagnostic("YAML012", "a comma ends a value within { }", value.span, hint=hint)
    return Diagnostic("YAML012", "a comma ends a value within { }", value.span,
                      hint=f"put the whole text in quotes: {before.name}: {in_quotes(_plain(value.text))}")  # fmt: skip


def _plain(text: str) -> str:
    """A text without the quotes of a word processor around it."""
    return text[1:-1] if text[0] in _OPENING and text[-1] in _CLOSING else text


def _comma_in_key(entry: Entry, key: Node) -> Diagnostic:
    return Diagnostic("YAML012", "a comma ends a key within { }", key.span,
                      hint=f"put the whole key in quotes: {in_quotes(key.text)}: ...")  # fmt: skip


def _without_value(entry: Entry, before: Entry | None) -> Diagnostic:
    hint = f"write '{entry.name}: ...'"
    if before is not None and before.value.text and not before.value.style:
        text = f"{before.value.text}, {entry.name}"
        hint += f", or put the text in quotes if the comma belongs to it: {before.name}: {in_quotes(text)}"
    return Diagnostic("YAML012", f"'{entry.name}' has no value: within {{ }} a comma ends the value before it",
                      entry.key.span, hint=hint)  # fmt: skip
