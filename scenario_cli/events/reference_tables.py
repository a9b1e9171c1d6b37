"""Reference tables (CSV, TSV or Parquet) as rows by key. Does not know their use."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from scenario_cli.events.database import CONFINED, confine
from scenario_cli.events.errors import ExportError, translated
from scenario_cli.model.project import Table

TableRow = tuple[Any, Any, dict[str, Any]]

# Columns, and rows as their values by column.
Content = tuple[list[str], list[dict[str, Any]]]


@contextmanager
def opened(tables: Iterable[Table]) -> Iterator[Callable[[Table], Iterator[TableRow]]]:
    """A function that reads one of the tables: each row as its key (a tuple if the table has several), the date-time
    from which it is valid (None: always), and its values, which must not be changed.

    Dates come as texts; an empty field is a missing value and left out. Raises `ExportError` if the file cannot be read
    or the column does not exist.
    """
    with ExitStack() as connections:

        @cache
        def connection() -> duckdb.DuckDBPyConnection:
            con = connections.enter_context(duckdb.connect(config=CONFINED))
            confine(con, sorted({str(_path(table)) for table in tables}))
            return con

        yield lambda table: _keyed(table, *_content(table, connection))


def _keyed(table: Table, columns: list[str], rows: list[dict[str, Any]]) -> Iterator[TableRow]:
    for needed in (*table.keys, *([table.valid_from] if table.valid_from else [])):
        if needed not in columns:
            raise ExportError(f"table '{table.name}' has no column '{needed}'", f"columns: {', '.join(columns)}")
    for row in rows:
        key = tuple(map(row.get, table.keys)) if table.more_keys else row.get(table.key)
        yield key, row.get(table.valid_from), row


# The columns and rows of small files: a command reads its tables for each thing that it calculates.
_contents: OrderedDict[tuple[str, str], Content] = OrderedDict()
_MOST_CONTENTS, _MOST_BYTES = 32, 1 << 20


def _content(table: Table, connection: Callable[[], duckdb.DuckDBPyConnection]) -> Content:
    """The columns and rows of a table; a small file is read once, under all its names."""
    path = _path(table)
    is_small = path.is_file() and path.stat().st_size <= _MOST_BYTES
    key = ("".join(path.suffixes), sha256(path.read_bytes()).hexdigest()) if is_small else None
    if key is not None and key in _contents:
        return _contents[key]
    try:
        content = _read(connection(), path)
    except duckdb.Error as error:
        raise translated(error, f"table '{table.name}' ({path.name})") from None
    if key is not None:
        _contents[key] = content
        if len(_contents) > _MOST_CONTENTS:
            _contents.popitem(last=False)
    return content


def _read(con: duckdb.DuckDBPyConnection, path: Path) -> Content:
    reader = "read_parquet" if path.suffix.lower() in (".parquet", ".pq") else "read_csv"
    result = con.execute(f"SELECT * FROM {reader}(?)", [str(path)])
    columns = [str(column[0]) for column in result.description]
    rows: list[dict[str, Any]] = []
    while batch := result.fetchmany(4_096):
        for values in batch:
            filled = ((name, value) for name, value in zip(columns, values, strict=True) if value is not None)
            rows.append({name: _plain_value(value) for name, value in filled})
    return columns, rows


def _path(table: Table) -> Path:
    return Path(table.stored or table.file)


def _plain_value(value: Any) -> Any:
    """A value as expressions know it: dates as texts, exact numbers as numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain_value(element) for element in value]
    if isinstance(value, dict):
        return {name: _plain_value(element) for name, element in value.items()}
    return value if isinstance(value, str | int | float | bool) else str(value)
