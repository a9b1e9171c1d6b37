"""Reference tables, such as a product catalogue: rows by key, and by the instant from which each row is valid."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

from scenario_cli.model.waits import DAY

Row = Mapping[str, Any]


class Table:
    """One table. If a key has several rows, the latest valid row counts; without instants, the last one written."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Iterable[tuple[Any, int | None, Row]]) -> None:
        """Rows as (key, valid from in microseconds or None: always, the row), in the order of the file.

        The key of a table with several is a tuple.
        """
        by_key: dict[Any, list[tuple[int, Row]]] = {}
        for key, valid_from, row in rows:
            if key is not None and not (isinstance(key, tuple) and None in key):
                by_key.setdefault(_comparable(key), []).append((_ALWAYS if valid_from is None else valid_from, row))
        self._rows = {
            key: ([since for since, _ in listed], [row for _, row in listed])
            for key, versions in by_key.items()
            if (listed := sorted(versions, key=lambda version: version[0]))
        }

    def look_up(self, key: Any, at: int) -> Row | None:
        """The row of a key that is valid at an instant; None if there is none."""
        if isinstance(key, str):
            versions = self._rows.get(key)
        else:
            parts = key if isinstance(key, tuple) else (key,)
            if not all(isinstance(part, str | int | float) for part in parts):
                return None
            versions = self._rows.get(_comparable(key))
        if versions is None:
            return None
        index = bisect_right(versions[0], at)
        return versions[1][index - 1] if index else None


Tables = Mapping[str, Table]

_ALWAYS = -100_000 * DAY


def _comparable(key: Any) -> Any:
    """A key for comparisons: a number and its text are the same key."""
    if isinstance(key, tuple):
        return tuple(map(_comparable, key))
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    return key if isinstance(key, str) else str(key)
