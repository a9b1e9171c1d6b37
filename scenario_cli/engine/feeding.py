"""Feeds metrics and past events with each event that arrives. Reads no figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from scenario_cli.engine.breakdown import Breakdown
from scenario_cli.engine.history import EventHistory
from scenario_cli.engine.metrics import Aggregate
from scenario_cli.engine.segments import Segment
from scenario_cli.engine.state import Condition, ContactState, Function
from scenario_cli.model.event import Event
from scenario_cli.model.expression import Expr


class Feed:
    """The part of an event that one aggregate takes: its `value` (None: 1), if the condition `where` holds.

    `shared` is the same number for all feeds of an event that take the same part of it, -1 if no other feed does. If
    only the `first_counts` and the value can neither be missing nor leave a warning, it is calculated once. `condition`
    is `where` as it is written. `readers` are the segments that can change; it is empty if they change with any event
    of the name.
    """

    __slots__ = ("aggregate", "condition", "first_counts", "readers", "shared", "value", "where")

    def __init__(
        self,
        aggregate: Aggregate | Breakdown,
        where: Condition | None,
        value: Function | None,
        condition: Expr | None = None,
        first_counts: bool = False,
    ) -> None:
        self.aggregate = aggregate
        self.where = where
        self.value = value
        self.condition = condition
        self.readers: tuple[Segment, ...] = ()
        self.shared = -1
        self.first_counts = first_counts


class Intake:
    """All that takes a part of the events of one name: metrics, past events, and the `segments` that can change.

    The `touched` segments can change with every event, the `others` only if something that they read has taken a part,
    or if time has changed them. `compared` are those of the segments whose change is a trigger.
    """

    __slots__ = ("compared", "feeds", "histories", "others", "segments", "touched")

    def __init__(
        self,
        feeds: tuple[Feed, ...],
        histories: tuple[EventHistory, ...],
        segments: tuple[Segment, ...],
        touched: tuple[Segment, ...],
    ) -> None:
        self.feeds = feeds
        self.histories = histories
        self.segments = segments
        self.touched = touched
        self.others = tuple(segment for segment in segments if segment not in touched)
        compared = [segment for segment in segments if segment.compared]
        self.compared = tuple(sorted(compared, key=lambda segment: segment.name))


_LEFT_OUT: Final = object()


def feed_event(state: ContactState, event: Event, feeds: Sequence[Feed], histories: Sequence[EventHistory]) -> None:
    """Gives the event to which the contact's state is bound to the metrics and past events that take it."""
    at, slots = event.at, state.slots
    parts: dict[int, Any] = {}
    for feed in feeds:
        aggregate = feed.aggregate
        if feed.first_counts and (content := slots[aggregate.slot]) is not None:
            content[1] += 1
            continue
        if feed.shared < 0:
            if feed.where is not None and not feed.where(state):
                continue
            value = feed.value(state) if feed.value is not None else 1
        else:
            value = _shared(state, feed, parts)
            if value is _LEFT_OUT:
                continue
        aggregate.add(state, at, value)
        if feed.readers:
            for segment in feed.readers:
                segment.look_again(state)
    for history in histories:
        history.add(state, event)


def _shared(state: ContactState, feed: Feed, parts: dict[int, Any]) -> Any:
    """The part that several feeds take, calculated once; if it leaves a warning, once for each of them."""
    if feed.shared in parts:
        return parts[feed.shared]
    warned = len(state.records)
    holds = feed.where is None or feed.where(state)
    part = _LEFT_OUT if not holds else feed.value(state) if feed.value is not None else 1
    if len(state.records) == warned:
        parts[feed.shared] = part
    return part
