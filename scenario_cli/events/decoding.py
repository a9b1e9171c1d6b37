"""Rows of the sorted log to contacts, events and profiles: the work done for every row. Queries no database.

Separate from the tables' own module because it is compiled with the executor; see docs/architecture.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.events.slots import Layout
from scenario_cli.model.event import Event

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# The first columns of every streamed table, before those of its layout.
COLUMNS = ("contact", "code", "instant", "event_id", "nulls")

KNOWN_SINCE = "known_since"  # the column of the contacts table with the instant since when a contact is known

Row = tuple[Any, ...]
Values = Callable[[Row], dict[str, Any]]


def groups(batches: Iterable[list[Row]]) -> Iterator[tuple[str, list[Row]]]:
    """The rows of each contact, which are next to one another."""
    contact: str | None = None
    group: list[Row] = []
    for rows in batches:
        for row in rows:
            if row[0] == contact:
                group.append(row)
            else:
                if contact is not None:
                    yield contact, group
                contact, group = row[0], [row]
    if contact is not None:
        yield contact, group


def event_reader(layout: Layout, most_bytes: int = 0) -> Callable[[list[Row]], list[Event]]:
    names = layout.events
    values = [_values_reader(layout, code) for code in range(len(names))]

    def read(rows: list[Row]) -> list[Event]:
        return [
            Event(names[row[1]], row[2], values[row[1]](row) if not row[4] else unset(row), row[3], most_bytes)
            for row in rows
        ]

    def unset(row: Row) -> dict[str, Any]:
        return {**dict.fromkeys(row[4]), **values[row[1]](row)}

    return read


def profile_reader(
    layout: Layout,
) -> Callable[[list[Row]], tuple[Mapping[str, Any], list[tuple[int, Mapping[str, Any]]]]]:
    values = _values_reader(layout, 0)

    def read(rows: list[Row]) -> tuple[Mapping[str, Any], list[tuple[int, Mapping[str, Any]]]]:
        profile: Mapping[str, Any] = {}
        changes: list[tuple[int, Mapping[str, Any]]] = []
        for row in rows:
            if row[2] is None:
                # Rows without an instant come first; the last of them holds.
                profile = values(row)
            else:
                changes.append((row[2], {**dict.fromkeys(row[4]), **values(row)} if row[4] else values(row)))
        return profile, changes

    return read


def known_since(profile: Mapping[str, Any], changes: list[tuple[int, Mapping[str, Any]]], tz: ZoneInfo) -> int | None:
    """The earliest instant since when a contact is known by its rows; a value that is not a date is ignored."""
    instants: list[int] = []
    for row in (profile, *(attributes for _, attributes in changes)):
        text = row.get(KNOWN_SINCE)
        if text is None:
            continue
        try:
            moment = datetime.fromisoformat(str(text).strip())
        except ValueError:
            continue
        moment = moment if moment.tzinfo else moment.replace(tzinfo=tz)
        instants.append((moment - _EPOCH) // timedelta(microseconds=1))
    return min(instants, default=None)


def _values_reader(layout: Layout, code: int) -> Values:
    """A function that gives the properties of a row. It runs once a row, so it has plain loops over pairs."""
    positions = {name: index for index, name in enumerate(layout.columns, len(COLUMNS))}
    plain_columns: list[tuple[str, int]] = []
    nested: list[tuple[str, int]] = []
    for item in layout.items:
        if code in item.events:
            for cell, column in item.columns.items():
                (nested if cell == "j" else plain_columns).append((item.property, positions[column]))
    if not nested:
        return lambda row: {name: value for name, position in plain_columns if (value := row[position]) is not None}

    # The database wrote the texts, so nothing surrounds the values; the decoder's own checks would double the cost.
    scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]

    def read(row: Row) -> dict[str, Any]:
        values = {name: value for name, position in plain_columns if (value := row[position]) is not None}
        for name, position in nested:
            text = row[position]
            if text is not None:
                try:
                    value = scan(text, 0)[0]
                except RecursionError:
                    continue  # a text in CSV or Parquet that is nested some thousands deep: a missing value
                values[name] = int(value) if type(value) is float and value.is_integer() else value
        return values

    return read
