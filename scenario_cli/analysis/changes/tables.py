"""The changes of reference tables: their files and their lookup, and their rows by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scenario_cli.analysis.changes.comparison import Place
from scenario_cli.analysis.changes.definitions import named_changes
from scenario_cli.analysis.changes.pairing import fields_changed
from scenario_cli.analysis.changes.renames import Renames
from scenario_cli.analysis.changes.words import change, code, valued, words
from scenario_cli.model.changes import Change, Subject
from scenario_cli.model.project import Table

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]  # by table


def table_changes(
    old: Mapping[str, Table], new: Mapping[str, Table], renames: Renames, rows: tuple[Rows, Rows]
) -> Iterator[Subject]:
    """`rows` are the rows of the tables whose files differ, before and after."""

    def inside(before: Table, after: Table, place: Place) -> Iterator[Change]:
        for field in fields_changed(before, after, place.renames):
            if field not in ("name", "path", "span"):
                yield valued((field,), code(field), getattr(before, field, None), getattr(after, field, None))
        yield from _rows(after, rows[0].get(before.name, ()), rows[1].get(after.name, ()))

    return named_changes("table", old, new, renames, lambda table: f"read from {code(table.path)}", inside)


def _rows(table: Table, old: Sequence[Row], new: Sequence[Row]) -> Iterator[Change]:
    before, after = _by_key(table, old), _by_key(table, new)
    for key in before:
        if key not in after:
            yield change(("rows", *key), f"Row {_key(key)} was removed", _row(before[key]), "", "removed")
    for key, row in after.items():
        if key not in before:
            yield change(("rows", *key), f"Row {_key(key)} is new: {_row(row, table.keys)}", "", _row(row), "added")
        elif row != before[key]:
            yield _row_changed(key, before[key], row)


def _row_changed(key: tuple[str, ...], old: Row, new: Row) -> Change:
    columns = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    texts = [f"{code(name)} {words(new.get(name))} (was {words(old.get(name))})" for name in columns]
    before, after = ({name: side.get(name) for name in columns} for side in (old, new))
    return change(("rows", *key), f"Row {_key(key)}: {', '.join(texts)}", _row(before), _row(after))


def _by_key(table: Table, rows: Sequence[Row]) -> dict[tuple[str, ...], Row]:
    """The rows by their key, and by the day from which each holds. Of several with one key the last counts."""
    names = (*table.keys, *([table.valid_from] if table.valid_from else []))
    return {tuple(str(row.get(name, "")) for name in names): row for row in rows}


def _key(key: tuple[str, ...]) -> str:
    return code(" ".join(key))


def _row(row: Row, without: Sequence[str] = ()) -> str:
    return ", ".join(f"{code(name)} {words(value)}" for name, value in row.items() if name not in without)
