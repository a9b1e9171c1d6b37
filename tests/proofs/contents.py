"""The contents of a store, for comparison with another: without row ids, times of day and runs without progress."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scenario_cli.hosts.store.database import opened
from scenario_cli.hosts.store.encoding import decoded, decoded_value

_QUERIES = {
    "meta": "SELECT key, value FROM meta",
    "kept": "SELECT contact, at, kind, content FROM kept",
    "programs": "SELECT definition, scenario, path, source, run FROM programs",
    "fed": "SELECT identity, kind, name, since FROM fed",
    "runs": "SELECT id, clock, until, next_contact, ended IS NULL FROM runs WHERE clock IS NULL OR clock < until",
    "inputs": "SELECT run, role, path, size, digest, watermark FROM inputs",
    "outbox": "SELECT run, contact, kind, message_id, channel, send_at, expires_at, needs_consent, status, row"
    " FROM outbox ORDER BY contact, id",
    "totals": "SELECT run, scenario, definition, state, kind, sum(count) FROM totals"
    " GROUP BY run, scenario, definition, state, kind HAVING sum(count) != 0",
    "forgotten": "SELECT hash FROM forgotten",
}


def contents(path: Path) -> dict[str, list[Any]]:
    """The rows of every table by its name: the outbox's by contact in their order, all others sorted."""
    with opened(path, read_only=True) as store:
        tables = {name: store.execute(query).fetchall() for name, query in _QUERIES.items()}
        tables["contacts"] = [
            (
                contact,
                decoded(store.states.unpacked(state)),
                next_due,
                listed and decoded_value(store.states.unpacked(listed)),
            )
            for contact, state, next_due, listed in store.execute(
                "SELECT contact, state, next_due, listed FROM contacts ORDER BY contact"
            )
        ]
        assert store.value("PRAGMA integrity_check") == "ok"
    return {name: rows if name in ("outbox", "contacts") else sorted(rows, key=repr) for name, rows in tables.items()}


def outbox(path: Path) -> str:
    """The rows of the outbox in the form of a plan: by contact, in the order of their creation."""
    with opened(path, read_only=True) as store:
        return "".join(f"{row}\n" for (row,) in store.execute("SELECT row FROM outbox ORDER BY contact, id"))
