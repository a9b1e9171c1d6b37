"""Tables of a tool's warehouse, which are told apart by the names of their files. Reads no rows."""

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
    """What is known of the tool's tables, where the file is one of them and no list of the tool's records."""
    known = source.tables
    return known if known is not None and not known.raw & set(table.names) else None


def event_place(table: Table, source: Source) -> ValuePath:
    """The event's name in each row, or for all rows in the name of the file."""
    known = tables_of(table, source)
    if known is None:
        return source.event
    named = names_of(known.event)
    if any(name in table.names for name in named):
        return known.event
    call = named_after(table.file.shown, known.calls)
    return Sql(f"'{known.calls[call]}'") if call else known.event


def left_out(table: Table, source: Source) -> str | None:
    """What a table without events holds and how to use it; None for any other table."""
    known = tables_of(table, source)
    name = named_after(table.file.shown, known.others) if known else None
    return known.others[name].format(file=table.file.shown) if known and name else None


def named_after(shown: str, names: Iterable[str]) -> str | None:
    """The table whose name stands in that of the file, or of the folder around files without a name.

    >>> [named_after(path, ["users"]) for path in ("x/prod_users.csv.gz", "users/part-0.parquet", "users/orders.csv")]
    ['users', 'users', None]
    """
    path = PurePath(shown)
    for endings in (COMPRESSIONS, SUFFIXES):
        path = path.with_suffix("") if path.suffix.lower() in endings else path
    for name in (path.name, *(parent.name for parent in path.parents)):
        found = next((each for each in names if re.search(rf"(?<![a-z]){each}(?![a-z])", name.lower())), None)
        if found or not _NAMELESS.fullmatch(name):
            return found
    return None


def names_of(place: ValuePath) -> tuple[str, ...]:
    """The columns that a place names."""
    return tuple(re.findall(r"\{([^{}]+)\}", place.template)) if isinstance(place, Sql) else place
