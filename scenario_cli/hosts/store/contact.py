"""One contact's part of a run: what is new for it, taken up to an instant. Reads and writes no store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from scenario_cli.engine.compiled import Program
from scenario_cli.engine.due import next_due
from scenario_cli.engine.plain_values import event_of, plain, plain_event, value_of
from scenario_cli.engine.snapshot import restore, save
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import change_profile, new_contact, take_late
from scenario_cli.hosts.replay import taking
from scenario_cli.hosts.store.encoding import decoded, decoded_value, encoded, encoded_value
from scenario_cli.hosts.store.history import with_history
from scenario_cli.hosts.store.span import Span
from scenario_cli.hosts.store.tallies import running
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.records import Record
from scenario_cli.model.run_result import Totals

Rows = Sequence[tuple[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class StoredContact:
    """A contact as the store has it: its state, what the contacts table last said, and inputs kept for later."""

    contact_id: str
    state: bytes | None = None
    next_due: int | None = None
    listed: bytes | None = None
    kept: tuple[tuple[int, str, bytes], ...] = ()  # instant, `event` or `row`, content


@dataclass(slots=True)
class Outcome:
    """What a run made of a contact: its new state (None if nobody knows it yet), its records, and figures.

    Of its events so many were `taken` in time, taken `late`, `repeated` ones seen before, or `postponed` to later runs.
    """

    contact_id: str
    state: ContactState | None
    data: bytes | None
    next_due: int | None
    listed: bytes | None
    records: list[Record]
    running_before: Totals
    kept: list[tuple[int, str, bytes]] = field(default_factory=list)
    taken: int = 0
    late: int = 0
    repeated: int = 0
    postponed: int = 0


def work_on(
    program: Program,
    stored: StoredContact,
    log: ContactLog | None,
    broadcasts: Sequence[Event],
    span: Span,
    past: Sequence[Event] = (),
) -> Outcome | None:
    """Takes what is new for a contact; None where nothing is.

    `log` holds its new events and, where the contacts table was read, its rows. What lies after the span is kept for
    the run that reaches it. `past` are events from before the span that are fed as history.
    """
    table_was_read = log is not None and log.listed
    listed = stored.listed
    later_rows: Rows = [(at, value_of(decoded_value(data))) for at, kind, data in stored.kept if kind == "row"]
    said: dict[str, Any] | None = None
    if table_was_read:
        assert log is not None
        later_rows = log.changes
        said = _said(log.profile, log.changes, span.until)
        listed = encoded_value(plain(said))
    elif later_rows and listed is not None:
        said = {**value_of(decoded_value(listed)), **_said({}, later_rows, span.until)}
        listed = encoded_value(plain(said))
    events = _events(stored, log)
    now_due = stored.next_due is not None and stored.next_due < span.until
    is_new = stored.state is None
    kept_rows = _kept_rows(later_rows, span.until)
    nothing_said = listed == stored.listed and kept_rows == [kept for kept in stored.kept if kept[1] == "row"]
    if not (is_new or events or past or now_due or broadcasts or span.changed) and nothing_said:
        return None

    before = None if is_new else _restored(program, stored, past, span)
    state = before
    outcome = Outcome(stored.contact_id, state, None, None, listed, [], running(program, before))
    later = [event for event in events if event.at > span.until]
    outcome.kept = [(event.at, "event", encoded_value(plain_event(event))) for event in later]
    outcome.kept += kept_rows
    outcome.postponed = sum(event.at > span.until for event in log.events) if log is not None else 0
    due = [event for event in events if event.at <= span.until]
    clock = span.clock
    late = [event for event in (*due, *broadcasts) if clock is not None and event.at < clock]
    broadcasts = [event for event in broadcasts if clock is None or event.at >= clock]
    on_time = [event for event in due if clock is None or event.at >= clock]
    known_at: int | None = None
    if state is None or state.known_at is None:
        listed_now = (log is not None and log.listed) or stored.listed is not None
        since = log.known_since if table_was_read and log is not None else stored.next_due
        profile = log.profile if table_was_read and log is not None else state.profile if state is not None else {}
        known_at = _known_at(since, listed_now, span, due)
        state = outcome.state = new_contact(program, stored.contact_id, profile)
        if known_at is None and not due:
            if not listed_now:
                outcome.state = None  # all that is here of it lies later
            else:
                outcome.next_due, outcome.data = since, encoded(save(program, state))
            return outcome
        rows = [pair for pair in later_rows if pair[0] <= span.until]
        on_time = [*past, *on_time]
    else:
        assert clock is not None
        changes = _differences(stored, log, span) if table_was_read else {}
        if changes:
            outcome.records += change_profile(program, state, clock, changes)
        rows = [pair for pair in later_rows if clock < pair[0] <= span.until]
    for event in late:
        records = take_late(program, state, event, clock or 0)
        if records is None:
            outcome.repeated += 1
        else:
            outcome.late += 1
            outcome.records += records
    inputs = _in_order(rows, on_time, broadcasts)
    history_until = span.clock if past and is_new else span.history_until
    for _, _, records in taking(program, state, inputs, known_at, history_until, span.until, inclusive=False):
        outcome.records += records
    outcome.taken = len(due) - outcome.late - outcome.repeated
    if state.known_at is not None:
        outcome.next_due = next_due(state)
    state.records = []
    outcome.data = encoded(save(program, state, span.until))
    return outcome


def _restored(program: Program, stored: StoredContact, past: Sequence[Event], span: Span) -> ContactState:
    assert stored.state is not None
    values = decoded(stored.state)
    if past and "known_at" in values:
        values = with_history(program, values, past, span)
    return restore(program, values, span.clock if span.changed else None)


def _events(stored: StoredContact, log: ContactLog | None) -> list[Event]:
    """The events kept from earlier runs and the new ones, in order of time; of one instant the kept ones first."""
    kept = [event for _, kind, data in stored.kept if kind == "event" and (event := event_of(decoded_value(data)))]
    new = log.events if log is not None else []
    return sorted([*kept, *new], key=lambda event: event.at) if kept else list(new)


def _kept_rows(rows: Rows, until: int) -> list[tuple[int, str, bytes]]:
    """The rows of the contacts table that a later run will reach."""
    return [(at, "row", encoded_value(plain(dict(row)))) for at, row in rows if at > until]


def _said(profile: Mapping[str, Any], rows: Rows, until: int) -> dict[str, Any]:
    """The attributes that a contacts table gives a contact at an instant."""
    said = dict(profile)
    for at, row in rows:
        if at <= until:
            said.update(row)
    return said


def _differences(stored: StoredContact, log: ContactLog | None, span: Span) -> dict[str, Any]:
    """The attributes that the table now says otherwise of the time before this run; None is a value that is gone."""
    assert log is not None and span.clock is not None
    now = _said(log.profile, log.changes, span.clock)
    if stored.listed is None:
        return now
    before = value_of(decoded_value(stored.listed))
    return {
        name: now.get(name)
        for name in (*now, *(name for name in before if name not in now))
        if now.get(name) != before.get(name)
    }


def _known_at(since: int | None, listed: bool, span: Span, due: Sequence[Event]) -> int | None:
    """The instant from which a new contact is known, as in a replay; None: not yet."""
    if not listed:
        return None
    if since is None or since <= span.begins:
        return span.begins
    first = min([since, *(event.at for event in due[:1])])
    return first if first <= span.until else None


def _in_order(rows: Rows, events: Sequence[Event], broadcasts: Sequence[Event]) -> Iterator[tuple[int, Any]]:
    """Rows of the table, events and broadcasts by time; at one instant in this order."""
    fed = [*rows, *((event.at, event) for event in events), *((event.at, event) for event in broadcasts)]
    return iter(sorted(fed, key=itemgetter(0)))
