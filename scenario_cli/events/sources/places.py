"""Finds the places of properties whose names are not known yet. Reads no rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scenario_cli.events.formats.json_text import JsonTable
from scenario_cli.events.formats.table import Column, Table
from scenario_cli.events.mapping import Need
from scenario_cli.events.sources.resolving import expanded
from scenario_cli.events.sources.source import Source
from scenario_cli.events.sources.warehouse import event_place, names_of


@dataclass(frozen=True, slots=True)
class ValuePaths:
    """Each of `columns` can be a property; `fields` are columns that hold one of our fields, so they are not
    properties.

    `rows` is SQL for lists of property names; `objects` and `pairs` are SQL for texts, JSON objects and lists of
    `{key, value}`, whose keys are property names.
    """

    columns: tuple[str, ...]
    fields: frozenset[str]
    rows: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()


def generic_places(table: Table, need: Need) -> ValuePaths:
    """Places in a file that is read by its columns' names: the keys of `properties`, then every other column."""
    bag = need.mapping.get("properties", "properties")
    fields = {need.mapping.get(name, name) for name in (*need.required, *need.optional)}
    fields |= {bag, *need.mapping.values()}
    # JSON files list the keys of their first objects alone; a later object can be the first to have the key.
    objects = table.column(bag) if bag in table.names or "." in bag else table.optional(bag)
    return ValuePaths(_columns(table), frozenset(fields), _rows(table), tuple(_texts([objects])))


def source_places(table: Table, need: Need, source: Source) -> ValuePaths:
    """Places in a tool's file: the objects that hold properties, or its columns if it has no such object."""
    mapped = need.mapping.get("properties")
    objects_here = [*expanded(table, (mapped,) if mapped else source.objects), *source.encoded]
    objects = [_reached(table, name) for name in objects_here]
    pairs = [_reached(table, name) for name in source.pairs]
    behind = [_reached(table, name) for name in expanded(table, source.behind)]
    columns = [name.removeprefix(source.prefix) for name in _columns(table) if name.startswith(source.prefix)]
    bags = {name.partition(".")[0] for name in (*objects_here, *source.pairs, *source.behind)}
    flat = not any((*objects, *pairs))
    paths = (
        source.contact_id,
        event_place(table, source),
        source.timestamp,
        source.event_id,
        source.anonymous_id,
        source.previous_id,
    )
    fields = {name.partition(".")[0] for path in paths for name in names_of(path)} | bags | {*need.mapping.values()}
    return ValuePaths(
        tuple(columns if flat or source.prefix else ()) + tuple(source.renamed),
        frozenset(fields),
        _rows(table) if flat else (),
        tuple(_texts([*objects, *behind])),
        tuple(_texts(pairs)),
    )


def _rows(table: Table) -> tuple[str, ...]:
    """SQL for the keys of each row of a JSON file; other files have the same columns in every row."""
    return ("json_keys(json)",) if isinstance(table, JsonTable) else ()


def _columns(table: Table) -> tuple[str, ...]:
    if isinstance(table, JsonTable):
        return ()
    names = [name for name in table.names if name]
    return tuple(name for name in names if "." not in name or name.partition(".")[0] not in names)


def _reached(table: Table, name: str) -> Column | None:
    keys = tuple(name.split("."))
    return table.reach(keys) if keys[0] in {column.partition(".")[0] for column in table.names} else None


def _texts(columns: Iterable[Column | None]) -> Iterator[str]:
    yield from (column.sql for column in columns if column is not None and column.kind in ("json", "text"))
