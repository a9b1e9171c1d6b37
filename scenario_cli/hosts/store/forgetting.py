"""Forgets contacts: erases their data in a store, and keeps a hash, so that an old file does not bring them back."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scenario_cli.hosts.store.database import Store, translated
from scenario_cli.hosts.store.encoding import decoded
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.tallies import OF_NO_RUN, saved_running, write_totals
from scenario_cli.model.run_result import Totals
from scenario_cli.model.store_facts import Erased

_KEY = "forgotten"  # the fact about the store with the key of its hashes


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The contacts who were forgotten, known only by their hashes. The key is the store's own."""

    key: str
    hashes: frozenset[str]

    def __contains__(self, contact: str) -> bool:
        return bool(self.hashes) and _hash_of(self.key, contact) in self.hashes


NOBODY = Forgotten("", frozenset())


def forgotten_in(store: Store) -> Forgotten:
    """The contacts of a store who were forgotten."""
    hashes = frozenset(hash_ for (hash_,) in store.execute("SELECT hash FROM forgotten"))
    return Forgotten(store.meta(_KEY) or "", hashes)


def _hash_of(key: str, contact: str) -> str:
    return hashlib.sha256(f"{key}\0{contact}".encode()).hexdigest()


def forget(store: Store, contacts: Sequence[str], at: int) -> Erased:
    """Erases contacts, also from the free space of the file and from its log; `at` is the instant that is noted.

    The caller holds the lock. Counts of past runs stay, running journeys go down. Raises `StoreError`, before anything
    is erased if a run was interrupted.
    """
    unfinished = store.value("SELECT id FROM runs WHERE ended IS NULL")
    if unfinished is not None:
        raise StoreError(
            f"run {unfinished} was interrupted and must be completed first",
            "complete it with 'scenario run', then forget",
        )
    counts: Counter[str] = Counter()
    unknown = []
    store.execute("PRAGMA secure_delete = ON")
    with store.transaction():
        key = store.meta(_KEY)
        if key is None:
            key = secrets.token_hex(16)
            store.set_meta(_KEY, key)
        for contact in dict.fromkeys(contacts):
            erased = _erase(store, contact)
            if not erased:
                unknown.append(contact)
            counts += erased
            store.execute("INSERT OR IGNORE INTO forgotten VALUES (?, ?)", (_hash_of(key, contact), at))
    _clear(store)
    files = [path for (path,) in store.execute("SELECT path FROM inputs GROUP BY path ORDER BY min(id)")]
    return Erased(
        counts["contacts"], counts["rows"], counts["attempts"], counts["kept"], counts["journeys"], unknown, files
    )


def _erase(store: Store, contact: str) -> Counter[str]:
    """Erases one contact, and counts the erased data."""
    counts: Counter[str] = Counter()
    state = store.value("SELECT state FROM contacts WHERE contact = ?", (contact,))
    if state is not None:
        running = _running(store, state)
        counts["journeys"] = running.total()
        write_totals(store, OF_NO_RUN, Counter({place: -count for place, count in running.items()}))
    for name, sql in (
        ("attempts", "DELETE FROM attempts WHERE outbox IN (SELECT id FROM outbox WHERE contact = ?)"),
        ("rows", "DELETE FROM outbox WHERE contact = ?"),
        ("kept", "DELETE FROM kept WHERE contact = ?"),
        ("links", "DELETE FROM links WHERE contact = ?"),
        ("aliases", "DELETE FROM aliases WHERE ?1 IN (given_up, kept)"),
        ("contacts", "DELETE FROM contacts WHERE contact = ?"),
    ):
        counts[name] = store.execute(sql, (contact,)).rowcount
    return +counts


def _running(store: Store, state: bytes) -> Totals:
    """The journeys that a contact has running."""
    try:
        return saved_running(decoded(store.states.unpacked(state)))
    except Exception:  # damaged bytes can decode to anything, and are erased in any case
        return Counter()


def _clear(store: Store) -> None:
    """Writes the file again without erased data, also that of replaced states, and empties its log."""
    try:
        store.connection.execute("VACUUM")
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        cause = translated(error, store.path)
        raise StoreError(
            (
                "they are erased, but old copies can remain in the free space of the file, which could not be "
                f"rewritten: {cause.message}"
            ),
            "free space for a second copy of the file, and repeat the command",
        ) from None
