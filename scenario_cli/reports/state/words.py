"""Words that the reports about a store share. Lays nothing out."""

from __future__ import annotations

from collections.abc import Mapping

# What a message of the outbox has come to, in the order of its life.
STATUSES = ("pending", "attempting", "handed", "failed", "stale", "withdrawn", "dropped")


def bytes_text(count: int) -> str:
    """A number of bytes with the unit that fits it: 812 bytes, 1.4 KB, 200.9 MB."""
    if count < 1_000:
        return f"{count} bytes"
    for power, unit in enumerate(("KB", "MB"), 1):
        if count < 999_950 * 1_000 ** (power - 1):
            return f"{count / 1_000**power:.1f} {unit}"
    return f"{count / 1_000**3:.1f} GB"


def holder_text(holder: Mapping[str, object]) -> str:
    """Who holds a store's lock."""
    return f"'scenario {holder['command']}' (process {holder['process']}) since {holder['since']}"
