"""Values and events as plain data, which JSON and MessagePack can store, and back. Knows nothing about a contact's
state.

Plain data are texts, whole numbers of up to 64 bits, finite fractions, booleans, None, lists, and dictionaries whose
keys are texts. Any other value is in a dictionary of one key that begins with `$`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.engine.calendar import zone
from scenario_cli.engine.figures import Figures
from scenario_cli.engine.state import OwnEvent
from scenario_cli.model.event import Event

_LARGEST = 2**63
_MICROSECOND = timedelta(microseconds=1)
_AS_THEY_ARE = frozenset({str, bool, type(None)})  # types of which every value is plain
_LEAVES = frozenset({str, int, float, bool, type(None)})


def plain(value: Any) -> Any:
    """A value that an event, a profile or an expression can hold, as plain data.

    Raises `TypeError` for a value of any other type.
    """
    # Nearly all values in a state are texts and numbers in dictionaries and lists, and it is written often.
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is int:
        return value if -_LARGEST <= value < _LARGEST else {"$int": str(value)}
    if kind is float:
        return value if math.isfinite(value) else {"$float": str(value)}
    if kind is list:
        return [element if type(element) in _AS_THEY_ARE else plain(element) for element in value]
    if kind is dict:
        return _plain_mapping(value)
    return _plain_of_rare(value)


def _plain_mapping(value: Mapping[Any, Any]) -> Any:
    data: dict[str, Any] = {}
    for key, element in value.items():
        if not isinstance(key, str) or key[:1] == "$":
            return {"$map": [[plain(key), plain(element)] for key, element in value.items()]}
        data[key] = element if type(element) in _AS_THEY_ARE else plain(element)
    return data


def _plain_of_rare(value: Any) -> Any:
    match value:
        case str():
            return str(value)
        case int():
            return plain(int(value))
        case float():
            return plain(float(value))
        case list():
            return plain(list(value))
        case tuple():
            return {"$tuple": [plain(element) for element in value]}
        case Figures():
            return {"$figures": [value.of_nothing, [[key, plain(element)] for key, element in value.items()]]}
        case Mapping():
            return _plain_mapping(value)
        case datetime():
            wall = value.replace(tzinfo=None, fold=0).isoformat()
            return {"$datetime": [wall, _plain_zone(value.tzinfo), value.fold]}
        case date():
            return {"$date": value.isoformat()}
        case timedelta():
            return {"$duration": value // _MICROSECOND}
    raise TypeError(f"a {type(value).__name__} cannot be kept in a contact's state")


def value_of(data: Any) -> Any:
    """The value of plain data."""
    kind = type(data)
    if kind is list:
        return [element if type(element) in _LEAVES else value_of(element) for element in data]
    if kind is not dict:
        return data
    tag = next(iter(data), "")
    if tag[:1] != "$":
        return {key: element if type(element) in _LEAVES else value_of(element) for key, element in data.items()}
    content = data[tag]
    match tag:
        case "$int":
            return int(content)
        case "$float":
            return float(content)
        case "$tuple":
            return tuple(value_of(element) for element in content)
        case "$map":
            return {value_of(key): value_of(element) for key, element in content}
        case "$figures":
            return Figures({key: value_of(element) for key, element in content[1]}, content[0])
        case "$datetime":
            wall, name, fold = content
            return datetime.fromisoformat(wall).replace(tzinfo=_zone_of(name), fold=fold)
        case "$date":
            return date.fromisoformat(content)
        case "$duration":
            return timedelta(microseconds=content)
    raise ValueError(f"{tag} is no kind of value that this version knows")


def _plain_zone(tz: tzinfo | None) -> str | int | None:
    """A zone by its name, a fixed offset as its seconds, None for a time without a zone."""
    if isinstance(tz, ZoneInfo):
        return tz.key
    offset = tz.utcoffset(None) if tz is not None else None
    return int(offset.total_seconds()) if offset is not None else None


def _zone_of(name: str | int | None) -> tzinfo | None:
    if isinstance(name, str):
        return zone(name)
    if name is None:
        return None
    return timezone(timedelta(seconds=name)) if name else UTC


def plain_event(event: Event | None) -> dict[str, Any] | None:
    """An event as plain data; empty parts are left out."""
    if event is None:
        return None
    data: dict[str, Any] = {"name": event.name, "at": event.at}
    if event.properties:
        data["properties"] = plain(event.properties)
    if event.event_id is not None:
        data["id"] = event.event_id
    if event.most_bytes:
        data["most_bytes"] = event.most_bytes
    if isinstance(event, OwnEvent):
        data["origin"], data["visit"] = event.origin, event.visit
    return data


def event_of(data: Mapping[str, Any] | None) -> Event | None:
    """The event of plain data."""
    if data is None:
        return None
    properties = value_of(data.get("properties", {}))
    if "origin" in data:
        return OwnEvent(data["name"], data["at"], properties, data["origin"], data["visit"])
    return Event(data["name"], data["at"], properties, data.get("id"), data.get("most_bytes", 0))
