"""Fires triggers: a contact enters by an event, by a change or by time. Arms the triggers that time fires again."""

from __future__ import annotations

from scenario_cli.engine.calendar import local
from scenario_cli.engine.compiled import CompiledTimer, CompiledTrigger, Listener, Machine, Program
from scenario_cli.engine.entry import enter_each
from scenario_cli.engine.profile import Changes
from scenario_cli.engine.segments import Memberships
from scenario_cli.engine.state import NEVER, Armed, ContactState
from scenario_cli.engine.triggers import arm_anew, disarm, following_tick, segment_event, stand_in
from scenario_cli.model.event import Event
from scenario_cli.model.triggers import fired_by_events


def fire(
    program: Program,
    state: ContactState,
    machine: Machine,
    index: int,
    armed: Armed,
    end: int,
    may_enter: bool,
    by_clock: bool = True,
) -> None:
    """Lets the contact enter, if allowed, by a trigger that is due, and arms the trigger for the next time.

    Without `by_clock` the contact enters only by a trigger that an event armed. No input comes before `end`.
    """
    timer = machine.timed.get(index)
    if timer is None:  # by a segment, at a tick of the project's clock
        assert armed.event is not None
        event = armed.event
        trigger = next(trigger for fired in machine.by_segment.values() for trigger in fired if trigger.index == index)
    else:
        event = armed.event or stand_in(state, timer.definition, armed)
        trigger = timer.trigger
        if not disarm(state, machine, timer, armed):
            return
    if may_enter and (by_clock or (timer is not None and fired_by_events(timer.definition))):
        state.bind(None, event)
        if timer is not None and trigger.refusal_stands:
            _fire_at_ticks(program, state, machine, timer, event, end)
        elif trigger.holds is None or trigger.holds(state):  # it has no condition, but a trace records it
            enter_each(program, machine, state, event, trigger)
    if timer is not None:
        arm_anew(program, state, machine, timer, state.now)


def _fire_at_ticks(
    program: Program, state: ContactState, machine: Machine, timer: CompiledTimer, event: Event, end: int
) -> None:
    """Lets the contact enter at a tick, or refuses at this tick and at all for which the refusal is certain.

    Those are the ticks before the next timer and input, because nothing happens to the contact until then, and before
    the instant until which the audience's answer stays valid.
    """
    refused, warned = state.unadmitted.get(machine.name, 0), len(state.records)
    state.until = NEVER
    enter_each(program, machine, state, event, timer.trigger)
    if state.unadmitted.get(machine.name, 0) == refused or len(state.records) > warned:
        return  # admitted by the audience, or refused with a data warning, which each tick leaves
    until = min(state.until, end, state.timers[0][0]) if state.timers else min(state.until, end)
    while (tick := following_tick(program, state, timer)) < until:
        state.now = tick
        state.unadmitted[machine.name] += 1


def let_in(
    program: Program, machine: Machine, state: ContactState, event: Event, by_event: tuple[CompiledTrigger, ...]
) -> None:
    """Lets the contact in by the first trigger that the event matches."""
    for trigger in by_event:
        if trigger.holds is not None:
            state.bind(None, event)
            if not trigger.holds(state):
                continue
        enter_each(program, machine, state, event, trigger)
        return


def let_in_first(
    program: Program,
    listener: Listener,
    state: ContactState,
    event: Event | None,
    changes: Changes,
    memberships: Memberships,
) -> None:
    """Lets the contact enter by the first matching trigger in the order written, also by an attribute or segment
    trigger.
    """
    machine = listener.machine
    entries = [(trigger, event) for trigger in listener.triggers]
    now = local(state.now, state.zone)
    for name, (before, after) in changes.items():
        for trigger in machine.by_attribute.get(name, ()):
            properties = {"at": now, "attribute": name, "before": before, "after": after}
            entries.append((trigger, Event("attribute", state.now, properties)))
    for segment, entered in memberships:
        for trigger in machine.by_segment.get((segment, entered), ()):
            entries.append((trigger, segment_event(state, segment, entered)))
    for trigger, entering in sorted(entries, key=lambda pair: pair[0].index):
        assert entering is not None
        state.bind(None, entering)
        if trigger.holds is None or trigger.holds(state):
            enter_each(program, machine, state, entering, trigger)
            return
