"""Writes the result of a part of a run, and the end of a run. The caller holds the transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict

from scenario_cli.engine.plain_values import plain_event
from scenario_cli.events.staged import ContactRange
from scenario_cli.hosts.store.compression import trained
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.definitions import keep_definitions
from scenario_cli.hosts.store.encoding import encoded_value
from scenario_cli.hosts.store.fed import forget_unkept, record_fed
from scenario_cli.hosts.store.job import BegunRun, RunJob
from scenario_cli.hosts.store.links import record_links
from scenario_cli.hosts.store.span import Span
from scenario_cli.hosts.store.tallies import sum_up_running, write_totals
from scenario_cli.hosts.store.work import Worked
from scenario_cli.model.event import Event
from scenario_cli.model.project import Project


def write_part(store: Store, run: int, part: ContactRange, worked: Worked) -> None:
    """Writes the result of a part."""
    if not store.states.has_dictionary:
        dictionary = trained([state for _, state, _, _ in worked.states])
        if dictionary is not None:
            store.set_dictionary(dictionary)
    packed = store.states.packed
    store.execute_many(
        "INSERT INTO contacts (contact, state, next_due, listed) VALUES (?, ?, ?, ?) ON CONFLICT (contact) DO UPDATE "
        "SET state = excluded.state, next_due = excluded.next_due, listed = excluded.listed",
        [
            (contact, packed(state), next_due, None if listed is None else packed(listed))
            for contact, state, next_due, listed in worked.states
        ],
    )
    store.execute_many("DELETE FROM kept WHERE contact = ?", [(contact,) for contact in worked.touched])
    store.execute_many("INSERT INTO kept (contact, at, kind, content) VALUES (?, ?, ?, ?)", worked.kept_inputs)
    store.execute_many(
        "INSERT INTO outbox (run, contact, kind, message_id, channel, send_at, expires_at, needs_consent, status, row) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (run, row.contact_id, row.kind, row.message_id, row.channel, row.send_at, row.expires_at,
             row.needs_consent, row.status, row.row)
            for row in worked.rows
        ],
    )  # fmt: skip
    store.execute_many(
        "UPDATE outbox SET status = 'withdrawn' WHERE id = ? AND status = 'pending'",
        [(row,) for row in worked.withdrawn],
    )
    totals = worked.totals
    for name, count in worked.figures.items():
        totals["", "", "", f"input: {name}"] += count
    for text, count in worked.complaints.items():
        totals["", "", "", f"complaint: {text}"] += count
    write_totals(store, run, totals)
    store.execute("UPDATE runs SET next_contact = ? WHERE id = ?", (part.end, run))


def begin_run(store: Store, job: RunJob, span: Span, head: str) -> int:
    """Writes the head of a run, and the data its first part needs: the definitions that journeys enter under, and the
    memories that are fed from now on. Returns the number of the run.
    """
    number = store.execute(
        "INSERT INTO runs (began, clock, until, head) VALUES (?, ?, ?, ?)", (job.began, span.clock, span.until, head)
    ).lastrowid
    assert number is not None
    store.set_meta("project", job.project.name)
    store.set_meta("salt", job.project.salt)
    write_totals(store, number, Counter({("", "", "", "input: halted"): _withdraw_halted(store, job.project)}))
    if store.meta("program") != job.definitions.digest:
        record_fed(store, job.definitions.compiled(), span.begins)
        keep_definitions(store, job.definitions, number)
    return number


def _withdraw_halted(store: Store, project: Project) -> int:
    """Withdraws the messages of paused and archived scenarios that are still in the outbox; returns their number."""
    halted = [scenario for scenario in project.scenarios.values() if scenario.status in ("paused", "archived")]
    names = sorted({name for scenario in halted for name in (scenario.name, scenario.was) if name is not None})
    marks = ", ".join("?" for _ in names)
    withdrawn = store.execute(
        "UPDATE outbox SET status = 'withdrawn' "
        f"WHERE status = 'pending' AND kind = 'message' AND json_extract(row, '$.scenario') IN ({marks})",
        tuple(names),
    )
    return withdrawn.rowcount


def close_run(store: Store, job: RunJob, run: BegunRun, later: Iterable[Event], gone: int) -> None:
    """Sets the clock, closes the run and remembers its inputs, the broadcasts for `later` runs, and the number of
    contacts `gone` from their table.
    """
    span = run.span
    write_totals(store, run.number, Counter({("", "", "", "input: gone"): gone}))
    store.execute("DELETE FROM kept WHERE contact IS NULL AND at <= ?", (span.until,))
    store.execute_many(
        "INSERT INTO kept (contact, at, kind, content) VALUES (NULL, ?, 'event', ?)",
        [(event.at, encoded_value(plain_event(event))) for event in later],
    )
    store.execute_many(
        "INSERT INTO inputs (run, role, path, size, digest, modified, watermark) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(run.number, *asdict(reading.input).values()) for reading in run.readings],
    )
    for log in (run.staged, run.history):
        record_links(store, log)
    if span.clock is None:
        store.set_meta("begins", span.begins)
    sum_up_running(store)
    # If the definitions are others than those of the first parts, the next run sees that they have changed.
    if store.meta("program") != run.program == job.definitions.digest:
        forget_unkept(store, job.definitions.compiled())
    keep_definitions(store, job.definitions, run.number)
    store.set_meta("clock", span.until)
    store.set_meta("program", run.program)
    store.execute("UPDATE runs SET ended = ?, next_contact = NULL WHERE id = ?", (job.began, run.number))
