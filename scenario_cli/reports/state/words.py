"""Words that the reports about a store share. Lays nothing out."""

from __future__ import annotations

from collections.abc import Mapping

# The statuses of a message in the outbox, in the order of its life.
STATUSES = ("pending", "attempting", "handed", "failed", "stale", "withdrawn", "dropped")


def bytes_text(count: int) -> str:
    """A number of bytes to two digits, with the unit that fits it: 810 bytes, 1.4 KB, 200 MB."""
    rounded = round(count, 2 - len(str(count)))
    if rounded < 1_000:
        return f"{rounded} bytes"
    for power, unit in enumerate(("KB", "MB", "GB"), 1):
        amount = rounded / 1_000**power
        if amount < 1_000 or unit == "GB":
            break
    return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:,.0f} {unit}"


def holder_text(holder: Mapping[str, object]) -> str:
    """The holder of a store's lock."""
    return f"'scenario {holder['command']}' (process {holder['process']}) since {holder['since']}"
