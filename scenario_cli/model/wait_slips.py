"""The probable meaning of texts that are neither a duration nor a time of day. Accepts none of them."""

from __future__ import annotations

import re

_SMALLER = {"w": ("d", 7), "d": ("h", 24), "h": ("min", 60), "min": ("s", 60)}
_DECIMAL = re.compile(r"([0-9]+)[.,]([0-9]+)\s*(w|d|h|min)")
_DAYS = {"tomorrow": "1d", "demain": "1d", "morgen": "1d"}
_CLOCK = re.compile(r"([0-9]{1,2})(?:\s*[:h.]\s*([0-9]{2})?)?\s*(am|pm|a\.m\.|p\.m\.|uhr)?", re.IGNORECASE)
_QUOTES = "\"'‘’“”„«»"


def duration_hint(text: str) -> str:
    """The hint for a text that is not a duration."""
    stripped = text.strip()
    if stripped.isdecimal():
        return f"a unit is missing: write {stripped}min, {stripped}h or {stripped}d"
    if re.fullmatch(r"-\s*[0-9].*", stripped):
        return f"it cannot be negative: write {stripped[1:].strip()}"
    decimal = _DECIMAL.fullmatch(stripped)
    if decimal is not None and (whole := _in_whole_numbers(*decimal.groups())):
        return f"write whole numbers: {whole}"
    if stripped.lower() in _DAYS:
        return f"write {_DAYS[stripped.lower()]}"
    return "write 30s, 45min, 1h, 3d, 2w, 1mo or 1y, or a sum: 1d12h"


def _in_whole_numbers(number: str, decimals: str, unit: str) -> str:
    """`1.5d` as `1d12h`; nothing if a part of the smaller unit is left."""
    smaller, size = _SMALLER[unit]
    count, left = divmod(int(decimals) * size, 10 ** len(decimals))
    parts = [f"{int(number)}{unit}"] if int(number) else []
    parts += [f"{count}{smaller}"] if count else []
    return "".join(parts) if not left else ""


def time_hint(text: str) -> str:
    """The hint for a text that is not a time of day."""
    stripped = text.strip().strip(_QUOTES).strip()
    if re.fullmatch(r"24[:h.]?(00)?", stripped):
        return "write 00:00 for midnight"
    match = _CLOCK.fullmatch(stripped)
    if match is not None:
        hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()[:1]
        if half in ("a", "p") and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        if hour < 24 and minute < 60:
            return f"write {hour:02}:{minute:02}"
    return "write HH:MM, from 00:00 to 23:59"
