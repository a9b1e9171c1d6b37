"""A bound on how much an event holds, from the longest texts of a log. Reads no rows."""

from __future__ import annotations

from scenario_cli.events.slots import Layout
from scenario_cli.model.event import MOST_BOUNDED


def texts_sql(layout: Layout) -> str:
    """SQL for the bytes of all texts of a row."""
    texts = [name for name, kind in layout.columns.items() if kind in ("VARCHAR", "JSON")]
    return " + ".join(f"coalesce(strlen({name}), 0)" for name in texts) or "0"


def most_bytes(layout: Layout, longest: int) -> int:
    """A bound on the size of one event whose texts have `longest` bytes at most; 0 if some are large."""
    names = sum(len(item.property) + 32 for item in layout.items)
    bound = 4 * longest + names + 1_024
    return bound if bound <= MOST_BOUNDED else 0
