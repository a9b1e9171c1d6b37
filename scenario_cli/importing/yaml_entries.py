"""Entries of a YAML file with the remarks above them, as text. Knows no key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenario_cli.importing.ledger import Note, Remarks
from scenario_cli.language.edit.plan_text import scalar as quoted_scalar
from scenario_cli.language.yaml_scalars import core_scalar
from scenario_cli.model.plain_text import printable

# Texts that need no quotes in a mapping, also within braces.
_PLAIN = re.compile(r"[A-Za-z0-9_+][\w .()<>=!+*/'|%-]*(:[\w .()<>=!+*/'|%-]+)*", re.ASCII)
_WORDS = frozenset("null true false yes no off y n nan inf".split())

MARK = "\ue000"  # around the number of a note, until its line is known; YAML allows it

Block = list["Entry"]


@dataclass(slots=True)
class Entry:
    """A key with its value: a scalar, a list, a mapping for one line, or a block of entries."""

    key: str
    value: Any
    remarks: Sequence[Note] = ()


class Numbered:
    """Numbers notes as they are written, so that their lines can be found after the layout."""

    def __init__(self) -> None:
        self.notes: list[list[Note]] = []  # the notes of one comment

    def comments(self, remarks: Remarks | Sequence[Note], before: str = "# ", behind: str = "") -> list[str]:
        """The notes as comments, each with its number; a repeated note in one place is written once."""
        lines = []
        same: dict[tuple[str, str], list[Note]] = {}
        for note in remarks:
            key = (note.fate, note.about + note.text)
            if key in same:
                same[key].append(note)
                continue
            same[key] = [note]
            self.notes.append(same[key])
            word = "import" if note.fate == "approximated" else "TODO(import)"
            lines.append(
                f"{before}{word}{MARK}{len(self.notes) - 1}{MARK}: {printable(note.about + note.text)}{behind}"
            )
        return lines


_NUMBER = re.compile(f"{MARK}(\\d+){MARK}")


def settled(text: str, numbered: Numbered) -> tuple[str, Iterator[tuple[Note, int]]]:
    """The text without the numbers, and the line of each note in it."""
    places = [
        (note, number)
        for number, line in enumerate(text.split("\n"), 1)
        for match in _NUMBER.finditer(line)
        for note in numbered.notes[int(match[1])]
    ]
    return _NUMBER.sub("", text), iter(places)


def block_text(entries: Block, numbered: Numbered, indent: int = 0) -> list[str]:
    """The entries, one a line; blocks below their keys."""
    lines: list[str] = []
    at = " " * indent
    for entry in entries:
        lines += [at + comment for comment in numbered.comments(entry.remarks)]
        value = entry.value
        if isinstance(value, list) and value and isinstance(value[0], Entry):
            lines.append(f"{at}{scalar(entry.key)}:")
            lines += block_text(value, numbered, indent + 2)
        else:
            lines.append(f"{at}{scalar(entry.key)}: {flow(value)}")
    return lines


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(key))}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else scalar(str(value))


def scalar(text: str) -> str:
    """A text, in quotes if YAML would read another value."""
    plain = _PLAIN.fullmatch(text) and ": " not in f"{text} " and text == text.strip() and text.lower() not in _WORDS
    return text if plain and isinstance(core_scalar(text), str) else quoted_scalar(text)
