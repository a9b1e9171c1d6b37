"""CSV as text: which separator a file has, and its records one by one, broken lines apart. Knows no columns.

The database reads sound files by itself; this slower reading finds the dialect from the first lines, and
sets broken lines aside in files that the database refuses.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from scenario_cli.events.lines import Line

# A quote that is never closed must not swallow the file: a record of more lines than this is broken.
_MOST_LINES = 1_000
# The database reads records up to two million bytes.
_MOST_CHARACTERS = 400_000


class Record(NamedTuple):
    """`fields` is None where the line is broken; `text` is then that one line."""

    line: int
    fields: list[str] | None
    text: str
    foreign: bool


def split_fields(delimiter: str, escape: str) -> Callable[[str], list[str] | None]:
    """A function from a record's text to its fields, None where it is not sound. No `escape`: nothing is quoted."""
    if not escape:
        return lambda text: text.split(delimiter)
    d = re.escape(delimiter)
    inside = r"[^\"\\]|\\." if escape == "\\" else r'[^"]|""'
    field = re.compile(rf' *"((?:{inside})*)" *({d}|\Z)|((?! *")[^{d}]*)({d}|\Z)', re.DOTALL)
    escaped = re.compile(r"\\([\"\\])")

    def split(text: str) -> list[str] | None:
        if '"' not in text:
            return text.split(delimiter)
        fields, position = [], 0
        while found := field.match(text, position):
            quoted, ended, bare, bare_ended = found.groups()
            if quoted is None:
                fields.append(bare)
            else:
                fields.append(escaped.sub(r"\1", quoted) if escape == "\\" else quoted.replace('""', '"'))
            if not (ended or bare_ended):
                return fields
            position = found.end()
        return None

    return split


def records(lines: Iterable[Line], delimiter: str, escape: str, width: int | None) -> Iterator[Record]:
    """The records in order, blank lines left out; with a `width`, others are broken.

    A line that cannot be a record, alone or with those that follow, is broken; reading goes on behind it.
    """
    split = split_fields(delimiter, escape)
    source = iter(lines)
    waiting: deque[Line] = deque()
    while True:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        if width != 1 and not line.text.strip():
            continue
        text = line.text
        fields = _fitting(split(text), width)
        if fields is None and _is_open(text, escape):
            joined: list[Line] = []
            while fields is None and len(joined) < _MOST_LINES and len(text) < _MOST_CHARACTERS:
                following = waiting.popleft() if waiting else next(source, None)
                if following is None:
                    break
                joined.append(following)
                text = f"{text}\n{following.text}"
                if '"' in following.text and not _is_open(text, escape):
                    fields = _fitting(split(text), width)
                    if fields is None:
                        break
            if fields is None:
                waiting.extendleft(reversed(joined))
        if fields is not None and len(line.text) > _MOST_CHARACTERS:
            fields = None
        yield Record(line.number, fields, line.text if fields is None else text, line.foreign)


def detect_dialect(lines: list[str], expected: Iterable[str]) -> tuple[str, str]:
    """Separator and escape character: those under which the lines have the same, largest number of fields,
    before all one that brings out the expected column names."""
    names = set(expected)
    text = "\n".join(lines)
    escape = "\\" if '\\"' in text and '""' not in text else '"'
    numbered = [Line(number, line, False) for number, line in enumerate(lines[:200], 1)]

    def fitness(delimiter: str) -> tuple[int, float, int]:
        rows = [record.fields for record in records(numbered, delimiter, escape, None)]
        first = rows[0] if rows and rows[0] else [""]
        alike = sum(1 for row in rows if row is not None and len(row) == len(first))
        found = len(names.intersection(cell.strip() for cell in first))
        return found, alike / max(len(rows), 1) if len(first) > 1 else 0.0, len(first)

    return max(",;\t|", key=fitness), escape


def _fitting(fields: list[str] | None, width: int | None) -> list[str] | None:
    """The fields, if they are as many as the header's; separators that merely trail are forgiven."""
    if fields is None or width is None or len(fields) == width:
        return fields
    if len(fields) > width and not any(fields[width:]):
        return fields[:width]
    return None


def _is_open(text: str, escape: str) -> bool:
    if not escape:
        return False
    quotes = text.count('"') - (text.count('\\"') if escape == "\\" else 0)
    return quotes % 2 == 1
