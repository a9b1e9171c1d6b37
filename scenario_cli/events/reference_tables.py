"""Reference tables (CSV, TSV or Parquet) as rows by key. Knows nothing of what they are looked up for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from scenario_cli.events.database import CONFINED, confine
from scenario_cli.events.errors import ExportError, translated
from scenario_cli.model.project import Table

TableRow = tuple[Any, Any, dict[str, Any]]


@contextmanager
def opened(tables: Iterable[Table]) -> Iterator[Callable[[Table], Iterator[TableRow]]]:
    """A function that reads one of the tables: each row as its key (a tuple where the table has several), the date-time
    from which it is valid (None: always), and its values.

    Dates come as texts; an empty field is a missing value and left out. Raises `ExportError` where the file cannot
    be read or has no such column.
    """
    with duckdb.connect(config=CONFINED) as con:
        confine(con, sorted({str(_path(table)) for table in tables}))
        yield partial(_rows, con)


def _rows(con: duckdb.DuckDBPyConnection, table: Table) -> Iterator[TableRow]:
    path = _path(table)
    reader = "read_parquet" if path.suffix.lower() in (".parquet", ".pq") else "read_csv"
    try:
        result = con.execute(f"SELECT * FROM {reader}(?)", [str(path)])
        columns = [str(column[0]) for column in result.description]
        for needed in (*table.keys, *([table.valid_from] if table.valid_from else [])):
            if needed not in columns:
                raise ExportError(f"table '{table.name}' has no column '{needed}'", f"columns: {', '.join(columns)}")
        while batch := result.fetchmany(4_096):
            for values in batch:
                row = {
                    name: _plain_value(value) for name, value in zip(columns, values, strict=True) if value is not None
                }
                key = tuple(map(row.get, table.keys)) if table.more_keys else row.get(table.key)
                yield key, row.get(table.valid_from), row
    except duckdb.Error as error:
        raise translated(error, f"table '{table.name}' ({path.name})") from None


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
