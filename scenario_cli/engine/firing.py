"""Fires a trigger by time: lets the contact in and arms the trigger for the next time."""

from __future__ import annotations

from scenario_cli.engine.calendar import local
from scenario_cli.engine.compiled import CompiledTimer, Machine, Program
from scenario_cli.engine.entry import enter_each
from scenario_cli.engine.state import FIRST_LOOK, NEVER, Armed, ContactState
from scenario_cli.engine.triggers import arm_anew
from scenario_cli.model.event import Event
from scenario_cli.model.triggers import AbsenceTrigger, DateTrigger, MomentTrigger, ScheduleTrigger, SegmentTrigger


def fire(
    program: Program,
    state: ContactState,
    machine: Machine,
    index: int,
    armed: Armed,
    may_enter: bool,
    by_clock: bool = True,
) -> None:
    """Lets the contact in, if it may enter, by a trigger that is due, and arms the trigger for the next time.

    Without `by_clock` the contact enters only by a trigger that an event armed.
    """
    timer = machine.timed.get(index)
    if timer is None:  # by a segment, at a tick of the project's clock
        assert armed.event is not None
        event = armed.event
        trigger = next(trigger for fired in machine.by_segment.values() for trigger in fired if trigger.place == index)
    else:
        event = armed.event or _event(state, timer, armed)
        trigger = timer.trigger
        if isinstance(timer.definition, DateTrigger):
            year = local(state.now, machine.zone or state.zone).year if timer.definition.yearly else 0
            state.armed[machine.rank, index] = armed._replace(due=NEVER, fired=year)
        elif isinstance(timer.definition, MomentTrigger):
            state.armed[machine.rank, index] = Armed(NEVER)
        elif isinstance(timer.definition, SegmentTrigger):
            state.armed[machine.rank, index] = Armed(NEVER)
            if armed.value == FIRST_LOOK and not state.membership_before[timer.definition.segment.text]:
                return  # what came at that instant has taken the contact out again
    if may_enter and (by_clock or (timer is not None and isinstance(timer.definition, AbsenceTrigger))):
        state.bind(None, event)
        if trigger.holds is None or trigger.holds(state):  # it asks nothing, but a trace records it
            enter_each(program, machine, state, event, trigger)
    if timer is not None and isinstance(timer.definition, ScheduleTrigger | DateTrigger):
        arm_anew(program, state, machine, timer, state.now)


def _event(state: ContactState, timer: CompiledTimer, armed: Armed) -> Event:
    """The event that stands in if time alone lets somebody in."""
    now = local(state.now, state.zone)
    match timer.definition:
        case DateTrigger():
            return Event("date", state.now, {"at": now, "date": local(armed.value, state.zone)})
        case MomentTrigger():
            return Event("moment", state.now, {"at": now})
    return Event("schedule", state.now, {"at": now})
