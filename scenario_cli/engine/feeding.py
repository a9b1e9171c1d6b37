"""Feeds metrics and past events with each event that arrives. Reads no figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scenario_cli.engine.breakdown import Breakdown
from scenario_cli.engine.history import EventHistory
from scenario_cli.engine.metrics import Aggregate
from scenario_cli.engine.state import Condition, ContactState, Function


class Feed(NamedTuple):
    """The part of an event that one aggregate takes: its `value` (None: 1), if the condition `where` holds."""

    aggregate: Aggregate | Breakdown
    where: Condition | None
    value: Function | None


def feed_event(
    state: ContactState, feeds: Mapping[str, list[Feed]], histories: Mapping[str, list[EventHistory]]
) -> None:
    """Gives the event to which the contact's state is bound to the metrics and past events that take it."""
    event = state.event
    assert event is not None
    for aggregate, where, value in feeds.get(event.name, ()):
        if where is None or where(state):
            aggregate.add(state, event.at, value(state) if value is not None else 1)
    for history in histories.get(event.name, ()):
        history.add(state, event)
