"""Values by the types of the tracking plan: a value that does not fit its type is missing, a date is a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from scenario_cli.model.project import Property


def fitted(declared: Mapping[str, Property], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that fit, without missing values and values of another type."""
    fitting = {name: _fit(declared[name].type if name in declared else None, value) for name, value in values.items()}
    return {name: value for name, value in fitting.items() if value is not None}


def _fit(kind: str | None, value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case "string":
            return value if isinstance(value, str) else None
        case "boolean":
            return value if isinstance(value, bool) else None
        case "number":
            return value if number else None
        case "integer":
            return int(value) if number and value == int(value) else None
        case "array":
            return value if isinstance(value, list | tuple) else None
        case "object":
            return value if isinstance(value, Mapping) else None
        case "datetime":
            return value if _read(value) is not None else None
        case "date":
            read = _read(value)
            return None if read is None else read.date().isoformat()
    return value


def _read(value: Any) -> datetime | None:
    """A date or date-time as written, on any clock."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    try:
        return datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None
