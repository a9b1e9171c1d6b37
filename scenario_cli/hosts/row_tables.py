"""Rows of a plan as a DuckDB table in memory, with the columns of a plan's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenario_cli.hosts.plan_files import DATABASE_TYPES
from scenario_cli.model.plan_row import COLUMNS

if TYPE_CHECKING:
    import duckdb


def row_table(lines: Path, name: str) -> duckdb.DuckDBPyRelation:
    """The rows of a file of JSON lines, as a table of that name in a database of its own, in their order."""
    import duckdb

    database = duckdb.connect()
    columns = ", ".join(f"'{column.name}': '{DATABASE_TYPES[column.type]}'" for column in COLUMNS)
    database.execute("SET preserve_insertion_order = true")
    database.execute(
        f"CREATE TABLE {name} AS FROM read_json($lines, format = 'newline_delimited', columns = {{{columns}}}, "
        "maximum_object_size = 67108864)",
        {"lines": str(lines)},
    )
    return database.table(name)


def row_values_of(relation: duckdb.DuckDBPyRelation) -> Iterable[Mapping[str, Any]]:
    """The rows of such a table as plain values, those of JSON read."""
    import json

    json_columns = {column.name for column in COLUMNS if column.type == "json"}
    names = relation.columns
    for row in relation.fetchall():
        yield {
            name: json.loads(value) if name in json_columns and value is not None else value
            for name, value in zip(names, row, strict=True)
        }
