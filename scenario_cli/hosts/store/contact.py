"""One contact's part of a run: its new inputs, taken up to an instant. Reads and writes no store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from scenario_cli.engine.compiled import Program
from scenario_cli.engine.due import next_due
from scenario_cli.engine.migrate import archive
from scenario_cli.engine.plain_values import value_of
from scenario_cli.engine.snapshot import restore, save
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import change_profile, new_contact, take_late
from scenario_cli.hosts.replay import taking
from scenario_cli.hosts.store.encoding import decoded, decoded_value, encoded
from scenario_cli.hosts.store.history import with_history
from scenario_cli.hosts.store.news import KeptInput, News, StoredContact, changed_table_values, news_for
from scenario_cli.hosts.store.span import Span
from scenario_cli.hosts.store.tallies import saved_running
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.records import Record
from scenario_cli.model.run_result import Totals


@dataclass(slots=True)
class Outcome:
    """A run's result for a contact: its new state (None if it is not yet known), its records, and figures.

    The figures count its events: `taken` in time, taken `late`, `repeated` from before, or `postponed` to later runs.
    """

    contact_id: str
    listed: bytes | None
    kept_inputs: list[KeptInput]
    postponed: int
    state: ContactState | None = None
    data: bytes | None = None
    next_due: int | None = None
    records: list[Record] = field(default_factory=list)
    running_before: Totals = field(default_factory=Counter)
    taken: int = 0
    late: int = 0
    repeated: int = 0


def work_on(
    program: Program,
    stored: StoredContact,
    log: ContactLog | None,
    broadcasts: Sequence[Event],
    span: Span,
    past: Sequence[Event] = (),
) -> Outcome | None:
    """Takes the new inputs of a contact; None if there are none.

    `log` has its new events and, if the contacts table was read, its rows. Inputs after the span are kept for the run
    that reaches them. `past` are events from before the span that are fed as history.
    """
    news = news_for(stored, log, span)
    is_due = stored.next_due is not None and stored.next_due < span.until
    if news.is_same and stored.state is not None and not (is_due or past or broadcasts or span.changed):
        return None
    outcome = Outcome(stored.contact_id, news.listed, news.kept_inputs, news.postponed)
    state = _restored(program, stored, past, span, outcome)
    if state is not None and state.known_at is not None:
        _go_on(program, state, stored, log, news, broadcasts, span, outcome)
    else:
        _begin(program, stored, log, news, broadcasts, span, past, outcome)
    return outcome


def _restored(
    program: Program, stored: StoredContact, past: Sequence[Event], span: Span, outcome: Outcome
) -> ContactState | None:
    """The state in the store, with its journeys placed in the definitions of today."""
    if stored.state is None:
        return None
    values = decoded(stored.state)
    outcome.running_before = saved_running(values)
    if past and "known_at" in values:
        values = with_history(program, values, past, span)
    state = restore(program, values, span.clock if span.changed else None)
    outcome.records += state.records
    if span.archived and span.clock is not None:
        outcome.records += archive(program, state, span.archived, span.clock)
    return state


def _go_on(
    program: Program, state: ContactState, stored: StoredContact, log: ContactLog | None, news: News,
    broadcasts: Sequence[Event], span: Span, outcome: Outcome,
) -> None:  # fmt: skip
    """Takes the new inputs of a contact that the store knows."""
    clock = span.clock
    assert clock is not None
    changes = changed_table_values(stored, log, clock)
    if changes:
        outcome.records += change_profile(program, state, clock, changes)
    rows = [(at, row) for at, row in news.rows if at > clock]
    _take(program, state, news, rows, news.on_time, broadcasts, None, span, outcome)


def _begin(
    program: Program, stored: StoredContact, log: ContactLog | None, news: News,
    broadcasts: Sequence[Event], span: Span, past: Sequence[Event], outcome: Outcome,
) -> None:  # fmt: skip
    """Takes the new inputs of a contact who is not known yet, as a replay does."""
    table_was_read = log is not None and log.listed
    is_listed = table_was_read or stored.listed is not None
    since = log.known_since if table_was_read and log is not None else stored.next_due
    profile = log.profile if table_was_read and log is not None else _attributes(stored.listed)
    due = [*news.late, *news.on_time]
    known_at = _known_at(since, due, span) if is_listed else None
    state = new_contact(program, stored.contact_id, profile)
    if known_at is not None or due or past:
        history_until = span.clock if past and span.clock is not None else span.history_until
        span = Span(span.clock, span.begins, span.until, history_until)
        _take(program, state, news, news.rows, [*past, *news.on_time], broadcasts, known_at, span, outcome)
    elif is_listed:  # known from a later instant on
        state = new_contact(program, stored.contact_id, _attributes(outcome.listed))
        outcome.state, outcome.next_due, outcome.data = state, since, encoded(save(program, state))


def _take(
    program: Program, state: ContactState, news: News, rows: Any, events: Sequence[Event], broadcasts: Sequence[Event],
    known_at: int | None, span: Span, outcome: Outcome,
) -> None:  # fmt: skip
    """Takes late events at the clock, then all others at their time, and lets time pass to the end of the span."""
    clock = span.clock
    late_broadcasts = [event for event in broadcasts if clock is not None and event.at < clock]
    for event in (*news.late, *late_broadcasts):
        assert clock is not None
        records = take_late(program, state, event, clock)
        outcome.repeated += records is None
        outcome.late += records is not None
        outcome.records += records or []
    inputs = _in_order(rows, events, broadcasts[len(late_broadcasts) :])
    for _, _, records in taking(program, state, inputs, known_at, span.history_until, span.until, inclusive=False):
        outcome.records += records
    outcome.taken = len(news.on_time)
    outcome.state = state
    outcome.next_due = next_due(state) if state.known_at is not None else None
    state.records = []
    outcome.data = encoded(save(program, state, span.until))


def _attributes(listed: bytes | None) -> dict[str, Any]:
    """The attributes that the contacts table gave a contact, as the store has them."""
    attributes: dict[str, Any] = {} if listed is None else value_of(decoded_value(listed))
    return attributes


def _known_at(since: int | None, due: Sequence[Event], span: Span) -> int | None:
    """The instant from which a new contact of the table is known, as in a replay; None: not yet."""
    if since is None or since <= span.begins:
        return span.begins
    first = min([since, *(event.at for event in due[:1])])
    return first if first <= span.until else None


def _in_order(rows: Any, events: Sequence[Event], broadcasts: Sequence[Event]) -> Iterator[tuple[int, Any]]:
    """Rows of the table, events and broadcasts by time; at one instant in this order."""
    fed = [*rows, *((event.at, event) for event in events), *((event.at, event) for event in broadcasts)]
    return iter(sorted(fed, key=itemgetter(0)))
