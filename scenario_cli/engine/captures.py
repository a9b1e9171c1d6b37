"""How much a journey may keep for later. Works out no value."""

from __future__ import annotations

from typing import Any

from scenario_cli.engine.state import Journey

MOST_CAPTURED = 64 * 1024  # bytes of captured values a journey may hold


def make_room(journey: Journey, name: str, value: Any, most_bytes: int = 0) -> bool:
    """Whether a journey has room for a value under a name, which then counts as kept.

    Sizes are first taken too large, which is quick; only where that would pass the bound are they measured.
    `most_bytes` is a bound that somebody knows already.
    """
    sizes = journey.sizes
    size = most_bytes or _at_most(value)
    taken = sum(sizes.values()) - sizes.get(name, 0)
    if taken + size > MOST_CAPTURED:
        for other, kept in journey.captures.items():
            sizes[other] = size_of(kept)
        taken = sum(size for other, size in sizes.items() if other != name)
        size = size_of(value)
        if taken + size > MOST_CAPTURED:
            return False
    sizes[name] = size
    return True


def _at_most(value: Any) -> int:
    if value is None or isinstance(value, int | float):
        return 8
    try:
        return 4 * (len(value) if isinstance(value, str) else len(repr(value)))
    except RecursionError:
        return MOST_CAPTURED + 1


def size_of(value: Any) -> int:
    """About how many bytes a value holds; what stands in it twice counts once."""
    total = 0
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str | list | tuple | dict):
            if id(part) in seen:
                continue
            seen.add(id(part))
        if isinstance(part, str):
            total += len(part) if part.isascii() else len(part.encode(errors="surrogatepass"))
        elif isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list | tuple):
            waiting += part
        total += 4
    return total
