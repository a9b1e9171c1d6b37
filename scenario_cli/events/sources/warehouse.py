"""Tables of a tool's warehouse, which are distinguished by the names of their files. Reads no rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from scenario_cli.events.formats.table import Table
from scenario_cli.events.inputs import COMPRESSIONS, SUFFIXES
from scenario_cli.events.sources.source import Source, Sql, Tables, ValuePath

# A name without letters of its own, as a query engine gives it: `part-00000-3f.c000`, `data_0_0_0`, `date=2025-03-01`.
_NAMELESS = re.compile(r"(?:(?:part|data|file|run)\b.*|[\d_.-]*|\w+=.*)", re.IGNORECASE)


def tables_of(table: Table, source: Source) -> Tables | None:
    """The tool's tables, if the file is one of them and no list of the tool's records."""
    tables = source.tables
    return tables if tables is not None and not tables.raw & set(table.names) else None


def event_place(table: Table, source: Source) -> ValuePath:
    """The event's name in each row, or for all rows in the name of the file."""
    tables = tables_of(table, source)
    if tables is None:
        return source.event
    columns = names_of(tables.event)
    if any(name in table.names for name in columns):
        return tables.event
    call = named_after(table.file.label, tables.calls)
    return Sql(f"'{tables.calls[call]}'") if call else tables.event


def note_on_unread(table: Table, source: Source) -> str | None:
    """The content and use of a table without events; None for any other table."""
    tables = tables_of(table, source)
    name = named_after(table.file.label, tables.others) if tables else None
    return tables.others[name].format(file=table.file.label) if tables and name else None


def named_after(label: str, names: Iterable[str]) -> str | None:
    """The table whose name is part of the file's name, or of the folder's name for files without one.

    >>> [named_after(path, ["users"]) for path in ("x/prod_users.csv.gz", "users/part-0.parquet", "users/orders.csv")]
    ['users', 'users', None]
    """
    path = PurePath(label)
    for endings in (COMPRESSIONS, SUFFIXES):
        path = path.with_suffix("") if path.suffix.lower() in endings else path
    for name in (path.name, *(parent.name for parent in path.parents)):
        match = next(
            (candidate for candidate in names if re.search(rf"(?<![a-z]){candidate}(?![a-z])", name.lower())), None
        )
        if match or not _NAMELESS.fullmatch(name):
            return match
    return None


def names_of(path: ValuePath) -> tuple[str, ...]:
    """The columns that a place names."""
    return tuple(re.findall(r"\{([^{}]+)\}", path.template)) if isinstance(path, Sql) else path
