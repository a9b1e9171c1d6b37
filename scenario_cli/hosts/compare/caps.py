"""Decides from the messages of one contact whether a cap can have held one back."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence

from scenario_cli.model.records import Asked, Held, Record


def may_bind(caps: Collection[tuple[int, int]], records: Sequence[Record]) -> bool:
    """Whether a message was tried when so many others had left within so many microseconds, of any of the caps.

    Every message counts, also a message that a cap does not pick. Until a cap of one side binds for the first time,
    both sides have sent the same, so the messages of one side describe both.
    """
    sent_at = sorted(record.at for record in records if isinstance(record, Asked) and not record.reason)
    caps = [(most, length) for most, length in caps if len(sent_at) >= most]
    return any(
        bisect_right(sent_at, at) - bisect_left(sent_at, at - length) - own >= most
        for at, own in (_tries(records) if caps else ())
        for most, length in caps
    )


def _tries(records: Sequence[Record]) -> Iterator[tuple[int, int]]:
    """The instants at which a message was tried, each with 1 if it left."""
    for record in records:
        if isinstance(record, Asked):
            yield record.asked_at, int(not record.reason and record.at == record.asked_at)
            yield record.at, int(not record.reason)
        elif isinstance(record, Held):
            yield record.at, 0
            yield record.until, 0
