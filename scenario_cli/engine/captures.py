"""Bounds the captured values of a journey. Calculates no value."""

from __future__ import annotations

from typing import Any, Final

from scenario_cli.engine.state import Journey
from scenario_cli.model.budget import Misfit, weigh

MOST_CAPTURED: Final = 64 * 1024  # bound of a journey's captured values, in bytes
MOST_WRITTEN = 4 * MOST_CAPTURED  # bound of a value written out, in elements and characters; a part can recur


def make_room(journey: Journey, name: str, value: Any, most_bytes: int = 0) -> bool:
    """Whether a journey has room for a value under a name; if so, its size counts from then on.

    Sizes are first estimated too large, which is quick, and measured only if the estimate passes the bound. A value
    that is nested too deeply, or contains itself too often to be written out, has no room. `most_bytes` is an estimate
    that the caller has already; 0 means no estimate.
    """
    sizes = journey.sizes
    size = most_bytes or _at_most(value)
    other_sizes = sum(sizes.values()) - sizes.get(name, 0)
    if other_sizes + size > MOST_CAPTURED:
        for other_name, captured in journey.captures.items():
            sizes[other_name] = size_of(captured)
        other_sizes = sum(size for other_name, size in sizes.items() if other_name != name)
        size = size_of(value)
        if other_sizes + size > MOST_CAPTURED or not can_be_written(value):
            return False
    sizes[name] = size
    return True


def _at_most(value: Any) -> int:
    if value is None or isinstance(value, int | float):
        return 8
    try:
        return 4 * (len(value) if isinstance(value, str) else weigh(value, MOST_CAPTURED))
    except Misfit:
        return MOST_CAPTURED + 1


def can_be_written(value: Any) -> bool:
    """Whether a value is not nested too deeply and, with all its parts written out, small enough to read."""
    if not isinstance(value, list | tuple | dict):
        return True
    try:
        weigh(value, MOST_WRITTEN)
    except Misfit:
        return False
    return True


def size_of(value: Any) -> int:
    """The size of a value in bytes, roughly; a part that is in it twice counts once."""
    total = 0
    visited: set[int] = set()
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str | list | tuple | dict):
            if id(part) in visited:
                continue
            visited.add(id(part))
        if isinstance(part, str):
            total += len(part) if part.isascii() else len(part.encode(errors="surrogatepass"))
        elif isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list | tuple):
            waiting += part
        total += 4
    return total
