"""Documents that hold many records, as APIs answer: their records as JSON lines. Other files are left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from scenario_cli.events.formats import json_text
from scenario_cli.events.formats.json_text import JsonTable
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
    target = workspace / f"copy-{len(list(workspace.glob('copy-*')))}.jsonl"
    is_list = f"coalesce(json_type(document, '$.\"{key}\"'), '') = 'ARRAY'"
    documents = f"(SELECT json AS document FROM {json_text.source_sql(table.file, table.layout)})"
    items = (
        f"(SELECT document, unnest(json_extract(document, '$.\"{key}\"[*]')) AS item FROM {documents} WHERE {is_list})"
    )
    con.execute(
        f"COPY (SELECT CAST({source.wrapped[key]} AS VARCHAR) FROM {items}"
        f" UNION ALL SELECT 'unreadable document' FROM {documents} WHERE NOT {is_list})"
        f" TO {text_literal(str(target))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
    )
    with target.open("rb") as file:
        head = file.read(1 << 16)
    inner = replace(table.file, path=target, compression="none", head=head, size=target.stat().st_size)
    found = json_text.open_table(con, inner, need.expected())
    if found.names and any(sign <= set(found.names) for sign in source.signs):
        return found
    target.unlink()
    return None
