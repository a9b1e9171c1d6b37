"""Takes the rows of a stream for one contact after the other. Runs in Spark's Python workers.

A contact's time passes up to the watermark: earlier events are taken in order of time, later events wait in the
contact's state. One timer wakes the contact at the next instant at which something is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from pyspark.sql import Row
from pyspark.sql.streaming.stateful_processor import StatefulProcessor, StatefulProcessorHandle

from scenario_cli.engine.plain_values import event_of, plain, plain_event, value_of
from scenario_cli.engine.saved_journeys import SnapshotError
from scenario_cli.events.decoding import COLUMNS, event_reader
from scenario_cli.events.errors import ExportError
from scenario_cli.hosts.spark.columns import prefixed
from scenario_cli.hosts.spark.job import Shipped
from scenario_cli.hosts.spark.replaying import plan_values, prepared
from scenario_cli.hosts.store.contact import work_on
from scenario_cli.hosts.store.encoding import decoded_value, encoded_value
from scenario_cli.hosts.store.news import KeptInput, StoredContact
from scenario_cli.hosts.store.span import Span
from scenario_cli.model.canonical import digest
from scenario_cli.model.event import ContactLog
from scenario_cli.model.records import Asked, Updated

_MILLISECOND = 1_000  # microseconds
_NONE_LAST = 10**38  # greater than any sequence
STATE = "value binary"

# A place in the order of one instant: sequence, tie, file, row.
_Place = list[Any]


@dataclass(slots=True)
class Waiting:
    """A contact between two micro-batches.

    `stored` is its state, `clock` the instant up to which it has been taken (None: not yet), `events` are those later
    than that, each with its place, `contact_row` is the contact's row of the contacts table before the first of them,
    and `timer` is in milliseconds. `meaning` is the digest of the project that it was last taken by.
    """

    stored: StoredContact
    clock: int | None = None
    events: list[tuple[int, _Place, Any]] | None = None
    contact_row: Any = None
    timer: int | None = None
    meaning: str = ""


class ContactProcessor(StatefulProcessor):  # type: ignore[misc]
    """The object that Spark calls for each contact. The names of its methods and of their arguments are Spark's."""

    def __init__(self, shipped: Shipped, start: int | None, begins: int) -> None:
        self._shipped, self._start, self._begins = shipped, start, begins

    def init(self, handle: StatefulProcessorHandle) -> None:
        job = self._shipped.value
        layout = job.events.target.layout
        tools = prepared(job)
        self._program, self._writer = tools.program, tools.writer
        self._reported = job.reported
        self._meaning = digest(job.project)
        self._read = event_reader(layout)
        self._columns = (*COLUMNS, *prefixed(layout, "e"))
        self._handle = handle
        self._state = handle.getValueState("contact", STATE)

    def handleInputRows(self, key: Any, rows: Iterator[Row], timerValues: Any) -> Iterator[Row]:
        waiting = self._restored(key[0])
        waiting.events = [*(waiting.events or ()), *self._new_events(rows)]
        return self._go_on(waiting, timerValues.getCurrentWatermarkInMs())

    def handleExpiredTimer(self, key: Any, timerValues: Any, expiredTimerInfo: Any) -> Iterator[Row]:
        waiting = self._restored(key[0])
        if waiting.timer == expiredTimerInfo.getExpiryTimeInMs():
            waiting.timer = None
        return self._go_on(waiting, timerValues.getCurrentWatermarkInMs())

    def handleInitialState(self, key: Any, initialState: Row, timerValues: Any) -> None:
        contact_row = decoded_value(bytes(initialState.contact_row))
        waiting = Waiting(StoredContact(key[0]), contact_row=contact_row)
        self._save(waiting, self._begins)

    def close(self) -> None:
        """Nothing to close."""

    def _go_on(self, waiting: Waiting, watermark: int) -> Iterator[Row]:
        """Goes on to the watermark, saves the contact, and gives its rows of the plan."""
        until = max(watermark * _MILLISECOND, waiting.clock or 0)
        stored, clock = waiting.stored, waiting.clock
        events = sorted(waiting.events or (), key=itemgetter(0, 1))
        due = [event for at, _, data in events if at <= until and (event := event_of(data)) is not None]
        later = [each for each in events if each[0] > until]
        history = self._start if clock is None or self._start is None or clock < self._start else None
        span = Span(clock, self._begins, until, history, changed=waiting.meaning not in ("", self._meaning))
        contact_row, records = waiting.contact_row, []
        log = None
        if contact_row is not None and until and until >= self._begins:
            profile, changes, since = contact_row
            log = ContactLog(
                stored.contact_id, value_of(profile), [(at, value_of(row)) for at, row in changes], due, True, since
            )
            contact_row = None
        elif due:
            log = ContactLog(stored.contact_id, {}, [], due, False, None)
        try:
            outcome = work_on(self._program, stored, log, (), span) if until else None
        except SnapshotError as error:
            raise ExportError(
                f"{stored.contact_id} cannot continue by the scenarios of today: {error}",
                "a stream keeps no older definitions: use 'in_flight: follow' with 'migrate', or a new checkpoint",
            ) from None
        next_due = stored.next_due
        if outcome is not None:
            data = outcome.data if outcome.data is not None else stored.state
            next_due = outcome.next_due
            stored = StoredContact(stored.contact_id, data, next_due, outcome.listed, tuple(outcome.kept_inputs))
            records = outcome.records
            clock = until if outcome.state is not None else clock
        instants = [*(each[0] for each in later), *(later_input[0] for later_input in stored.kept_inputs)]
        instants += [next_due] if next_due is not None else []
        instants += [self._begins] if contact_row is not None else []
        self._save(Waiting(stored, clock, later, contact_row, waiting.timer), min(instants, default=None))
        for record in records:
            if isinstance(record, Asked | Updated) and record.scenario in self._reported:
                yield Row(**plan_values(self._writer.row(stored.contact_id, record, "sent")))

    def _new_events(self, rows: Iterable[Row]) -> Iterator[tuple[int, _Place, Any]]:
        for row in rows:
            (event,) = self._read([tuple(row[name] for name in self._columns)])
            sequence = _NONE_LAST if row.sequence is None else int(row.sequence)
            yield event.at, [str(sequence).zfill(39), row.tie or "", row.file, row.row], plain_event(event)

    def _restored(self, contact: str) -> Waiting:
        if not self._state.exists():
            return Waiting(StoredContact(contact))
        (value,) = self._state.get()
        data, due, listed, kept, clock, events, contact_row, timer, meaning = decoded_value(bytes(value))
        kept_rows: tuple[KeptInput, ...] = tuple((at, kind, content) for at, kind, content in kept)
        return Waiting(
            StoredContact(contact, data, due, listed, kept_rows),
            clock,
            [(at, place, event) for at, place, event in events],
            contact_row,
            timer,
            meaning,
        )

    def _save(self, waiting: Waiting, wakes: int | None) -> None:
        """Saves a contact, with one timer for the instant at which it next wakes."""
        # Due at the very watermark counts as later, and Spark's timers are in milliseconds.
        timer = None if wakes is None else wakes // _MILLISECOND + 1
        if timer != waiting.timer:
            if waiting.timer is not None:
                self._handle.deleteTimer(waiting.timer)
            if timer is not None:
                self._handle.registerTimer(timer)
        stored = waiting.stored
        content = (stored.state, stored.next_due, stored.listed, stored.kept_inputs)
        value = (*content, waiting.clock, waiting.events or (), waiting.contact_row, timer, self._meaning)
        self._state.update((encoded_value(value),))


def packed_table(log: ContactLog) -> bytes:
    """The contacts table's data about a contact, for the first state of a stream."""
    return encoded_value(
        (plain(dict(log.profile)), [(at, plain(dict(row))) for at, row in log.changes], log.known_since)
    )
