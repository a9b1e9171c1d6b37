"""Removes unneeded content from a contact's state, so that a stored state is as small as possible.

While events arrive one after the other, old values are cut off only now and then, because that costs less. Here all are
removed.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from scenario_cli.engine.breakdown import Breakdown
from scenario_cli.engine.compiled import Program
from scenario_cli.engine.history import EventHistory
from scenario_cli.engine.offering import forget_ended
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import REMEMBERED


def let_go(program: Program, state: ContactState, at: int) -> None:
    """Removes content without effect from an instant on: no later input can be before that instant.

    These are journeys that are over and cannot convert any more, values and events that have left their windows, ids of
    events too old to be distinguished, and messages that no cap counts.
    """
    for name in list(state.journeys):
        forget_ended(program, state, name, at)
        if not state.journeys[name]:
            del state.journeys[name]
    state.seen_event_ids = {fed: None for fed in state.seen_event_ids if fed[1] >= at - REMEMBERED}
    state.counted = [message for message in state.counted if message.at > at - program.policy.remembered]
    for owner in program.slot_owners:
        content = state.slots[owner.slot]
        if content is not None:
            state.slots[owner.slot] = _cut(owner, state, content, at)


def _cut(owner: Any, state: ContactState, content: Any, at: int) -> Any:
    """The part of a slot's content that is still needed; None if there is none."""
    if isinstance(owner, EventHistory):
        times, events = content
        old = bisect_right(times, owner.oldest(state, at))
        return (times[old:], events[old:]) if old < len(times) else None
    if isinstance(owner, Breakdown):
        parts = {key: _cut(owner.part, state, part, at) for key, part in content.items()}
        return {key: part for key, part in parts.items() if part is not None} or None
    if owner.within is None:
        return content
    old = bisect_right(content.times, at - owner.within)
    if old == len(content.times):
        return None
    content.cut(old)
    return content
