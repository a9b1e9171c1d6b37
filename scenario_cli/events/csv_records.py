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
_MOST_BEFORE = 20
# Lines that show the dialect.
_SAMPLE_LINES = 200
# The database reads records up to two million bytes.
_MOST_CHARACTERS = 400_000


class Record(NamedTuple):
    """`fields` is None if the line is broken; `text` is then that one line."""

    line: int
    fields: list[str] | None
    text: str
    foreign: bool


class Dialect(NamedTuple):
    """No `escape`: nothing is quoted. A quote inside a quoted field is escaped by itself or by a backslash."""

    delimiter: str
    escape: str
    quote: str = '"'

    @property
    def other(self) -> Dialect:
        """The same with the other escape of quotes."""
        return self._replace(escape=self.quote if self.escape == "\\" else "\\") if self.escape else self


def split_fields(dialect: Dialect) -> Callable[[str], list[str] | None]:
    """A function from a record's text to its fields, None if it is not sound."""
    delimiter, escape, quote = dialect
    if not escape:
        return lambda text: text.split(delimiter)
    d, q = re.escape(delimiter), re.escape(quote)
    inside = rf"[^{q}\\]|\\." if escape == "\\" else rf"[^{q}]|{q}{q}"
    field = re.compile(rf" *{q}((?:{inside})*){q} *({d}|\Z)|((?! *{q})[^{d}]*)({d}|\Z)", re.DOTALL)
    escaped = re.compile(rf"\\([{q}\\])")

    def split(text: str) -> list[str] | None:
        if quote not in text and (escape == quote or escape not in text):
            return text.split(delimiter)
        fields, position = [], 0
        while match := field.match(text, position):
            quoted, ended, unquoted, unquoted_ended = match.groups()
            if quoted is None:
                fields.append(escaped.sub(r"\1", unquoted) if escape == "\\" else unquoted)
            else:
                fields.append(escaped.sub(r"\1", quoted) if escape == "\\" else quoted.replace(quote * 2, quote))
            if not (ended or unquoted_ended):
                return fields
            position = match.end()
        return None

    return split


def records(lines: Iterable[Line], dialect: Dialect, width: int | None) -> Iterator[Record]:
    """The records in order, blank lines left out; with a `width`, others are broken.

    A record that is sound only with the other escape of quotes is read with it. A line that cannot be a record, alone
    or with those that follow, is broken; reading continues after it.
    """
    split, split_other = split_fields(dialect), split_fields(dialect.other)
    quote = dialect.quote

    def fields_of(text: str) -> list[str] | None:
        fitted = _fitting(split(text), width)
        return fitted if fitted is not None or width is None else _fitting(split_other(text), width)

    source = iter(lines)
    waiting: deque[Line] = deque()
    while True:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        if width != 1 and not line.text.strip():
            continue
        text = line.text
        fields = fields_of(text)
        if fields is None and _is_open(text, dialect):
            joined: list[Line] = []
            while fields is None and len(joined) < _MOST_LINES and len(text) < _MOST_CHARACTERS:
                following = waiting.popleft() if waiting else next(source, None)
                if following is None:
                    break
                joined.append(following)
                text = f"{text}\n{following.text}"
                if quote in following.text and not _is_open(text, dialect):
                    fields = fields_of(text)
                    if fields is None:
                        break
            if fields is None:
                waiting.extendleft(reversed(joined))
        if fields is not None and len(line.text) > _MOST_CHARACTERS:
            fields = None
        yield Record(line.number, fields, line.text if fields is None else text, line.foreign)


def open_record(lines: Iterable[Line], dialect: Dialect, width: int) -> int | None:
    """The number of the first line of a record that the lines break off; None: every record is whole.

    A quote that sound records follow is a slip, and opens nothing.
    """
    begins: int | None = None
    for record in records(lines, dialect, width):
        if record.fields is not None:
            begins = None
        elif begins is None and _is_open(record.text, dialect):
            begins = record.line
    return begins


def detect_dialect(lines: list[str], expected: Iterable[str]) -> Dialect:
    """The dialect under which the lines have the same, largest number of fields; before all one that brings out the
    expected column names. The usual escape wins a tie: a path can end in a backslash."""
    names = set(expected)
    numbered = [Line(number, line, False) for number, line in enumerate(lines[:_SAMPLE_LINES], 1)]
    # Lines further down can be the first to have an escaped quote.
    numbered += [Line(number, line, False) for number, line in enumerate(lines, 1)
                 if number > _SAMPLE_LINES and '\\"' in line][:_SAMPLE_LINES]  # fmt: skip
    text = "\n".join(line.text for line in numbered)

    def fitness(dialect: Dialect) -> tuple[int, float, int, bool]:
        rows = [record.fields for record in records(numbered, dialect, None)]
        header = rows[0] if rows and rows[0] else [""]
        same_width = sum(1 for row in rows if row is not None and len(row) == len(header))
        matches = len(names.intersection(cell.strip() for cell in header))
        share = same_width / max(len(rows), 1) if len(header) > 1 else 0.0
        is_usual = dialect.escape == dialect.quote
        is_bare = escapes_bare_fields(lines[:_SAMPLE_LINES], dialect._replace(escape="\\"))
        return matches, share, len(header), is_usual != is_bare

    quotes = ["'"] if _is_single_quoted(text) else ['"']
    escapes = ("\\",) if any(f"\\{quote}" in text for quote in quotes) else ()
    candidates = [
        Dialect(delimiter, escape, quote) for quote in quotes for escape in (quote, *escapes) for delimiter in ",;\t|"
    ]
    return max(candidates, key=fitness)


def preamble(lines: list[str]) -> int:
    """The number of lines before the header: `sep=;`, a title, a blank line."""
    if lines and re.fullmatch(r'"?sep=.?"?', lines[0].strip(), re.IGNORECASE):
        return 1
    sample = lines[:_SAMPLE_LINES]
    delimiter = max(",;\t|", key=lambda character: sum(line.count(character) for line in sample))
    counts = [line.count(delimiter) for line in sample]
    usual = max(filter(None, set(counts)), key=counts.count, default=0)
    if usual < 2 or counts.count(usual) < 2:
        return 0
    # A title has no delimiter at all; a row that is cut short has some.
    before = next((number for number, count in enumerate(counts) if count), 0)
    return before if before <= _MOST_BEFORE and counts[before] == usual else 0


def escapes_bare_fields(lines: list[str], dialect: Dialect) -> bool:
    """True if a field without quotes has an escaped quote: the database leaves the backslash in it."""
    delimiter, escape, quote = dialect
    pattern = re.compile(rf"(?:^|{re.escape(delimiter)})(?! *{quote})[^{re.escape(delimiter)}]*\\{quote}")
    return escape == "\\" and any(pattern.search(line) for line in lines)


def _is_single_quoted(text: str) -> bool:
    """True if fields begin and end with single quotes, and no double quote is at the edge of one."""
    edge = re.compile(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|]|$)", re.MULTILINE)
    return '"' not in text and len(edge.findall(text)) >= 2


def _fitting(fields: list[str] | None, width: int | None) -> list[str] | None:
    """The fields, if they are as many as the header's; separators that merely trail are forgiven."""
    if fields is None or width is None or len(fields) == width:
        return fields
    if len(fields) > width and not any(fields[width:]):
        return fields[:width]
    return None


def _is_open(text: str, dialect: Dialect) -> bool:
    if not dialect.escape:
        return False
    quotes = text.count(dialect.quote) - (text.count(f"\\{dialect.quote}") if dialect.escape == "\\" else 0)
    return quotes % 2 == 1
