"""The contacts of a run, in parts: those with new inputs, and those with due actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.news import StoredContact
from scenario_cli.hosts.store.span import Span
from scenario_cli.hosts.store.work import Part

_CONTACTS_A_PART = 2_000  # a part is one transaction, and its states are in memory


def find_touched(store: Store, span: Span, logs: Iterable[StagedLog | None], everybody: bool) -> int:
    """Gathers the contacts of this run in a table of this connection, and counts them."""
    store.execute("CREATE TEMP TABLE touched (contact TEXT PRIMARY KEY) WITHOUT ROWID")
    store.execute("BEGIN")
    if everybody:
        store.execute("INSERT INTO temp.touched SELECT contact FROM contacts ORDER BY contact")
    else:
        store.execute(
            "INSERT OR IGNORE INTO temp.touched SELECT contact FROM contacts WHERE next_due < ?", (span.until,)
        )
    store.execute(
        "INSERT OR IGNORE INTO temp.touched SELECT contact FROM kept WHERE at <= ? AND contact IS NOT NULL",
        (span.until,),
    )
    for log in logs:
        for ids in log.contacts() if log is not None else ():
            store.execute_many("INSERT OR IGNORE INTO temp.touched VALUES (?)", [(contact,) for contact in ids])
    store.execute("COMMIT")
    return int(store.value("SELECT count(*) FROM temp.touched"))


def count_gone(store: Store, log: StagedLog | None) -> int:
    """Counts the contacts who were in the contacts table and are no longer in it, if a run reads it."""
    if log is None or log.report.contacts_table is None:
        return 0
    store.execute("CREATE TEMP TABLE listed (contact TEXT PRIMARY KEY) WITHOUT ROWID")
    store.execute("BEGIN")
    for ids in log.listed():
        store.execute_many("INSERT OR IGNORE INTO temp.listed VALUES (?)", [(contact,) for contact in ids])
    store.execute("COMMIT")
    gone = store.value(
        "SELECT count(*) FROM contacts WHERE listed IS NOT NULL AND contact NOT IN (SELECT contact FROM temp.listed)"
    )
    store.execute("DROP TABLE temp.listed")
    return int(gone)


def parts_of_run(store: Store, begun: str | None) -> Iterator[Part]:
    """The contacts of a run in parts, from the point of interruption."""
    first = begun
    if store.value("SELECT 1 FROM temp.touched WHERE contact >= ? LIMIT 1", (first or "",)) is None:
        return
    while True:
        end = store.value(
            "SELECT contact FROM temp.touched WHERE contact >= ? ORDER BY contact LIMIT 1 OFFSET ?",
            (first or "", _CONTACTS_A_PART),
        )
        yield _part(store, first, end)
        if end is None:
            return
        first = end


def _part(store: Store, first: str | None, end: str | None) -> Part:
    condition, bounds = "t.contact >= ?", [first or ""]
    if end is not None:
        condition, bounds = condition + " AND t.contact < ?", [*bounds, end]
    kept: dict[str, list[tuple[int, str, bytes]]] = {}
    for contact, at, kind, content in store.execute(
        "SELECT k.contact, k.at, k.kind, k.content FROM temp.touched t JOIN kept k ON k.contact = t.contact "
        f"WHERE {condition} ORDER BY k.id",
        bounds,
    ):
        kept.setdefault(contact, []).append((at, kind, content))
    waiting: dict[str, list[tuple[int, str]]] = {}
    for contact, row, channel in store.execute(
        "SELECT o.contact, o.id, o.channel FROM temp.touched t JOIN outbox o ON o.contact = t.contact "
        f"WHERE {condition} AND o.status = 'pending' AND o.needs_consent",
        bounds,
    ):
        waiting.setdefault(contact, []).append((row, channel))
    stored = [
        StoredContact(contact, state, next_due, listed, tuple(kept.pop(contact, ())))
        for contact, state, next_due, listed in store.execute(
            "SELECT t.contact, c.state, c.next_due, c.listed FROM temp.touched t JOIN contacts c "
            f"ON c.contact = t.contact WHERE {condition} ORDER BY t.contact",
            bounds,
        )
    ]
    stored += [StoredContact(contact, kept_inputs=tuple(inputs)) for contact, inputs in kept.items()]
    stored.sort(key=lambda contact: contact.contact_id)
    return Part(ContactRange(first, end, 0), stored, waiting)
