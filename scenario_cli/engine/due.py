"""Calculates when time alone will next do something for a contact, so that the contact can be left alone until then."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.engine.state import NEVER, ContactState


def next_due(state: ContactState) -> int | None:
    """The earliest instant at which something is due for a contact if no input comes; None if nothing ever is.

    It counts a wait, a held message, a trigger, a tick of the project's clock, and an entry that has waited long enough
    for its group. A timer without effect does not count, though it can still be among the contact's timers. The state
    restored from a snapshot has the same instant.
    """
    earliest = min(_instants(state), default=NEVER)
    return earliest if earliest < NEVER else None


def _instants(state: ContactState) -> Iterator[int]:
    yield state.tick_at
    for journeys in state.journeys.values():
        for journey in journeys:
            yield from (due for due in journey.due_times if due is not None)
            yield from (message.until for message in journey.held.values())
    for armed in state.armed.values():
        yield armed.due
    for armed_by_value in state.armed_by.values():
        yield from (armed.due for armed in armed_by_value.values())
    yield from (entry.until for entry in state.waiting.values())
