"""Draws and ids, computed from the parts that the language defines."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import timedelta
from typing import Any

from tests.reference.clock import EPOCH


def draw(*parts: Any) -> float:
    """A number from 0 up to 1, always the same for the same parts."""
    first = hashlib.sha256("\0".join(map(_part, parts)).encode()).digest()[:8]
    return min(int.from_bytes(first, "big") / 2**64, math.nextafter(1.0, 0.0))


def _part(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def written(at: int) -> str:
    return (EPOCH + timedelta(microseconds=at)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def hashed(*parts: Any) -> str:
    return hashlib.sha256("\0".join(map(_part, parts)).encode()).hexdigest()[:24]


def journey_id(project: str, scenario: str, contact: str, key: Any, entered_at: int, ordinal: int) -> str:
    return hashed("journey", project, scenario, contact, json.dumps(key), entered_at, ordinal)


def message_id(journey: str, visit: int, channel: str, again: int | str) -> str:
    return hashed("message", journey, visit, channel, *([again] if again else []))
