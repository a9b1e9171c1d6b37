"""Names journeys and messages, the same in every run: hashes of their contact, scenario, key and entry."""

from __future__ import annotations

import hashlib
import json
import math
from json.encoder import encode_basestring_ascii
from typing import Any, Final

from scenario_cli.engine.calendar import UTC, local

_BELOW_ONE: Final = math.nextafter(1.0, 0.0)
_LENGTH: Final = 24  # hexadecimal digits: 96 bits, enough that two messages never share a name


def journey_id(project: str, scenario: str, contact: str, key: Any, entered_at: int, ordinal: int) -> str:
    # The key as JSON: a key 1 and a key "1" are two journeys. Most are texts, for which the whole encoder is slow.
    written_key = encode_basestring_ascii(key) if type(key) is str else json.dumps(key)
    return _hash(f"journey\0{project}\0{scenario}\0{contact}\0{written_key}\0{entered_at}\0{ordinal}")


def message_id(journey: str, visit: int, channel: str, again: int | str) -> str:
    """The journey's name stands for project, scenario, contact, key and entry.

    `again` distinguishes a state's second message on one channel from its first, for which it is 0, and messages of
    transitions (`on 1`) from each other and from the state's own.
    """
    return _hash(f"message\0{journey}\0{visit}\0{channel}" + (f"\0{again}" if again else ""))


def written(at: int) -> str:
    """An instant as `YYYY-MM-DDTHH:MM:SS.ffffffZ`."""
    return local(at, UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def draw(*parts: Any) -> float:
    """A number from 0 up to 1 that the same parts always give, on every machine.

    SHA-256 over the parts joined by NUL, its first eight bytes as a fraction. No random generator: a larger
    share only ever adds contacts.
    """
    digest = hashlib.sha256("\0".join(map(_part, parts)).encode(errors="surrogatepass")).digest()
    # The largest of them would be rounded up to 1, which no share includes.
    return min(int.from_bytes(digest[:8], "big") / 2**64, _BELOW_ONE)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_LENGTH]


def _part(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return str(value) if type(value) is int else json.dumps(value)
