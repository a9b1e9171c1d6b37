"""Writes every row that could not be used, with its reason, its file and its line. Decides nothing."""

from __future__ import annotations

import csv
import heapq
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import duckdb

from scenario_cli.events.errors import ExportError
from scenario_cli.events.reporting import Reading, located
from scenario_cli.events.staging_sql import BROKEN_LINE
from scenario_cli.events.staging_tables import Target
from scenario_cli.model.csv_cell import csv_cell
from scenario_cli.whole_file import draft_of

Reject = tuple[int, str, str]  # line, reason, row

_COLUMNS = ("file", "line", "reason", "row")


def write_rejects(con: duckdb.DuckDBPyConnection, path: Path, parts: Iterable[tuple[Target, Reading]]) -> None:
    """Writes CSV or, if the name has that ending, JSON lines; the file is complete or does not exist."""
    try:
        with draft_of(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
            write = _json_writer(file.write) if path.suffix == ".jsonl" else _csv_writer(file)
            for target, reading in parts:
                for number, table in enumerate(reading.tables):
                    for line, reason, row in _rejects(con, target, reading, number):
                        write((table.file.label, line, reason, row))
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}", "choose another file with --rejects") from None


def _rejects(con: duckdb.DuckDBPyConnection, target: Target, reading: Reading, file: int) -> Iterator[Reject]:
    """Those of one file, by line: rows that were judged, and lines that were set aside before."""
    rows = con.execute(
        f"SELECT reason, line, rowid FROM {target.table} WHERE file = {file} AND reason IS NOT NULL ORDER BY rowid"
    ).fetchall()
    located_rows = located(reading.tables[file], reading.starts.get(file, 0), rows)
    judged = ((line, reason, text) for reason, line, text in located_rows)
    return heapq.merge(judged, _set_aside(reading, file), key=lambda reject: reject[0])


def _set_aside(reading: Reading, file: int) -> Iterator[Reject]:
    aside = reading.aside.get(file, ())
    if isinstance(aside, tuple):
        yield from ((sample.line or 0, BROKEN_LINE, sample.excerpt) for sample in aside)
        return
    with aside.open(encoding="utf-8") as lines:
        for entry in lines:
            line, text = json.loads(entry)
            yield line, BROKEN_LINE, text


def _csv_writer(file: object) -> Callable[[tuple[object, ...]], object]:
    writer = csv.writer(file, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerow(_COLUMNS)
    return lambda values: writer.writerow(csv_cell(value) if isinstance(value, str) else value for value in values)


def _json_writer(write: Callable[[str], object]) -> Callable[[tuple[object, ...]], object]:
    def line(values: tuple[object, ...]) -> None:
        write(json.dumps(dict(zip(_COLUMNS, values, strict=True)), ensure_ascii=False) + "\n")

    return line
