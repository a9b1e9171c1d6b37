"""Keeps a contact's past events for count(), happened() and last(), no further back than a call can reach.

If a call's condition can be decided when an event arrives and the call has no `since`, it is an aggregate. Otherwise
the events themselves are kept, as far back as its window or the entry of the contact's oldest running journey, or for
ever.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from scenario_cli.engine.calendar import read_datetime, to_instant
from scenario_cli.engine.context import whole
from scenario_cli.engine.segments import Segment
from scenario_cli.engine.state import NEVER, Condition, ContactState, Function
from scenario_cli.model.budget import spend
from scenario_cli.model.event import Event
from scenario_cli.model.expression import Expr

_OLD_BEFORE_CUT: Final = 32


class EventHistory:
    """Past events of some name that pass a condition, in a slot of the contact's state, in order of arrival.

    `within` is how far back they are kept, in microseconds; None means for ever, or with `since_entry` back to the
    entry of the oldest running journey. `most` bounds their number: only the latest are kept. `identity` names the call
    by its meaning, `place` is the call as it is written. `readers` are the segments that an event kept here can change,
    `condition` is `where` as it is written.
    """

    __slots__ = ("condition", "identity", "most", "place", "readers", "since_entry", "slot", "where", "within")

    def __init__(
        self, slot: int, where: Condition | None, within: int | None, since_entry: bool, most: int | None,
        identity: str, place: str,
    ) -> None:  # fmt: skip
        self.slot = slot
        self.where = where
        self.within = within
        self.since_entry = since_entry
        self.most = most
        self.identity = identity
        self.place = place
        self.condition: Expr | None = None
        self.readers: tuple[Segment, ...] = ()

    def add(self, state: ContactState, event: Event) -> None:
        """Keeps an event that has just arrived, if it passes the condition."""
        if self.where is not None and not holds_of(state, self.where, event):
            return
        for segment in self.readers:
            segment.look_again(state)
        content = state.slots[self.slot]
        if content is None:
            content = state.slots[self.slot] = ([], [])
        times, events = content
        times.append(event.at)
        events.append(event)
        if self.most is not None:
            if len(times) > self.most:
                del times[0], events[0]
        elif len(times) > _OLD_BEFORE_CUT and not len(times) & (len(times) - 1):
            # Cut only when the number has doubled, so that cutting costs little.
            old = bisect_right(times, self.oldest(state, event.at))
            del times[:old], events[:old]

    def oldest(self, state: ContactState, at: int) -> int:
        """The instant up to which events are too old to be kept."""
        if self.within is not None:
            return at - self.within
        if not self.since_entry:
            return -NEVER
        entries = [
            journey.entered_at for running in state.journeys.values() for journey in running if not journey.ended
        ]
        return min(entries, default=at) - 1

    def events(self, state: ContactState, after: int) -> list[Event]:
        """The events after an instant, oldest first."""
        content = state.slots[self.slot]
        if content is None:
            return []
        times, events = content
        later: list[Event] = events[bisect_right(times, after) :]
        return later


def read_history(
    name: str,
    history: EventHistory,
    within: int | None,
    since: Function | None,
    where: Condition | None,
    number: int,
    of: str | None = None,
    zone: ZoneInfo | None = None,
) -> Function:
    """The function that answers a call of `count`, `happened` or `last`.

    `within` is in microseconds; `where` is a condition that cannot be decided when an event arrives; `number` is the
    place from the end of the event that `last` gives; `of` keeps to events about messages that the journey requested in
    a state. A time without a zone is on the clock of `zone`, else on the contact's.
    """
    answer = _ANSWERS[name]
    if of is not None:
        return lambda state: answer(
            state, _of_message(state, of, _past_events(state, history, within, since, where, zone)), number
        )
    return lambda state: answer(state, _past_events(state, history, within, since, where, zone), number)


def _past_events(
    state: ContactState,
    history: EventHistory,
    within: int | None,
    since: Function | None,
    where: Condition | None,
    zone: ZoneInfo | None,
) -> list[Event]:
    after = -NEVER if within is None else state.now - within
    if since is not None:
        moment = _instant(since(state), zone or state.zone)
        if moment is None:
            return []  # no event is later than a missing instant
        after = max(after, moment)
    events = history.events(state, after)
    if within is not None and events and (leaves := events[0].at + within) < state.until:
        state.until = leaves  # until then no event grows too old
    spend(len(events))
    return events if where is None else [event for event in events if holds_of(state, where, event)]


def _of_message(state: ContactState, of: str, events: list[Event]) -> list[Event]:
    """The events about a message of the journey at hand."""
    message_ids = state.journey.message_ids.get(of, ()) if state.journey is not None else ()
    return [event for event in events if event.properties.get("message_id") in message_ids]


def holds_of(state: ContactState, where: Condition, event: Event) -> bool:
    """Whether a condition holds for a past event; if the types do not fit, it is false for that event alone."""
    before, state.past = state.past, event
    holds = where(state)
    state.past = before
    return holds


def _instant(value: Any, zone: ZoneInfo) -> int | None:
    if isinstance(value, str):
        value = read_datetime(value, zone)
    return to_instant(value) if isinstance(value, datetime) else None


def _last(state: ContactState, events: list[Event], number: int) -> Any:
    return whole(events[-number], state.zone) if len(events) >= number else None


_ANSWERS: dict[str, Callable[[ContactState, list[Event], int], Any]] = {
    "count": lambda state, events, number: len(events),
    "happened": lambda state, events, number: bool(events),
    "last": _last,
}
