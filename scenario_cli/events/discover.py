"""Finds the events of an unknown export, and the properties that each may have. Keeps no rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from scenario_cli.events.casts import text_sql
from scenario_cli.events.errors import translated
from scenario_cli.events.formats.table import Column, Rows
from scenario_cli.events.inputs import find_files
from scenario_cli.events.mapping import Need
from scenario_cli.events.opening import Opened, open_all
from scenario_cli.events.parts import Part
from scenario_cli.events.sources.places import ValuePaths, generic_places, source_places
from scenario_cli.events.staging_sql import cleaned

# More names than this are, as a rule, another column that was mistaken for the event's name.
MOST_EVENTS = 200
# Past this the keys of an object are, as a rule, data (an id each) and no properties.
MOST_PROPERTIES = 300
_MOST_FILES = 500  # in one query

_MACROS = (
    # An object may stand in a text, also in one inside JSON; whatever else is there has no keys.
    "CREATE OR REPLACE TEMP MACRO unwrapped(t) AS CASE WHEN left(t, 1) = '\"' THEN json_extract_string(t, '$')"
    " ELSE t END",
    "CREATE OR REPLACE TEMP MACRO keys_of(t) AS CASE WHEN left(ltrim(unwrapped(t)), 1) = '{' AND"
    " json_valid(unwrapped(t)) THEN json_keys(unwrapped(t)) END",
    # GA4 writes its parameters as lists of pairs.
    "CREATE OR REPLACE TEMP MACRO pair_keys_of(t) AS CASE WHEN left(ltrim(t), 1) = '[' AND json_valid(t)"
    " THEN json_extract_string(t, '$[*].key') END",
)


@dataclass(slots=True)
class Found:
    """Rows by event name; by event and property the rows that bear its key; columns, which every event may have.

    `typed`: whether the files give values types of their own, as CSV does not; `own_clock`: whether all are of tools
    whose clock is known.
    """

    events: Counter[str] = field(default_factory=Counter)
    keys: Counter[tuple[str, str]] = field(default_factory=Counter)
    columns: dict[str, None] = field(default_factory=dict)
    typed: bool = False
    own_clock: bool = True

    def cut(self) -> str | None:
        """A note about columns and keys past those that are looked at."""
        keys = Counter(event for event, _ in self.keys)
        more = max(len(self.columns), max(keys.values(), default=0)) - MOST_PROPERTIES
        if more <= 0:
            return None
        return f"{MOST_PROPERTIES} properties of an event are looked at, and {more:,} more are not: are keys data?"

    def wanted(self, declared: Mapping[str, Mapping[str, str | None]]) -> dict[str, dict[str, str | None]]:
        """The events to read: the most frequent events and all that are declared, each with its properties and their
        declared types (None: any)."""
        names = {name for name, _ in self.events.most_common(MOST_EVENTS)} | set(declared)
        wanted: dict[str, dict[str, str | None]] = {}
        by_event: dict[str, list[str]] = {}
        for (event, key), _ in self.keys.most_common():
            if len(by_event.setdefault(event, [])) < MOST_PROPERTIES:
                by_event[event].append(key)
        for name in names:
            free = {*list(self.columns)[:MOST_PROPERTIES], *by_event.get(name, ())} - set(declared.get(name, {}))
            wanted[name] = {**dict.fromkeys(sorted(free)), **declared.get(name, {})}
        return wanted


def discover(con: duckdb.DuckDBPyConnection, parts: Iterable[Part], workspace: Path) -> Found:
    """Looks through every file of the log, or of the contacts table, once. The mapping of a part also brings in
    properties by new names.

    Raises ExportError where a file lacks a column that it must have.
    """
    found = Found()
    for macro in _MACROS:
        con.execute(macro)
    for part in parts:
        files, _ = find_files(part.given, workspace, part.query, part.bounds)
        all_opened = open_all(con, files, part.need, part.source, workspace, [])
        for opened in all_opened:
            found.typed = found.typed or opened.table.file.format != "delimited"
            found.own_clock = found.own_clock and opened.source is not None and not part.options.timezone_stated
        for alike in _groups(opened for opened in all_opened if opened.table.names):
            _look_through(con, alike, part.need, found, workspace)
        fields = (*part.need.required, *part.need.optional)
        found.columns.update(dict.fromkeys(name for name in part.need.mapping if name not in fields))
    return found


def _groups(opened: Iterable[Opened]) -> list[list[Opened]]:
    """Files of one shape with the same columns, which are looked through in one query."""
    found: dict[object, list[Opened]] = {}
    for number, each in enumerate(opened):
        table = each.table
        key = (table.shape, table.names, each.source and each.source.name, str(each.found.fields))
        found.setdefault(number if table.shape is None else key, []).append(each)
    return [
        group[start : start + _MOST_FILES] for group in found.values() for start in range(0, len(group), _MOST_FILES)
    ]


def _look_through(
    con: duckdb.DuckDBPyConnection, alike: list[Opened], need: Need, found: Found, workspace: Path
) -> None:
    opened = alike[0]
    table, source = opened.table, opened.source
    places = generic_places(table, need) if source is None else source_places(table, need, source)
    found.columns.update(dict.fromkeys(name for name in places.columns if name not in places.fields))
    event = opened.found.fields["event"]
    several = len(alike) > 1
    rows = table.rows_of([each.table.file for each in alike], 0) if several else table.rows()
    try:
        counted = con.execute(_sql(rows, event, places)).fetchall()
    except duckdb.Error as error:
        if several:
            for each in alike:
                _look_through(con, [each], need, found, workspace)
            return
        mended = table.mended(workspace, refused=True) if isinstance(error, duckdb.InvalidInputException) else None
        if mended is None:
            raise translated(error, table.file.shown) from None
        counted = con.execute(_sql(mended, event, places)).fetchall()
    for name, key, count, of_row in sorted(counted, key=lambda row: (-row[2], row[0], row[1] or "")):
        if key is None:
            found.events[name] += count
        elif not of_row or key not in places.fields:
            found.keys[name, key] += count


def _sql(rows: Rows, event: Column, places: ValuePaths) -> str:
    """Event names with their rows (key NULL), then their keys. Few combinations of keys occur, so they are
    counted first and taken apart afterwards."""
    lists = [
        *places.rows,
        *(f"keys_of({sql})" for sql in places.objects),
        *(f"pair_keys_of({sql})" for sql in places.pairs),
    ]
    keys = "".join(f", {sql} AS keys{number}" for number, sql in enumerate(lists))
    named = "".join(f", keys{number}" for number in range(len(lists)))
    grouped = (
        f"SELECT {cleaned(Column('raw_name', 'text'))} AS name{named}, count(*) AS n FROM"
        f" (SELECT {text_sql(event.kind, event.sql)} AS raw_name{keys} FROM {rows.relation} AS source"
        f" WHERE NOT {rows.broken}) GROUP BY ALL"
    )
    parts = ["SELECT name, NULL AS key, sum(n)::BIGINT, false FROM grouped WHERE name IS NOT NULL GROUP BY name"]
    parts += [
        f"SELECT name, key, sum(n)::BIGINT, {number < len(places.rows)} FROM"
        f" (SELECT name, unnest(keys{number}) AS key, n FROM grouped)"
        " WHERE name IS NOT NULL AND key IS NOT NULL GROUP BY name, key"
        for number in range(len(lists))
    ]
    return f"WITH grouped AS MATERIALIZED ({grouped}) {' UNION ALL '.join(parts)}"
