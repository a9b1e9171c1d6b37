"""Documents that hold many records, as APIs answer: their records as JSON lines. Other files are left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from scenario_cli.events.formats import json_text
from scenario_cli.events.formats.json_text import JsonTable
from scenario_cli.events.formats.table import json_path
from scenario_cli.events.mapping import Need
from scenario_cli.events.sources.source import Source
from scenario_cli.events.sql_text import text_literal


def unwrapped(
    con: duckdb.DuckDBPyConnection, table: JsonTable, source: Source, need: Need, workspace: Path
) -> JsonTable | None:
    """A table of the records, if the file holds such documents of that tool and not the records themselves.

    A document that cannot be read counts as one broken line.
    """
    names = set(table.names)
    key = next((key for key in source.wrapped if key in names), None)
    if key is None or any(sign <= names for sign in source.signs):
        return None
    unwrapped_table = _records(con, table, key, source.wrapped[key], need, workspace)
    if unwrapped_table.names and any(sign <= set(unwrapped_table.names) for sign in source.signs):
        return unwrapped_table
    unwrapped_table.file.path.unlink()
    return None


def unwrapped_list(con: duckdb.DuckDBPyConnection, table: JsonTable, need: Need, workspace: Path) -> JsonTable | None:
    """A table of the records, if the file is one document with one list of objects, under any name of the list.

    A file that has our fields itself is left alone.
    """
    if all(field in table.names for field in need.expected()):
        return None
    rows = con.execute(f"SELECT json FROM {json_text.source_sql(table.file, table.layout)} LIMIT 2").fetchall()
    document = json_text.parsed(rows[0][0]) if len(rows) == 1 else None
    if not isinstance(document, dict):
        return None
    lists = [key for key, value in document.items() if isinstance(value, list) and value and isinstance(value[0], dict)]
    if len(lists) != 1:
        return None
    return _records(con, table, lists[0], "item", need, workspace)


def _records(
    con: duckdb.DuckDBPyConnection, table: JsonTable, key: str, record: str, need: Need, workspace: Path
) -> JsonTable:
    """The records under that key as JSON lines; `record` is SQL over `item` and `document`."""
    path = text_literal(json_path(key))
    target = workspace / f"copy-{len(list(workspace.glob('copy-*')))}.jsonl"
    is_list = f"coalesce(json_type(document, {path}), '') = 'ARRAY'"
    documents = f"(SELECT json AS document FROM {json_text.source_sql(table.file, table.layout)})"
    listed = f"unnest(json_extract(json_extract(document, {path}), '$[*]'))"
    items = f"(SELECT document, {listed} AS item FROM {documents} WHERE {is_list})"
    con.execute(
        f"COPY (SELECT CAST({record} AS VARCHAR) FROM {items}"
        f" UNION ALL SELECT 'unreadable document' FROM {documents} WHERE NOT {is_list})"
        f" TO {text_literal(str(target))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
    )
    with target.open("rb") as file:
        head = file.read(1 << 16)
    inner = replace(table.file, path=target, compression="none", head=head, size=target.stat().st_size)
    return json_text.open_table(con, inner, need.expected())
