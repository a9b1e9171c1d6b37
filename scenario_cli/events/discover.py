"""Which events an export holds, and which properties each may have, before anything is known of it. Keeps no rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from scenario_cli.events.errors import translated
from scenario_cli.events.formats import FORMATS
from scenario_cli.events.formats.json_text import JsonTable
from scenario_cli.events.formats.table import Column, Rows, Table
from scenario_cli.events.inputs import find_files
from scenario_cli.events.mapping import Need, resolve
from scenario_cli.events.staging import readable
from scenario_cli.events.staging_sql import cleaned

# More than this is no catalogue of events but, as a rule, another column that was mistaken for the event's name.
MOST_EVENTS = 200
# Past this the keys of an object are, as a rule, data (an id each) and no properties.
MOST_PROPERTIES = 300


@dataclass(slots=True)
class Found:
    """Rows by event name; by event and property the rows that bear its key; columns, which every event may have."""

    events: Counter[str] = field(default_factory=Counter)
    keys: Counter[tuple[str, str]] = field(default_factory=Counter)
    columns: dict[str, None] = field(default_factory=dict)
    typed: bool = False

    def wanted(self, declared: Mapping[str, Mapping[str, str | None]]) -> dict[str, dict[str, str | None]]:
        """What to read: the most frequent events and all that are declared, each with its properties and their
        declared types (None: any)."""
        names = {name for name, _ in self.events.most_common(MOST_EVENTS)} | set(declared)
        wanted: dict[str, dict[str, str | None]] = {}
        by_event: dict[str, list[str]] = {}
        for (event, key), _ in self.keys.most_common():
            if len(by_event.setdefault(event, [])) < MOST_PROPERTIES:
                by_event[event].append(key)
        for name in names:
            free = {*self.columns, *by_event.get(name, ())} - set(declared.get(name, {}))
            wanted[name] = {**dict.fromkeys(sorted(free)), **declared.get(name, {})}
        return wanted


def discover(con: duckdb.DuckDBPyConnection, given: tuple[str, ...], need: Need, workspace: Path) -> Found:
    """Looks through every file once. `need` names our fields; its mapping also brings in properties by new names.

    Raises ExportError where a file lacks a column that it must have.
    """
    found = Found()
    files, _ = find_files(given, workspace)
    for file in files:
        table = FORMATS[file.format](con, readable(file, workspace, []), need.expected())
        found.typed = found.typed or file.format != "delimited"
        if table.names:
            _look_through(con, table, need, found, workspace)
    fields = (*need.required, *need.optional)
    found.columns.update(dict.fromkeys(name for name in need.mapping if name not in fields))
    return found


def _look_through(con: duckdb.DuckDBPyConnection, table: Table, need: Need, found: Found, workspace: Path) -> None:
    fields = resolve(table, need).fields
    bag = need.mapping.get("properties", "properties")
    spoken_for = {need.mapping.get(name, name) for name in (*need.required, *need.optional)} | {bag}
    spoken_for |= set(need.mapping.values())
    lists = ["json_keys(json)"] if isinstance(table, JsonTable) else []
    # Of JSON the first objects alone are known by name, and a later one may be the first to have it.
    objects = table.column(bag) if bag in table.names or "." in bag else table.optional(bag)
    if objects is not None and objects.kind in ("json", "text"):
        lists.append(_keys(objects))
    if not isinstance(table, JsonTable):
        names = [name for name in table.names if name and name not in spoken_for]
        found.columns.update(dict.fromkeys(name for name in names if not _inside_another(name, names)))
    rows = table.rows()
    try:
        counted = con.execute(_sql(rows, cleaned(fields["event"]), lists)).fetchall()
    except duckdb.Error as error:
        mended = table.mended(workspace, refused=True) if isinstance(error, duckdb.InvalidInputException) else None
        if mended is None:
            raise translated(error, table.file.shown) from None
        counted = con.execute(_sql(mended, cleaned(fields["event"]), lists)).fetchall()
    for event, key, count in sorted(counted, key=lambda row: (-row[2], row[0], row[1] or "")):
        if key is None:
            found.events[event] += count
        elif key not in spoken_for:
            found.keys[event, key] += count


def _keys(objects: Column) -> str:
    """SQL for the keys of the objects in a column; a text may be no JSON at all."""
    is_object = f"left(ltrim({objects.sql}), 1) = '{{'"
    sound = f"{is_object} AND json_valid({objects.sql})" if objects.kind == "text" else is_object
    return f"CASE WHEN {sound} THEN json_keys({objects.sql}) END"


def _inside_another(name: str, names: list[str]) -> bool:
    return "." in name and name.partition(".")[0] in names


def _sql(rows: Rows, event: str, lists: list[str]) -> str:
    """Event names with their rows (key NULL), then their keys. Few combinations of keys occur, so they are
    counted first and taken apart afterwards."""
    keys = "".join(f", {sql} AS keys{number}" for number, sql in enumerate(lists))
    grouped = (
        f"SELECT name{''.join(f', keys{number}' for number in range(len(lists)))}, count(*) AS n FROM"
        f" (SELECT {event} AS name{keys} FROM {rows.relation} AS source WHERE NOT {rows.broken})"
        " WHERE name IS NOT NULL GROUP BY ALL"
    )
    parts = ["SELECT name, NULL AS key, sum(n)::BIGINT FROM grouped GROUP BY name"]
    parts += [
        f"SELECT name, key, sum(n)::BIGINT FROM (SELECT name, unnest(keys{number}) AS key, n FROM grouped)"
        " GROUP BY name, key"
        for number in range(len(lists))
    ]
    return f"WITH grouped AS MATERIALIZED ({grouped}) {' UNION ALL '.join(parts)}"
