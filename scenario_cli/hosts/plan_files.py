"""Rows of a plan, or of another table, to a file: JSON lines, CSV or Parquet. A file is there whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scenario_cli.model.csv_cell import BEGINS_FORMULA, IS_NUMBER, TEXT_MARK
from scenario_cli.model.plan_row import COLUMNS, Column, ColumnType, PlanRow, row_values
from scenario_cli.whole_file import put

FORMATS: Mapping[str, str] = {
    ".jsonl": "",
    ".csv": "FORMAT csv, HEADER",
    ".parquet": "FORMAT parquet, COMPRESSION zstd",
}

DATABASE_TYPES: Mapping[ColumnType, str] = {
    "text": "VARCHAR", "json": "JSON", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN",
}  # fmt: skip


def line(row: PlanRow) -> str:
    """The row as a line of JSON."""
    return json.dumps(row_values(row), ensure_ascii=False) + "\n"


def write_lines(rows: Iterable[PlanRow], path: Path) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.writelines(map(line, rows))


def finish(lines: Path, target: Path, head: Mapping[str, Any], columns: Sequence[Column] = COLUMNS) -> None:
    """Turns a file of JSON lines into the target, with a head next to it that names the sources of the rows."""
    converted = convert(lines, target.suffix, columns)
    head_file = target.with_name(target.name + ".head.json")
    head_draft = lines.with_name(lines.name + ".head")
    head_draft.write_text(json.dumps(head, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    put(converted, target)
    put(head_draft, head_file)


def convert(lines: Path, ending: str, columns: Sequence[Column] = COLUMNS) -> Path:
    """Turns a file of JSON lines into a file next to it, in the format of an ending. Raises `OSError`."""
    options = FORMATS[ending]
    if not options:
        return lines
    converted = lines.with_name(lines.name + ending)
    _convert(lines, converted, options, columns)
    lines.unlink()
    return converted


def _cell(name: str) -> str:
    """SQL for a column of texts in which no spreadsheet finds a formula."""
    column = _quoted(name)
    formula = f"regexp_matches({column}, '{BEGINS_FORMULA}') AND NOT regexp_matches({column}, '{IS_NUMBER}')"
    return f"CASE WHEN {formula} THEN '{TEXT_MARK * 2}' || {column} ELSE {column} END AS {column}"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _convert(lines: Path, converted: Path, options: str, columns: Sequence[Column]) -> None:
    import duckdb

    cells = _cell if converted.suffix == ".csv" else _quoted
    selection = ", ".join(cells(column.name) if column.type == "text" else _quoted(column.name) for column in columns)
    types = ", ".join(f"'{column.name}': '{DATABASE_TYPES[column.type]}'" for column in columns)
    options += ", USE_TMP_FILE false"  # it is written next to its place already
    try:
        _copy(lines, converted, selection, types, options)
    except duckdb.IOException as error:
        raise OSError(None, str(error).partition("\n")[0]) from None


def _copy(lines: Path, converted: Path, selection: str, types: str, options: str) -> None:
    import duckdb

    with duckdb.connect() as database:
        # One thread keeps the rows in their order.
        database.execute("SET threads = 1; SET preserve_insertion_order = true")
        database.execute(
            f"COPY (SELECT {selection} FROM read_json($lines, format = 'newline_delimited', columns = {{{types}}}, "
            f"maximum_object_size = 67108864)) TO '{str(converted).replace(chr(39), chr(39) * 2)}' ({options})",
            {"lines": str(lines)},
        )
