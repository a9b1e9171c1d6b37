"""The new inputs of one contact in a run: those taken now, and those kept for later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenario_cli.engine.plain_values import event_of, plain, plain_event, value_of
from scenario_cli.hosts.store.encoding import decoded_value, encoded_value
from scenario_cli.hosts.store.span import Span
from scenario_cli.model.event import ContactLog, Event

Rows = Sequence[tuple[int, Mapping[str, Any]]]
KeptInput = tuple[int, str, bytes]  # instant, `event` or `row`, content


@dataclass(frozen=True, slots=True)
class StoredContact:
    """A contact in the store: its state, its last row of the contacts table, and inputs kept for later."""

    contact_id: str
    state: bytes | None = None
    next_due: int | None = None
    listed: bytes | None = None
    kept_inputs: tuple[KeptInput, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """Inputs of a contact in order of time: events `on_time`, `late` ones from before the span, `rows` of the contacts
    table up to its end, and the inputs `kept_inputs` for later runs.

    `listed` is the contact's data in the table at the end of the span. `postponed` counts the new events among those
    kept, and `is_same` is true if nothing is new at all.
    """

    on_time: list[Event]
    late: list[Event]
    rows: Rows
    kept_inputs: list[KeptInput]
    listed: bytes | None
    postponed: int
    is_same: bool


def news_for(stored: StoredContact, log: ContactLog | None, span: Span) -> News:
    """Sorts the inputs of a log together with those that earlier runs have kept."""
    kept_events = [event for _, kind, data in stored.kept_inputs if kind == "event" and (event := _event(data))]
    new_events = log.events if log is not None else []
    # Sorted stably: at one instant the kept inputs come first, because they were read first.
    events = sorted([*kept_events, *new_events], key=lambda event: event.at) if kept_events else new_events
    clock, until = span.clock, span.until
    rows: Rows = [(at, value_of(decoded_value(data))) for at, kind, data in stored.kept_inputs if kind == "row"]
    listed = stored.listed
    if log is not None and log.listed:
        rows = log.changes
        listed = encoded_value(plain(table_values_at(log.profile, rows, until)))
    elif rows and listed is not None:
        listed = encoded_value(plain(table_values_at(value_of(decoded_value(listed)), rows, until)))
    kept_rows: list[KeptInput] = [(at, "row", encoded_value(plain(dict(row)))) for at, row in rows if at > until]
    kept_inputs: list[KeptInput] = [
        (event.at, "event", encoded_value(plain_event(event))) for event in events if event.at > until
    ]
    rows_are_same = kept_rows == [each for each in stored.kept_inputs if each[1] == "row"]
    due = [event for event in events if event.at <= until]
    return News(
        on_time=due if clock is None else [event for event in due if event.at >= clock],
        late=[] if clock is None else [event for event in due if event.at < clock],
        rows=[(at, row) for at, row in rows if at <= until],
        kept_inputs=[*kept_inputs, *kept_rows],
        listed=listed,
        postponed=sum(event.at > until for event in new_events),
        is_same=not new_events and not due and listed == stored.listed and rows_are_same,
    )


def table_values_at(profile: Mapping[str, Any], rows: Rows, until: int) -> dict[str, Any]:
    """The attributes that a contacts table gives a contact at an instant."""
    attributes = dict(profile)
    for at, row in rows:
        if at <= until:
            attributes.update(row)
    return attributes


def changed_table_values(stored: StoredContact, log: ContactLog | None, clock: int) -> dict[str, Any]:
    """The attributes for the time before a run whose values in the table have changed; None is a value that is gone."""
    if log is None or not log.listed:
        return {}
    now = table_values_at(log.profile, log.changes, clock)
    if stored.listed is None:
        return now
    before = value_of(decoded_value(stored.listed))
    names = (*now, *(name for name in before if name not in now))
    return {name: now.get(name) for name in names if now.get(name) != before.get(name)}


def _event(data: bytes) -> Event | None:
    return event_of(decoded_value(data))
