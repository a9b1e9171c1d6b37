"""A contact's snapshot as bytes, and back: MessagePack, with arrays instead of the names that every state has.

The first byte is the format. Values without a fixed place are in a map at the end, by name. So a state of an older
format can be read for as long as its list of names is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

FORMAT = 1

_CONTACT = (
    "format", "contact", "known_at", "now", "inputs", "next_number", "profile", "event", "reported_zones", "event_ids",
    "entries", "unadmitted", "counted", "tick", "triggers", "absences", "waiting", "freed", "figures", "segments",
    "journeys",
)  # fmt: skip
_JOURNEY = (
    "number", "id", "scenario", "key", "entered_at", "state", "visit", "waits_from", "trigger", "entering", "because",
    "waits", "held", "message_ids", "credited", "converted", "ended", "captures", "sizes", "item", "visited_now",
    "variant", "used_when", "fallbacks", "answers", "answered", "answered_now", "frees_key", "definition",
)  # fmt: skip
_EVENT = ("name", "at", "properties", "id", "most_bytes")

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


def encoded(values: Mapping[str, Any]) -> bytes:
    """The bytes of a snapshot of `engine.snapshot.save`."""
    values = dict(values)
    if "journeys" in values:
        values["journeys"] = [_packed(_with_events(journey, _packed_event), _JOURNEY) for journey in values["journeys"]]
    return bytes((FORMAT,)) + _encode(_packed(values, _CONTACT))


def decoded(data: bytes) -> dict[str, Any]:
    """A snapshot for `engine.snapshot.restore`. Raises `ValueError` for bytes of another format."""
    if data[:1] != bytes((FORMAT,)):
        raise ValueError(f"a contact's state has the format {data[0] if data else 'of nothing'}, not {FORMAT}")
    values = _unpacked(_decode(memoryview(data)[1:]), _CONTACT)
    if "journeys" in values:
        values["journeys"] = [
            _with_events(_unpacked(journey, _JOURNEY), _unpacked_event) for journey in values["journeys"]
        ]
    return values


def encoded_value(value: Any) -> bytes:
    """The bytes of any plain data."""
    return _encode(value)


def decoded_value(data: bytes) -> Any:
    """The plain data of bytes."""
    return _decode(data)


def _packed(values: Mapping[str, Any], names: tuple[str, ...]) -> list[Any]:
    packed = [values.get(name) for name in names]
    rest = {name: value for name, value in values.items() if name not in names}
    if rest:
        return [*packed, rest]
    while packed and packed[-1] is None:
        packed.pop()
    return packed


def _unpacked(packed: list[Any], names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: value for name, value in zip(names, packed, strict=False) if value is not None}
    return values | packed[len(names)] if len(packed) > len(names) else values


def _with_events(journey: Mapping[str, Any], convert: Any) -> dict[str, Any]:
    """A journey with its events converted."""
    values = dict(journey)
    for name in ("trigger", "entering"):
        if name in values:
            values[name] = convert(values[name])
    return values


def _packed_event(event: dict[str, Any]) -> Any:
    return event if "origin" in event else _packed(event, _EVENT)


def _unpacked_event(event: Any) -> Any:
    return event if isinstance(event, dict) else _unpacked(event, _EVENT)
