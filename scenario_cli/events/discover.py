"""Finds the events of an unknown export, and the properties that each may have. Keeps no rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import duckdb

from scenario_cli.events.casts import text_sql
from scenario_cli.events.errors import translated
from scenario_cli.events.formats.table import Column, Rows, Table
from scenario_cli.events.inputs import find_files
from scenario_cli.events.mapping import Need
from scenario_cli.events.opening import Opened, open_all
from scenario_cli.events.parts import Part
from scenario_cli.events.sources.places import ValuePaths, generic_places, source_places
from scenario_cli.events.sql_text import text_literal
from scenario_cli.events.staging_sql import cleaned
from scenario_cli.events.together import groups

# More names than this are, as a rule, another column that was mistaken for the event's name.
MOST_EVENTS = 200
# Past this the keys of an object are, as a rule, data (an id each) and no properties.
MOST_PROPERTIES = 300
# Different names in the whole export: a query that reads more of them takes longer to plan than to run.
MOST_NAMES = 500
# More keys of one event than this are counted, and not told apart.
_MOST_KEYS = 5_000
# A table with fewer columns is not counted through: each column may belong to each event.
_FEW_COLUMNS = 50
# Columns that one query counts: more of them at once do not fit into the memory set aside.
_COUNTED_AT_ONCE = 1_000
# Files up to so many bytes, and groups of them, that one query looks through.
_SMALL, _AT_ONCE = 64 << 20, 50

# The name of an event, a key of it, rows, whether the key is one of the row itself, and how many keys there are.
_Counted = tuple[str, str | None, int, bool, int]

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
    """Rows by event name; by event and property the rows that may bear it; columns, which may be empty.

    `files` are the names that each file may hold, by the file as it is shown. `mapped` are properties that every
    event may have. `beyond` counts keys by event that are too many to be told apart. `typed`: whether the files give
    values types of their own, as CSV does not; `own_clock`: whether all are of tools whose clock is known.
    """

    events: Counter[str] = field(default_factory=Counter)
    keys: Counter[tuple[str, str]] = field(default_factory=Counter)
    columns: dict[str, None] = field(default_factory=dict)
    mapped: dict[str, None] = field(default_factory=dict)
    files: dict[str, set[str]] = field(default_factory=dict)
    beyond: Counter[str] = field(default_factory=Counter)
    typed: bool = False
    own_clock: bool = True

    def wanted(self, declared: Mapping[str, Mapping[str, str | None]]) -> Wanted:
        """The most frequent events and all that are declared, each with its most frequent properties and those that
        are declared, with their declared types (None: any)."""
        names = {name for name, _ in self.events.most_common(MOST_EVENTS)} | set(declared)
        by_event: dict[str, list[str]] = {name: [] for name in names}
        for (event, key), _ in sorted(self.keys.items(), key=lambda pair: -pair[1]):
            if event in names and key not in self.mapped:
                by_event[event].append(key)
        chosen = _chosen(by_event)
        properties: dict[str, dict[str, str | None]] = {}
        more: dict[str, int] = {}
        cut: set[str] = set()
        for name in names:
            known = declared.get(name, {})
            left = [key for key in by_event[name] if key not in chosen[name] and key not in known]
            cut.update(left)
            more[name] = len(left) + self.beyond[name]
            free = {*self.mapped, *chosen[name]} - set(known)
            properties[name] = {**dict.fromkeys(sorted(free)), **known}
        known_names = {name for event in declared.values() for name in event}
        held = {} if self.beyond else {file: frozenset(names | known_names) for file, names in self.files.items()}
        return Wanted(properties, more, frozenset(cut), held)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read: events with their properties. `more` counts by event the properties that are left out, and `cut`
    has the names of those. `held` are the properties to look for in each file."""

    properties: Mapping[str, Mapping[str, str | None]]
    more: Mapping[str, int]
    cut: frozenset[str]
    held: Mapping[str, frozenset[str]]


def _chosen(by_event: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """The properties to look into: of each event the most frequent first, until there are too many names."""
    names: set[str] = set()
    chosen: dict[str, set[str]] = {event: set() for event in by_event}
    longest = max(map(len, by_event.values()), default=0)
    for rank in range(min(longest, MOST_PROPERTIES)):
        for event in sorted(by_event):
            key = by_event[event][rank] if rank < len(by_event[event]) else None
            if key is not None and (key in names or len(names) < MOST_NAMES):
                names.add(key)
                chosen[event].add(key)
    return chosen


def discover(con: duckdb.DuckDBPyConnection, parts: Iterable[Part], workspace: Path) -> Found:
    """Looks through every file of the log, or of the contacts table. The mapping of a part also brings in properties
    by new names.

    Raises ExportError where a file lacks a column that it must have.
    """
    found = Found()
    for macro in _MACROS:
        con.execute(macro)
    for part in parts:
        files, _ = find_files(part.given, workspace, part.query, part.access)
        every = open_all(con, files, part.need, part.source, workspace, [])
        for opened in every:
            found.typed = found.typed or opened.table.file.format != "delimited"
            found.own_clock = found.own_clock and opened.source is not None and not part.options.timezone_stated
        filled = [(opened.table.file.shown, opened) for opened in every if opened.table.names]
        fields = (*part.need.required, *part.need.optional)
        mapped = dict.fromkeys(name for name in part.need.mapping if name not in fields)
        alike = list(_alike([opened for _, opened in filled], [name for name, _ in filled], part.need))
        counts = _counted_together(con, [group for _, group in alike])
        for number, (shown, group) in enumerate(alike):
            if number in counts:
                names = _add(con, group, None, counts[number], found)
            else:
                names = _look_through(con, group, part.need, found, workspace)
            for name in shown:
                found.files.setdefault(name, set()).update(names, mapped)
        found.mapped.update(mapped)
    found.columns.update(found.mapped)
    return found


@dataclass(frozen=True, slots=True)
class _Group:
    """Files that one query reads, with the places of their properties."""

    opened: tuple[Opened, ...]
    places: ValuePaths


def _alike(opened: Sequence[Opened], shown: Sequence[str], need: Need) -> Iterator[tuple[list[str], _Group]]:
    """The files in groups, in order, with their names."""
    places = [
        generic_places(each.table, need) if each.source is None else source_places(each.table, need, each.source)
        for each in opened
    ]
    for numbers in groups(opened):
        for _, run in groupby(numbers, key=lambda number: places[number]):
            same = list(run)
            yield [shown[number] for number in same], _Group(tuple(opened[n] for n in same), places[same[0]])


def _look_through(con: duckdb.DuckDBPyConnection, group: _Group, need: Need, found: Found, workspace: Path) -> set[str]:
    """Counts what the files hold, and gives the names of their properties."""
    first, places = group.opened[0], group.places
    if len(group.opened) > 1:
        try:
            return _count(con, first, _rows_of(group), places, found)
        except duckdb.Error:
            names: set[str] = set()
            for each in group.opened:
                names |= _look_through(con, _Group((each,), places), need, found, workspace)
            return names
    try:
        return _count(con, first, first.table.rows(), places, found)
    except duckdb.Error as error:
        refused = isinstance(error, duckdb.InvalidInputException)
        mended = first.table.mended(workspace, refused=True) if refused else None
        if mended is None:
            raise translated(error, first.table.file.shown) from None
        return _count(con, first, mended, places, found)


def _counted_together(con: duckdb.DuckDBPyConnection, groups_: Sequence[_Group]) -> dict[int, list[_Counted]]:
    """What small files without objects hold, by the number of their group, asked in one query for many; nothing of
    those among which one holds a broken line."""
    asked = []
    for number, group in enumerate(groups_):
        places, files = group.places, [each.table.file for each in group.opened]
        with_keys = places.rows or places.objects or places.pairs
        if not with_keys and len(places.columns) <= _FEW_COLUMNS and sum(file.size for file in files) <= _SMALL:
            asked.append((number, _names_sql(_rows_of(group), group.opened[0].found.fields["event"], number)))
    found: dict[int, list[_Counted]] = {}
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        if len(some) > 1:
            found |= _asked_together(con, some)
    return found


def _asked_together(con: duckdb.DuckDBPyConnection, asked: Sequence[tuple[int, str]]) -> dict[int, list[_Counted]]:
    try:
        counted = con.execute(" UNION ALL ".join(query for _, query in asked)).fetchall()
    except duckdb.Error:
        if len(asked) == 1:
            return {}
        half = len(asked) // 2
        return _asked_together(con, asked[:half]) | _asked_together(con, asked[half:])
    found: dict[int, list[_Counted]] = {number: [] for number, _ in asked}
    for number, *row in counted:
        found[number].append(tuple(row))
    return found


def _rows_of(group: _Group) -> Rows:
    table = group.opened[0].table
    return table.rows_of([each.table.file for each in group.opened], 0) if len(group.opened) > 1 else table.rows()


def _names_sql(rows: Rows, event: Column, number: int) -> str:
    """Event names with their rows, as `_keys_sql` gives them, behind the number of the group."""
    return (
        f"SELECT {number}, name, NULL, count(*), false, 0 FROM (SELECT {cleaned(Column('raw_name', 'text'))} AS name"
        f" FROM (SELECT {text_sql(event.kind, event.sql)} AS raw_name FROM {rows.relation} AS source"
        f" WHERE NOT {rows.broken})) WHERE name IS NOT NULL GROUP BY name"
    )


def _count(con: duckdb.DuckDBPyConnection, opened: Opened, rows: Rows, places: ValuePaths, found: Found) -> set[str]:
    """Adds the events and keys of these rows. Asks all before it adds anything: a query may be refused."""
    event = opened.found.fields["event"]
    counted = con.execute(_keys_sql(rows, event, places)).fetchall()
    return _add(con, _Group((opened,), places), rows, counted, found)


def _add(
    con: duckdb.DuckDBPyConnection, group: _Group, rows: Rows | None, counted: Sequence[_Counted], found: Found
) -> set[str]:
    """Adds what was counted; a table of many columns is counted through, if there are `rows`."""
    opened, places = group.opened[0], group.places
    events = {name: count for name, key, count, _, _ in counted if key is None}
    columns = tuple(name for name in places.columns if name not in places.fields)
    frequent = [name for name, _ in Counter(events).most_common(MOST_EVENTS)]
    filled = _filled(con, opened, rows, columns, frequent) if rows else None
    names = set(columns)
    found.events.update(events)
    found.columns.update(dict.fromkeys(columns))
    for name, key, count, of_row, number in sorted(counted, key=lambda row: (-row[2], row[0], row[1] or "")):
        if key is None or (of_row and key in places.fields):
            continue
        found.keys[name, key] += count
        names.add(key)
        if number > _MOST_KEYS:
            found.beyond[name] = max(found.beyond[name], number - _MOST_KEYS)
    for name in frequent:
        for column in columns:
            count = events[name] if filled is None else filled.get((name, column), events[name])
            if count:
                found.keys[name, column] += count
    return names


def _filled(
    con: duckdb.DuckDBPyConnection, opened: Opened, rows: Rows, columns: Sequence[str], events: Sequence[str]
) -> dict[tuple[str, str], int] | None:
    """By event and column the rows with something in it; None for a table with few columns."""
    if len(columns) <= _FEW_COLUMNS or not events:
        return None
    prefix = opened.source.prefix if opened.source else ""
    places = [(name, sql) for name in columns if (sql := _sql_of(opened.table, prefix + name))]
    name = cleaned(Column("raw_event_name", "text"))
    event = opened.found.fields["event"]
    listed = ", ".join(text_literal(event) for event in events)
    found: dict[tuple[str, str], int] = {}
    for start in range(0, len(places), _COUNTED_AT_ONCE):
        some = places[start : start + _COUNTED_AT_ONCE]
        counts = "".join(f", count({sql})" for _, sql in some)
        query = (
            f"SELECT {name} AS scenario_name{counts} FROM"
            f" (SELECT *, {text_sql(event.kind, event.sql)} AS raw_event_name"
            f" FROM {rows.relation} AS source WHERE NOT {rows.broken}) WHERE {name} IN ({listed}) GROUP BY 1"
        )
        for event_name, *counted in con.execute(query).fetchall():
            found.update(((event_name, column), count) for (column, _), count in zip(some, counted, strict=True))
    return found


def _sql_of(table: Table, name: str) -> str | None:
    column = table.optional(name)
    return column.sql if column is not None else None


def _keys_sql(rows: Rows, event: Column, places: ValuePaths) -> str:
    """Event names with their rows (key NULL), then their most frequent keys, each with the number of all of them. Few
    combinations of keys occur, so they are counted first and taken apart afterwards."""
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
    parts = ["SELECT name, NULL AS key, sum(n)::BIGINT, false, 0 FROM grouped WHERE name IS NOT NULL GROUP BY name"]
    parts += [
        f"SELECT name, key, count, {number < len(places.rows)}, keys FROM (SELECT name, key, sum(n)::BIGINT AS count,"
        " count(*) OVER (PARTITION BY name) AS keys,"
        " row_number() OVER (PARTITION BY name ORDER BY sum(n) DESC, key) AS place FROM"
        f" (SELECT name, unnest(keys{number}) AS key, n FROM grouped)"
        f" WHERE name IS NOT NULL AND key IS NOT NULL GROUP BY name, key) WHERE place <= {_MOST_KEYS}"
        for number in range(len(lists))
    ]
    return f"WITH grouped AS MATERIALIZED ({grouped}) {' UNION ALL '.join(parts)}"
