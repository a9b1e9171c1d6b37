"""Values as a text shows them, and as JSON for another system. Knows no contact, and no language of a reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from jinja2.utils import htmlsafe_json_dumps

from scenario_cli.engine.values import bounded
from scenario_cli.model.budget import weigh
from scenario_cli.model.dates import looks_dated, read_date
from scenario_cli.model.json_value import json_value


def in_text(value: Any, zone: ZoneInfo) -> Any:
    """A value as shown in a text: a missing value is empty; an instant is on a clock, to the minute, also if it is a
    text with its zone. The same is done within a list or mapping.
    """
    if value is None:
        return ""
    if type(value) in (list, tuple, dict):  # a list that writes itself is of a class of its own
        return _within(value, zone)
    if isinstance(value, str):
        moment = read_date(value) if looks_dated(value) and len(value) > len("2025-03-10") else None
        if moment is None or moment.tzinfo is None:
            return value
        value = moment
    if not isinstance(value, datetime):
        return value
    local = value.astimezone(zone) if value.tzinfo is not None else value
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def instant_in_text(value: Any, zone: ZoneInfo) -> Any:
    """An instant as shown in a text; any other value unchanged."""
    return in_text(value, zone) if isinstance(value, str | datetime) else value


def _within(value: Any, zone: ZoneInfo) -> Any:
    """A list or mapping with its instants on a clock; anyone who prints it has weighed it."""
    if isinstance(value, dict):
        return {key: _within(part, zone) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_within(part, zone) for part in value]
    return instant_in_text(value, zone)


def joined(left: Any, right: Any, zone: ZoneInfo) -> str:
    """`left ~ right`: both as a text shows them."""
    for part in (left, right):
        if isinstance(part, list | tuple | dict):
            weigh(part)
    text: str = bounded(str(in_text(left, zone)) + str(in_text(right, zone)))
    return text


def json_text(value: Any, zone: ZoneInfo, indent: int | str | None = None) -> str:
    """A value as JSON that can be in HTML: a date-time as ISO 8601 with its offset on a clock, a length of time as
    seconds, a number that is not finite as text.
    """
    return htmlsafe_json_dumps(_for_json(value, zone), sort_keys=True, indent=indent)


def _for_json(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _for_json(part, zone) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_for_json(part, zone) for part in value]
    if isinstance(value, datetime):
        return (value.astimezone(zone) if value.tzinfo is not None else value).isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    return json_value(value)
