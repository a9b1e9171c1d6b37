"""CSV and TSV: any of the common separators, with or without a header line. Gives columns as text."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import duckdb

from scenario_cli.events.casts import text_sql
from scenario_cli.events.csv_records import (
    Dialect,
    detect_dialect,
    escapes_bare_fields,
    preamble,
    records,
    split_fields,
)
from scenario_cli.events.formats.table import Column, JsonPicks, Relation, Rows, numbered, pair_of_json
from scenario_cli.events.inputs import InputFile
from scenario_cli.events.lines import Line, head_lines, latin1_note, lines_of
from scenario_cli.events.sql_text import text_literal
from scenario_cli.model.export import Sample

# Databases and data frames spell a missing value so in a file of texts.
_NULLS = "['', '\\N', 'NULL', 'null', 'NaN', 'nan', '<NA>']"
# The database accepts no such word that begins with the escape character; `nobody` lists it.
_ESCAPED_NULLS = "['', 'NULL', 'null', 'NaN', 'nan', '<NA>']"
_NUMBERED = re.compile(r"column(\d+)")
_VALUE = re.compile(r"[+-]?[\d.,]+|\d{4}[-/]\d{1,2}[-/]\d{1,2}.*|true|false", re.IGNORECASE)


@dataclass(slots=True)
class DelimitedTable:
    file: InputFile
    names: tuple[str, ...]
    unnamed: tuple[str, ...]
    dialect: Dialect
    picks: JsonPicks = field(default_factory=JsonPicks)
    # Lines before the header.
    skipped: int = 0
    # The database would read it, and not right.
    is_mended_first: bool = False

    def column(self, name: str) -> Column | None:
        if name in self.names:
            return Column(f"c{self.names.index(name)}", "text")
        # `column3` names a column of a file without a usable header.
        if (numbered := _NUMBERED.fullmatch(name)) and int(numbered[1]) < len(self.names):
            return Column(f"c{int(numbered[1])}", "text")
        outer, _, inner = name.partition(".")
        if inner and outer in self.names:
            return self.picks.pick(f"c{self.names.index(outer)}", *inner.split("."))
        return None

    def optional(self, name: str) -> Column | None:
        return self.column(name) if name in self.names else None

    def inside(self, name: str, key: str) -> Column | None:
        column = self.column(name)
        return self.picks.pick(column.sql, key) if column and column.kind == "text" else None

    def reach(self, keys: tuple[str, ...]) -> Column | None:
        full_name = ".".join(keys)
        if full_name in self.names:
            return Column(f"c{self.names.index(full_name)}", "text")
        return self.picks.pick(f"c{self.names.index(keys[0])}", *keys[1:]) if keys[0] in self.names else None

    def encoded(self, keys: tuple[str, ...], key: str) -> Column | None:
        column = self.reach(keys)
        return self.picks.pick(text_sql(column.kind, column.sql), key) if column and column.kind == "text" else None

    def paired(self, keys: tuple[str, ...], key: str) -> Column | None:
        column = self.reach(keys)
        if column is None:
            return None
        sound = f"CASE WHEN json_valid({column.sql}) AND json_type({column.sql}) = 'ARRAY' THEN {column.sql} END"
        return pair_of_json(sound, key)

    @property
    def shape(self) -> Hashable | None:
        if self.is_mended_first:
            return None
        return "delimited", self.dialect, self.skipped, self.names, bool(self.unnamed), self.file.compression

    def rows(self) -> Rows:
        relation = Relation("*", self._source(text_literal(str(self.file.path))), self.picks)
        return Rows(relation, self._content(), untyped=True)

    def rows_of(self, files: Sequence[InputFile], first: int) -> Rows:
        paths, number = numbered(files, first)
        source = self._source(f"{paths}, filename=true")
        return replace(self.rows(), relation=Relation(f"*, {number}", source, self.picks))

    def _source(self, paths: str) -> str:
        columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(self.names)))
        delimiter, escape, quote = self.dialect
        nulls = _ESCAPED_NULLS if escape == "\\" else _NULLS
        return (
            f"read_csv({paths}, auto_detect=false, columns={{{columns}}},"
            f" delim={text_literal(delimiter)}, quote={text_literal(quote if escape else '')},"
            f" escape={text_literal(escape)},"
            f" header={not self.unnamed}, skip={self.skipped}, nullstr={nulls}, strict_mode=true,"
            f" compression='{self.file.compression}')"
        )

    def mended(self, workspace: Path, *, refused: bool) -> Rows | None:
        """The sound records copied in one dialect, each after its line number; the broken ones set aside."""
        if not refused:
            return None
        number = len(list(workspace.glob("mended-*.csv")))
        target, aside = workspace / f"mended-{number}.csv", workspace / f"mended-{number}.aside.jsonl"
        broken, samples = 0, list[Sample]()
        foreign: int | None = None
        header = not self.unnamed
        with target.open("w", encoding="utf-8", newline="") as copy, aside.open("w", encoding="utf-8") as put_aside:
            writer = csv.writer(copy, lineterminator="\n")
            for record in records(self._lines(), self.dialect, len(self.names)):
                if header:
                    header = False
                    continue
                if record.foreign and foreign is None:
                    foreign = record.line
                if record.fields is not None:
                    writer.writerow((record.line, *record.fields))
                    continue
                broken += 1
                put_aside.write(json.dumps((record.line, record.text)) + "\n")
                if len(samples) < 5:
                    samples.append(Sample(self.file.label, record.line, record.text))
        columns = "".join(f", 'c{index}': 'VARCHAR'" for index in range(len(self.names)))
        source = (
            f"read_csv({text_literal(str(target))}, auto_detect=false, columns={{'line': 'BIGINT'{columns}}},"
            f" delim=',', quote='\"', escape='\"', header=false, nullstr={_NULLS}, strict_mode=true)"
        )
        notes = (latin1_note(self.file, foreign),) if foreign else ()
        return Rows(
            Relation("*", source, self.picks),
            self._content(),
            line="line",
            untyped=True,
            lost=broken,
            samples=tuple(samples),
            aside=aside,
            notes=notes,
        )

    def find_lines(self, ordinals: Sequence[int], *, by_line: bool) -> Iterator[tuple[int, int, str]]:
        remaining = iter(ordinals)
        next_ordinal = next(remaining, None)
        found_records = records(self._lines(), self.dialect, len(self.names))
        for number, record in enumerate(found_records, 1 if self.unnamed else 0):
            if next_ordinal is None:
                return
            position = record.line if by_line else number
            if position == next_ordinal:
                yield position, record.line, record.text
                next_ordinal = next(remaining, None)

    def _lines(self) -> Iterator[Line]:
        return islice(lines_of(self.file), self.skipped, None)

    def _content(self) -> tuple[str, ...]:
        return tuple(f"c{index}" for index in range(len(self.names)))


def open_table(con: duckdb.DuckDBPyConnection, file: InputFile, expected: tuple[str, ...]) -> DelimitedTable:
    """The file with its dialect."""
    return headed_table(file, expected)


def headed_table(file: InputFile, expected: tuple[str, ...]) -> DelimitedTable:
    """The file with its dialect, by its first bytes. Whether the first line is a header is decided by the expected
    names, else by comparing it with the lines below."""
    lines = head_lines(file)
    skipped = preamble(lines)
    lines = lines[skipped:]
    dialect = detect_dialect(lines, expected)
    numbered = (Line(number, text, False) for number, text in enumerate(lines, 1))
    rows = [record.fields for record in records(numbered, dialect, None)][:100]
    if not rows:
        return DelimitedTable(file, (), (), dialect)
    first = [cell.strip() for cell in rows[0] or split_fields(dialect)(lines[0].replace('"', "")) or ()]
    by_number = any(_NUMBERED.fullmatch(name) for name in expected)
    headed = any(name in first for name in expected) or _looks_headed(first, rows[1:], strict=by_number)
    if headed:
        return DelimitedTable(
            file, tuple(first), (), dialect, skipped=skipped, is_mended_first=escapes_bare_fields(lines, dialect)
        )
    names = tuple(f"column{index}" for index in range(len(first)))
    return DelimitedTable(file, names, tuple(first), dialect, skipped=skipped)


def lines_before_rows(file: InputFile, table: DelimitedTable) -> int:
    """The number of lines before the first row: titles, blank lines and the header."""
    if table.unnamed or not table.names:
        return table.skipped
    numbered = (Line(number, text, False) for number, text in enumerate(head_lines(file)[table.skipped :], 1))
    header = next(records(numbered, table.dialect, None))
    return table.skipped + header.line + (header.text.count("\n") if header.fields is not None else 0)


def bare_table(file: InputFile, names: tuple[str, ...]) -> DelimitedTable | None:
    """The file with these names for its columns, if it has tabs, this number of columns, and no header.

    Tools that write no header do not quote either.
    """
    first = next(iter(head_lines(file)), "").split("\t")
    if len(first) != len(names) or set(first) & set(names):
        return None
    return DelimitedTable(file, names, tuple(first), Dialect("\t", ""))


def _looks_headed(first: list[str], below: list[list[str] | None], *, strict: bool) -> bool:
    """True if the first line names columns: it holds no numbers, dates or booleans; and, to be `strict`, the lines
    below hold some if it does not.
    """
    if any(_VALUE.fullmatch(cell) for cell in first):
        return False
    if not strict:
        return True
    columns = [[row[index] for row in below if row and index < len(row) and row[index]] for index in range(len(first))]
    return any(cells and all(_VALUE.fullmatch(cell.strip()) for cell in cells) for cells in columns)
