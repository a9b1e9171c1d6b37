"""Values as the tracking plan declares them: a value of another type is missing, and a date is a day.

Readers of exports and test files apply types already; values from elsewhere (JSON, `update`, `emit`) and every
attribute of the profile are fitted here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from scenario_cli.engine.values import shown
from scenario_cli.model.dates import read_date

Types = Mapping[str, str]

_ARTICLES = {
    "string": "not a text", "boolean": "neither true nor false", "integer": "not a whole number",
    "array": "not a list", "object": "not a mapping", "datetime": "not a date-time",
}  # fmt: skip


def fit(types: Types, values: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[tuple[str, str]]]:
    """The values by their declared types, with None for those that do not fit; and for each of these the value that was
    read.
    """
    changed: dict[str, Any] = {}
    misfits: list[tuple[str, str]] = []
    for name, value in values.items():
        kind = types.get(name)
        if kind is None or value is None:
            continue
        fitted = _fitted(kind, value)
        if fitted is value:
            continue
        changed[name] = fitted
        if fitted is None:
            misfits.append((name, f"{shown(value)} is {_ARTICLES.get(kind, f'not a {kind}')}, and counts as missing"))
    return ({**values, **changed} if changed else values), misfits


def _fitted(kind: str, value: Any) -> Any:
    """The value itself if it fits; None if it does not."""
    match kind:
        case "string":
            return value if isinstance(value, str) else None
        case "boolean":
            return value if isinstance(value, bool) else None
        case "number":
            return value if _is_number(value) else None
        case "integer":
            if not _is_number(value):
                return None
            return int(value) if isinstance(value, float) and value.is_integer() else _whole(value)
        case "array":
            return value if isinstance(value, list | tuple) else None
        case "object":
            return value if isinstance(value, dict) else None
        case "date":
            return day(value)
        case "datetime":
            readable = isinstance(value, datetime | date) or (isinstance(value, str) and read_date(value) is not None)
            return value if readable else None
    return value


def day(value: Any) -> Any:
    """The day of a date or date-time as it is written, without a time and a zone; None if it is neither."""
    if isinstance(value, str):
        if len(value) == 10 and value[4] == value[7] == "-" and read_date(value) is not None:
            return value
        value = read_date(value)
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: Any) -> Any:
    return value if isinstance(value, int) else None
