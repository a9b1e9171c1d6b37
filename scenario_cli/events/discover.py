"""Finds the events of an unknown export, and the properties that each can have. Keeps no rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import duckdb

from scenario_cli.events.casts import text_sql
from scenario_cli.events.errors import Faults, translated
from scenario_cli.events.file_groups import groups
from scenario_cli.events.formats.table import Column, Rows, Table
from scenario_cli.events.inputs import find_files
from scenario_cli.events.mapping import Need
from scenario_cli.events.opening import Opened, open_all
from scenario_cli.events.parts import Part
from scenario_cli.events.sources.places import ValuePaths, generic_places, source_places
from scenario_cli.events.sql_text import text_literal
from scenario_cli.events.staging_sql import cleaned

# More names than this usually mean that another column was mistaken for the event's name.
MOST_EVENTS = 200
# With more keys than this, the keys of an object are usually data (an id each) and no properties.
MOST_PROPERTIES = 300
# Different names in the whole export: a query that reads more of them takes longer to plan than to run.
MOST_NAMES = 500
# More keys of one event than this are counted, and not distinguished.
_MOST_KEYS = 5_000
# A table with fewer columns is not counted through: each column can belong to each event.
_FEW_COLUMNS = 50
# Columns that one query counts: more of them at once do not fit into the memory set aside.
_COUNTED_AT_ONCE = 1_000
# Files up to so many bytes, and groups of them, that one query looks through.
_SMALL, _AT_ONCE = 64 << 20, 50

# The name of an event, a key of it, rows, whether the key is one of the row itself, and how many keys there are.
_KeyCount = tuple[str, str | None, int, bool, int]

_MACROS = (
    # An object can be in a text, also in a text inside JSON; other values have no keys.
    "CREATE OR REPLACE TEMP MACRO unwrapped(t) AS CASE WHEN left(t, 1) = '\"' THEN json_extract_string(t, '$')"
    " ELSE t END",
    "CREATE OR REPLACE TEMP MACRO keys_of(t) AS CASE WHEN left(ltrim(unwrapped(t)), 1) = '{' AND"
    " json_valid(unwrapped(t)) THEN json_keys(unwrapped(t)) END",
    # GA4 writes its parameters as lists of pairs.
    "CREATE OR REPLACE TEMP MACRO pair_keys_of(t) AS CASE WHEN left(ltrim(t), 1) = '[' AND json_valid(t)"
    " THEN json_extract_string(t, '$[*].key') END",
)


@dataclass(slots=True)
class Discovery:
    """Rows by event name; by event and property the rows that can have it; columns, which can be empty.

    `files` are the names that each file can hold, by its label. `mapped` are properties that every event can have.
    `surplus_keys` counts by event the keys past the limit. `typed`: the files give their values types, unlike CSV;
    `own_clock`: all files come from tools whose clock is known.
    """

    events: Counter[str] = field(default_factory=Counter)
    keys: Counter[tuple[str, str]] = field(default_factory=Counter)
    columns: dict[str, None] = field(default_factory=dict)
    mapped: dict[str, None] = field(default_factory=dict)
    files: dict[str, set[str]] = field(default_factory=dict)
    surplus_keys: Counter[str] = field(default_factory=Counter)
    typed: bool = False
    own_clock: bool = True

    def selection(self, declared: Mapping[str, Mapping[str, str | None]]) -> Selection:
        """The most frequent and all declared events, each with its most frequent and all declared properties.

        Declared properties have their declared types (None: any).
        """
        names = {name for name, _ in self.events.most_common(MOST_EVENTS)} | set(declared)
        by_event: dict[str, list[str]] = {name: [] for name in names}
        for (event, key), _ in sorted(self.keys.items(), key=lambda pair: -pair[1]):
            if event in names and key not in self.mapped:
                by_event[event].append(key)
        selected = _selected_keys(by_event)
        properties: dict[str, dict[str, str | None]] = {}
        omitted_counts: dict[str, int] = {}
        cut: set[str] = set()
        for name in names:
            declared_types = declared.get(name, {})
            omitted = [key for key in by_event[name] if key not in selected[name] and key not in declared_types]
            cut.update(omitted)
            omitted_counts[name] = len(omitted) + self.surplus_keys[name]
            free = {*self.mapped, *selected[name]} - set(declared_types)
            properties[name] = {**dict.fromkeys(sorted(free)), **declared_types}
        known_names = {name for event in declared.values() for name in event}
        properties_by_file = (
            {} if self.surplus_keys else {file: frozenset(names | known_names) for file, names in self.files.items()}
        )
        return Selection(properties, omitted_counts, frozenset(cut), properties_by_file)


@dataclass(frozen=True, slots=True)
class Selection:
    """The events and properties to read. `more` counts by event the properties that are left out, and `cut` has their
    names. `properties_by_file` are the properties to look for in each file.
    """

    properties: Mapping[str, Mapping[str, str | None]]
    more: Mapping[str, int]
    cut: frozenset[str]
    properties_by_file: Mapping[str, frozenset[str]]


def _selected_keys(by_event: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """The properties to read: the most frequent of each event first, up to the limit of names."""
    names: set[str] = set()
    selected: dict[str, set[str]] = {event: set() for event in by_event}
    longest = max(map(len, by_event.values()), default=0)
    for rank in range(min(longest, MOST_PROPERTIES)):
        for event in sorted(by_event):
            key = by_event[event][rank] if rank < len(by_event[event]) else None
            if key is not None and (key in names or len(names) < MOST_NAMES):
                names.add(key)
                selected[event].add(key)
    return selected


def discover(con: duckdb.DuckDBPyConnection, parts: Iterable[Part], workspace: Path) -> Discovery:
    """Looks through every file of the log, or of the contacts table. The mapping of a part also brings in properties
    by new names.

    Raises ExportError if a file lacks a column that it must have.
    """
    discovery = Discovery()
    for macro in _MACROS:
        con.execute(macro)
    for part in parts:
        faults = Faults()
        files, _ = find_files(part.sources, workspace, part.query, part.access, faults)
        opened_files = open_all(con, files, part.need, part.source, workspace, [], faults)
        for opened in opened_files:
            discovery.typed = discovery.typed or opened.table.file.format != "delimited"
            discovery.own_clock = discovery.own_clock and opened.source is not None and not part.options.timezone_stated
        filled = [(opened.table.file.label, opened) for opened in opened_files if opened.table.names]
        fields = (*part.need.required, *part.need.optional)
        mapped = dict.fromkeys(name for name in part.need.mapping if name not in fields)
        file_groups = list(_groups_of([opened for _, opened in filled], [name for name, _ in filled], part.need))
        counts = _count_together(con, [group for _, group in file_groups])
        for number, (labels, group) in enumerate(file_groups):
            if number in counts:
                names = _add(con, group, None, counts[number], discovery)
            else:
                names = _look_through(con, group, part.need, discovery, workspace)
            for name in labels:
                discovery.files.setdefault(name, set()).update(names, mapped)
        discovery.mapped.update(mapped)
    discovery.columns.update(discovery.mapped)
    return discovery


@dataclass(frozen=True, slots=True)
class _Group:
    """Files that one query reads, with the places of their properties."""

    opened: tuple[Opened, ...]
    value_paths: ValuePaths


def _groups_of(opened: Sequence[Opened], labels: Sequence[str], need: Need) -> Iterator[tuple[list[str], _Group]]:
    """The files in groups, in order, with their names."""
    value_paths = [
        generic_places(opened_file.table, need)
        if opened_file.source is None
        else source_places(opened_file.table, need, opened_file.source)
        for opened_file in opened
    ]
    for numbers in groups(opened):
        for _, run in groupby(numbers, key=lambda number: value_paths[number]):
            run_numbers = list(run)
            yield (
                [labels[number] for number in run_numbers],
                _Group(tuple(opened[n] for n in run_numbers), value_paths[run_numbers[0]]),
            )


def _look_through(
    con: duckdb.DuckDBPyConnection, group: _Group, need: Need, discovery: Discovery, workspace: Path
) -> set[str]:
    """Counts the content of the files and returns the names of their properties."""
    sample, value_paths = group.opened[0], group.value_paths
    if len(group.opened) > 1:
        try:
            return _count(con, sample, _rows_of(group), value_paths, discovery)
        except duckdb.Error:
            names: set[str] = set()
            for opened_file in group.opened:
                names |= _look_through(con, _Group((opened_file,), value_paths), need, discovery, workspace)
            return names
    try:
        return _count(con, sample, sample.table.rows(), value_paths, discovery)
    except duckdb.Error as error:
        refused = isinstance(error, duckdb.InvalidInputException)
        mended = sample.table.mended(workspace, refused=True) if refused else None
        if mended is None:
            raise translated(error, sample.table.file.label) from None
        return _count(con, sample, mended, value_paths, discovery)


def _count_together(con: duckdb.DuckDBPyConnection, groups_: Sequence[_Group]) -> dict[int, list[_KeyCount]]:
    """The content of small files without objects by the number of their group, with one query for many groups.

    A group with a broken line is left out.
    """
    queries = []
    for number, group in enumerate(groups_):
        value_paths, files = group.value_paths, [opened.table.file for opened in group.opened]
        with_keys = value_paths.rows or value_paths.objects or value_paths.pairs
        if not with_keys and len(value_paths.columns) <= _FEW_COLUMNS and sum(file.size for file in files) <= _SMALL:
            queries.append((number, _names_sql(_rows_of(group), group.opened[0].resolved.fields["event"], number)))
    results: dict[int, list[_KeyCount]] = {}
    for start in range(0, len(queries), _AT_ONCE):
        chunk = queries[start : start + _AT_ONCE]
        if len(chunk) > 1:
            results |= _query_together(con, chunk)
    return results


def _query_together(con: duckdb.DuckDBPyConnection, queries: Sequence[tuple[int, str]]) -> dict[int, list[_KeyCount]]:
    try:
        rows = con.execute(" UNION ALL ".join(query for _, query in queries)).fetchall()
    except duckdb.Error:
        if len(queries) == 1:
            return {}
        half = len(queries) // 2
        return _query_together(con, queries[:half]) | _query_together(con, queries[half:])
    results: dict[int, list[_KeyCount]] = {number: [] for number, _ in queries}
    for number, *row in rows:
        results[number].append(tuple(row))
    return results


def _rows_of(group: _Group) -> Rows:
    table = group.opened[0].table
    return (
        table.rows_of([opened_file.table.file for opened_file in group.opened], 0)
        if len(group.opened) > 1
        else table.rows()
    )


def _names_sql(rows: Rows, event: Column, number: int) -> str:
    """Event names with their rows, as `_keys_sql` returns them, after the number of the group."""
    return (
        f"SELECT {number}, name, NULL, count(*), false, 0 FROM (SELECT {cleaned(Column('raw_name', 'text'))} AS name"
        f" FROM (SELECT {text_sql(event.kind, event.sql)} AS raw_name FROM {rows.relation.sql(event.sql)} AS source"
        f" WHERE NOT {rows.broken})) WHERE name IS NOT NULL GROUP BY name"
    )


def _count(
    con: duckdb.DuckDBPyConnection, opened: Opened, rows: Rows, value_paths: ValuePaths, discovery: Discovery
) -> set[str]:
    """Adds the events and keys of these rows. All queries run before anything is added, since one can be refused."""
    event = opened.resolved.fields["event"]
    rows_counted = con.execute(_keys_sql(rows, event, value_paths)).fetchall()
    return _add(con, _Group((opened,), value_paths), rows, rows_counted, discovery)


def _add(
    con: duckdb.DuckDBPyConnection,
    group: _Group,
    rows: Rows | None,
    rows_counted: Sequence[_KeyCount],
    discovery: Discovery,
) -> set[str]:
    """Adds the counted keys. With `rows`, a table of many columns is counted in full."""
    opened, value_paths = group.opened[0], group.value_paths
    events = {name: count for name, key, count, _, _ in rows_counted if key is None}
    columns = tuple(name for name in value_paths.columns if name not in value_paths.fields)
    frequent = [name for name, _ in Counter(events).most_common(MOST_EVENTS)]
    filled = _filled(con, opened, rows, columns, frequent) if rows else None
    names = set(columns)
    discovery.events.update(events)
    discovery.columns.update(dict.fromkeys(columns))
    for name, key, count, of_row, number in sorted(rows_counted, key=lambda row: (-row[2], row[0], row[1] or "")):
        if key is None or (of_row and key in value_paths.fields):
            continue
        discovery.keys[name, key] += count
        names.add(key)
        if number > _MOST_KEYS:
            discovery.surplus_keys[name] = max(discovery.surplus_keys[name], number - _MOST_KEYS)
    for name in frequent:
        for column in columns:
            count = events[name] if filled is None else filled.get((name, column), events[name])
            if count:
                discovery.keys[name, column] += count
    return names


def _filled(
    con: duckdb.DuckDBPyConnection, opened: Opened, rows: Rows, columns: Sequence[str], events: Sequence[str]
) -> dict[tuple[str, str], int] | None:
    """The number of rows with a value, by event and column; None for a table with few columns."""
    if len(columns) <= _FEW_COLUMNS or not events:
        return None
    prefix = opened.source.prefix if opened.source else ""
    cells = [(name, sql) for name in columns if (sql := _sql_of(opened.table, prefix + name))]
    name = cleaned(Column("raw_event_name", "text"))
    event = opened.resolved.fields["event"]
    listed = ", ".join(text_literal(event) for event in events)
    counts_by_cell: dict[tuple[str, str], int] = {}
    for start in range(0, len(cells), _COUNTED_AT_ONCE):
        chunk = cells[start : start + _COUNTED_AT_ONCE]
        counts = "".join(f", count({sql})" for _, sql in chunk)
        query = (
            f"SELECT {name} AS scenario_name{counts} FROM"
            f" (SELECT *, {text_sql(event.kind, event.sql)} AS raw_event_name"
            f" FROM {rows.relation.sql(event.sql, counts)} AS source WHERE NOT {rows.broken})"
            f" WHERE {name} IN ({listed}) GROUP BY 1"
        )
        for event_name, *cell_counts in con.execute(query).fetchall():
            counts_by_cell.update(
                ((event_name, column), count) for (column, _), count in zip(chunk, cell_counts, strict=True)
            )
    return counts_by_cell


def _sql_of(table: Table, name: str) -> str | None:
    column = table.optional(name)
    return column.sql if column is not None else None


def _keys_sql(rows: Rows, event: Column, value_paths: ValuePaths) -> str:
    """Event names with their rows (key NULL), then their most frequent keys, each with the number of all of them. Few
    combinations of keys occur, so they are counted first and taken apart afterwards."""
    lists = [
        *value_paths.rows,
        *(f"keys_of({sql})" for sql in value_paths.objects),
        *(f"pair_keys_of({sql})" for sql in value_paths.pairs),
    ]
    keys = "".join(f", {sql} AS keys{number}" for number, sql in enumerate(lists))
    key_columns = "".join(f", keys{number}" for number in range(len(lists)))
    grouped = (
        f"SELECT {cleaned(Column('raw_name', 'text'))} AS name{key_columns}, count(*) AS n FROM"
        f" (SELECT {text_sql(event.kind, event.sql)} AS raw_name{keys}"
        f" FROM {rows.relation.sql(event.sql, keys)} AS source"
        f" WHERE NOT {rows.broken}) GROUP BY ALL"
    )
    parts = ["SELECT name, NULL AS key, sum(n)::BIGINT, false, 0 FROM grouped WHERE name IS NOT NULL GROUP BY name"]
    parts += [
        f"SELECT name, key, count, {number < len(value_paths.rows)}, keys FROM (SELECT name, key,"
        " sum(n)::BIGINT AS count, count(*) OVER (PARTITION BY name) AS keys,"
        " row_number() OVER (PARTITION BY name ORDER BY sum(n) DESC, key) AS place FROM"
        f" (SELECT name, unnest(keys{number}) AS key, n FROM grouped)"
        f" WHERE name IS NOT NULL AND key IS NOT NULL GROUP BY name, key) WHERE place <= {_MOST_KEYS}"
        for number in range(len(lists))
    ]
    return f"WITH grouped AS MATERIALIZED ({grouped}) {' UNION ALL '.join(parts)}"
