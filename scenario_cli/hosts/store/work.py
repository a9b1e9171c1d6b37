"""A part of a run, in any process: contacts in, their new states and rows out. Reads and writes no store."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from scenario_cli.engine.compiled import Program
from scenario_cli.engine.state import ContactState
from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.parts import rarely_collecting
from scenario_cli.hosts.plan_files import line
from scenario_cli.hosts.rows import RowWriter
from scenario_cli.hosts.store.compression import States
from scenario_cli.hosts.store.contact import Outcome, work_on
from scenario_cli.hosts.store.definitions import Definitions
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.forgetting import NOBODY, Forgotten
from scenario_cli.hosts.store.news import StoredContact
from scenario_cli.hosts.store.span import Span
from scenario_cli.hosts.store.tallies import add_records, running
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.plan_row import PlanRow
from scenario_cli.model.records import Asked, Updated
from scenario_cli.model.run_result import Totals


@dataclass(frozen=True, slots=True)
class Work:
    """The values for every part of a run. `history` is a log of the past, `forgotten` are contacts who must not come
    back, and `dictionary` packs the states.
    """

    definitions: Definitions
    staged: StagedLog | None
    span: Span
    broadcasts: tuple[Event, ...] = ()
    history: StagedLog | None = None
    forgotten: Forgotten = NOBODY
    dictionary: bytes | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A range of contacts: those that the store knows, and their rows of the outbox that wait for consent."""

    contacts: ContactRange
    stored: Sequence[StoredContact]
    waiting: dict[str, list[tuple[int, str]]] = field(default_factory=dict)  # by contact: the row's id, its channel


@dataclass(slots=True)
class OutboxRow:
    """A row for the outbox, with the values that delivery needs in addition to the plan's row."""

    contact_id: str
    kind: str
    message_id: str | None
    channel: str | None
    send_at: int
    expires_at: int | None
    needs_consent: bool
    status: str
    row: str


@dataclass(slots=True)
class Worked:
    """The result of a part. `states` are (contact, state, next due, listed), `kept_inputs` (contact, instant, kind,
    content), and `withdrawn` rows of the outbox whose contact has withdrawn consent.
    """

    states: list[tuple[str, bytes, int | None, bytes | None]] = field(default_factory=list)
    kept_inputs: list[tuple[str, int, str, bytes]] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    rows: list[OutboxRow] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    totals: Totals = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)
    complaints: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The values that a process needs for every part; the writer compiles each template once."""

    work: Work
    program: Program
    writer: RowWriter
    states: States


def prepare(work: Work) -> Prepared:
    """Compiles the program and reads the tables. Raises `ExportError` if a table cannot be read."""
    tables = load_tables(work.definitions.project)
    writer = RowWriter(work.definitions.project, tables)
    return Prepared(work, work.definitions.compiled(tables), writer, States(work.dictionary))


def work_on_part(prepared: Prepared, part: Part) -> Worked:
    """Works on the contacts of a part, in order."""
    worked = Worked()
    with rarely_collecting():
        for stored, log, past in _side_by_side(part, prepared.work, worked.figures):
            contact = _unpacked(prepared.states, stored)
            outcome = work_on(prepared.program, contact, log, prepared.work.broadcasts, prepared.work.span, past)
            if outcome is not None:
                _add(worked, outcome, prepared, part.waiting.get(stored.contact_id, ()))
    worked.complaints.update(prepared.writer.complaints)
    prepared.writer.complaints.clear()
    return worked


def _unpacked(states: States, stored: StoredContact) -> StoredContact:
    if stored.state is None:
        return stored
    try:
        listed = None if stored.listed is None else states.unpacked(stored.listed)
        return replace(stored, state=states.unpacked(stored.state), listed=listed)
    except ValueError as error:
        raise StoreError(f"{stored.contact_id}: {error}", "restore a backup: see 'scenario state backup'") from None


def _add(worked: Worked, outcome: Outcome, prepared: Prepared, waiting: Sequence[tuple[int, str]]) -> None:
    contact, program, packed = outcome.contact_id, prepared.program, prepared.states.packed
    worked.touched.append(contact)
    worked.kept_inputs += [(contact, *later_input) for later_input in outcome.kept_inputs]
    for name in ("taken", "late", "repeated", "postponed"):
        worked.figures[name] += getattr(outcome, name)
    if outcome.state is None or outcome.data is None:
        return
    listed = None if outcome.listed is None else packed(outcome.listed)
    worked.states.append((contact, packed(outcome.data), outcome.next_due, listed))
    worked.figures["contacts"] += 1
    add_records(worked.totals, outcome.records)
    worked.totals.subtract(outcome.running_before)
    worked.totals.update(running(program, outcome.state))
    rows = [
        _outbox_row(prepared.writer.row(contact, record, "sent"), record)
        for record in outcome.records
        if isinstance(record, Asked | Updated)
    ]
    worked.rows += rows
    is_withdrawn = _consent_is_gone(program, outcome.state)
    withdrawn = [row for row, channel in waiting if is_withdrawn(channel)]
    worked.withdrawn += withdrawn
    worked.figures["withdrawn"] += len(withdrawn)
    for row in rows:
        if row.status == "pending" and row.needs_consent and is_withdrawn(row.channel or ""):
            row.status = "withdrawn"
            worked.figures["withdrawn"] += 1


def _consent_is_gone(program: Program, state: ContactState) -> Callable[[str], bool]:
    """Whether a contact has withdrawn its consent to a channel."""

    def is_gone(channel: str) -> bool:
        consent = program.consents.get(channel)
        state.bind(None, None)
        return consent is not None and consent(state) is not True

    return is_gone


def _outbox_row(row: PlanRow, record: Asked | Updated) -> OutboxRow:
    message = record if isinstance(record, Asked) else None
    status = "update" if message is None else "dropped" if row.status == "dropped" else "pending"
    asks_consent = message is not None and message.purpose == "marketing" and message.recipient != "staff"
    return OutboxRow(
        row.contact_id,
        row.kind,
        row.message_id,
        row.channel,
        record.at,
        message.expires_at if message is not None else None,
        asks_consent,
        status,
        line(row).rstrip("\n"),
    )


def _side_by_side(
    part: Part, work: Work, figures: Counter[str]
) -> Iterator[tuple[StoredContact, ContactLog | None, Sequence[Event]]]:
    """The contacts of a part in order, each with its data in the store, its new data in the log, and its past.

    Those who were forgotten are left out and counted.
    """
    streams = [
        ((contact.contact_id, 0, contact) for contact in part.stored),
        _stream(work.staged, part, 1),
        _stream(work.history, part, 2),
    ]
    merged = heapq.merge(*streams, key=itemgetter(0, 1))
    for contact_id, entries in groupby(merged, key=itemgetter(0)):
        of_contact = {number: content for _, number, content in entries}
        if contact_id in work.forgotten:
            figures["forgotten"] += 1
            continue
        past = of_contact[2].events if 2 in of_contact else ()
        yield of_contact.get(0, StoredContact(contact_id)), of_contact.get(1), past


def _stream(staged: StagedLog | None, part: Part, number: int) -> Iterator[tuple[str, int, Any]]:
    for log in staged.stream(part.contacts) if staged is not None else ():
        yield log.contact_id, number, log
