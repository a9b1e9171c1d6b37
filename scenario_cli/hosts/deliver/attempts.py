"""A row's life in the outbox, and its attempts: pending -> attempting -> handed, failed, stale or withdrawn.

Each change takes effect at once. Hands nothing over.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scenario_cli.hosts.deliver.outcomes import Outgoing
from scenario_cli.hosts.store.database import Store

# SQLite finds the index of open rows only by the words that the index was made with.
_OPEN = "status IN ('pending', 'attempting')"
_MANY = 500  # values in one statement


class Unsettled(NamedTuple):
    """An attempt that began and never ended; `note` is the text written down when it began."""

    id: int
    attempt: int
    channel: str
    message_id: str
    address: str
    note: str


def waiting(store: Store, channel: str) -> tuple[array[int], array[int]]:
    """The messages that wait on a channel, in their order: their numbers, and when each was due."""
    ids, times = array("q"), array("q")
    for id_, send_at in store.execute(
        f"SELECT id, send_at FROM outbox WHERE {_OPEN} AND status = 'pending' AND channel = ? AND kind = 'message' "
        "ORDER BY send_at, id",
        (channel,),
    ):
        ids.append(id_)
        times.append(send_at)
    return ids, times


def waiting_by_channel(store: Store) -> dict[str, int]:
    """The number of messages that wait on each channel."""
    return dict(
        store.execute(
            f"SELECT channel, count(*) FROM outbox WHERE {_OPEN} AND status = 'pending' AND kind = 'message' "
            "GROUP BY channel ORDER BY channel"
        )
    )


def unsettled(store: Store) -> list[Unsettled]:
    """The attempts that an earlier delivery began and did not end."""
    return [
        Unsettled(id_, attempt or 0, channel, message_id or "", str(json.loads(row).get("address") or ""), note or "")
        for id_, attempt, channel, message_id, row, note in store.execute(
            "SELECT o.id, a.id, o.channel, o.message_id, o.row, a.answer FROM outbox o LEFT JOIN attempts a "
            "ON a.outbox = o.id AND a.ended IS NULL WHERE o.status IN ('pending', 'attempting') AND "
            "o.status = 'attempting' ORDER BY o.send_at, o.id"
        )
    ]


def row(store: Store, id_: int) -> Outgoing | None:
    """A message; None if it does not wait any more, because a run has withdrawn it."""
    messages = rows(store, (id_,))
    return messages[0] if messages else None


def rows(store: Store, ids: Sequence[int]) -> list[Outgoing]:
    """The messages with these numbers that still wait, in the order given."""
    messages: dict[int, Outgoing] = {}
    for first in range(0, len(ids), _MANY):
        part = tuple(ids[first : first + _MANY])
        for id_, message_id, channel, send_at, expires_at, needs_consent, text in store.execute(
            "SELECT id, message_id, channel, send_at, expires_at, needs_consent, row FROM outbox "
            f"WHERE id IN ({', '.join('?' * len(part))}) AND status = 'pending'",
            part,
        ):
            values = json.loads(text)
            messages[id_] = Outgoing(
                id_, message_id or f"outbox-{id_}", channel, send_at, expires_at, bool(needs_consent), text, values
            )
    return [messages[id_] for id_ in ids if id_ in messages]


def begin(store: Store, ids: Sequence[int], now: int, note: str | None = None) -> list[int]:
    """Writes down that messages are about to be handed over; the numbers of the attempts."""
    attempts: list[int] = []
    with store.transaction():
        for id_ in ids:
            store.execute("UPDATE outbox SET status = 'attempting', changed_at = ? WHERE id = ?", (now, id_))
            cursor = store.execute("INSERT INTO attempts (outbox, began, answer) VALUES (?, ?, ?)", (id_, now, note))
            attempts.append(cursor.lastrowid or 0)
    return attempts


def end(store: Store, attempts: Iterable[tuple[int, int]], now: int, status: str, result: str, answer: str) -> None:
    """Writes down how attempts ended: (message, attempt), the message's status, and the answer."""
    with store.transaction():
        for id_, attempt in attempts:
            store.execute(
                "UPDATE outbox SET status = ?, answer = ?, changed_at = ? WHERE id = ?",
                (status, answer or None, now, id_),
            )
            store.execute(
                "UPDATE attempts SET ended = ?, result = ?, answer = ? WHERE id = ?",
                (now, result, answer or None, attempt),
            )


def make_stale(store: Store, ids: Iterable[int], now: int, why: str) -> None:
    """Writes down that messages are too old to be handed over."""
    with store.transaction():
        store.execute_many(
            "UPDATE outbox SET status = 'stale', answer = ?, changed_at = ? WHERE id = ? AND status = 'pending'",
            [(why, now, id_) for id_ in ids],
        )


def answers(store: Store, id_: int) -> int:
    """The number of times that a message was answered with 'later'."""
    return int(store.value("SELECT count(*) FROM attempts WHERE outbox = ? AND result = 'later'", (id_,)))
