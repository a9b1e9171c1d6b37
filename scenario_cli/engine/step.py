"""The executor's step: one input for one contact, and what comes of it.

A pure function of program, state and input, but for the state, which it changes in place: whoever drives it
owns the state and hands it in again with the next input. Inputs come in order of time.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.engine import calendar, journeys
from scenario_cli.engine.entry import try_enter
from scenario_cli.engine.frame import Frame
from scenario_cli.engine.program import CompiledGoal, CompiledTransition, Machine, Program
from scenario_cli.engine.state import HELD, WAIT, ContactState, Journey
from scenario_cli.model.event import Event
from scenario_cli.model.records import Converted, Record
from scenario_cli.model.waits import DAY

_REMEMBERED = 30 * DAY  # how long an event's id is kept, to tell one that is fed again


def new_contact(program: Program, contact_id: str, profile: Mapping[str, Any]) -> ContactState:
    """The state of a contact to whom nothing has happened yet."""
    known = {name: value for name, value in profile.items() if value is not None}
    state = ContactState(contact_id, known, program.zone)
    state.zone = _zone_of(program, state)
    return state


def step(program: Program, state: ContactState, event: Event, may_enter: bool = True) -> list[Record]:
    """What an event brings about, and before it whatever was due before it.

    Where nobody `may_enter`, the event is history: it changes the profile and moves journeys under way.
    """
    records = advance(program, state, event.at, inclusive=False)
    if event.event_id is not None and _taken(state, event.event_id, event.at):
        return records
    frame = _begin(state, event.at, records)
    if event.name in program.profile_events:
        _change_profile(program, state, frame, event.properties)
    for machine in program.concerned.get(event.name, program.watching):
        _offer(program, machine, state, frame, event)
        for holds in machine.triggers.get(event.name, ()) if may_enter else ():
            frame.look_at(None, event)
            if holds is None or holds(frame):
                try_enter(program, machine, state, frame, event)
                break
    return records


def change_profile(program: Program, state: ContactState, at: int, attributes: Mapping[str, Any]) -> list[Record]:
    """What a new row of the contacts table brings about: other attributes, from an instant on."""
    records = advance(program, state, at, inclusive=False)
    frame = _begin(state, at, records)
    _change_profile(program, state, frame, attributes)
    for machine in program.watching:
        for journey in _running(state, machine):
            journeys.look_at_conditions(program, machine, state, frame, journey)
    return records


def advance(program: Program, state: ContactState, until: int, inclusive: bool = True) -> list[Record]:
    """Lets time pass: everything due before an instant, and at it where `inclusive`."""
    records: list[Record] = []
    timers = state.timers
    while timers and (timers[0][0] < until or (inclusive and timers[0][0] == until)):
        due, rank, number, kind, place, visit = heapq.heappop(timers)
        machine = program.machines[rank]
        journey = next((one for one in state.journeys.get(machine.name, ()) if one.number == number), None)
        if journey is None or journey.ended or journey.visit != visit or _due(journey, kind, place) != due:
            continue
        frame = Frame(state.contact_id, state.profile, state.zone, due)
        frame.records = records
        state.now = due
        if kind == HELD:
            journeys.held_until(program, machine, state, frame, journey, place)
        else:
            journeys.wait_is_over(program, machine, state, frame, journey, place)
    return records


def _due(journey: Journey, kind: int, place: int) -> int | None:
    """When what a timer is for is due by now; timers are never taken back, they are found to be void."""
    if kind == WAIT:
        return journey.dues[place] if place < len(journey.dues) else None
    return journey.held[place].until if place in journey.held else None


def _begin(state: ContactState, at: int, records: list[Record]) -> Frame:
    state.now = at
    state.input_count += 1
    frame = Frame(state.contact_id, state.profile, state.zone, at)
    frame.records = records
    return frame


def _taken(state: ContactState, event_id: str, at: int) -> bool:
    """Whether this event was fed before; remembers it."""
    taken = state.taken
    if (event_id, at) in taken:
        return True
    taken[(event_id, at)] = None
    while taken and next(iter(taken))[1] < at - _REMEMBERED:
        del taken[next(iter(taken))]
    return False


def _running(state: ContactState, machine: Machine) -> list[Journey]:
    return [journey for journey in state.journeys.get(machine.name, ()) if not journey.ended]


def _offer(program: Program, machine: Machine, state: ContactState, frame: Frame, event: Event) -> None:
    """Offers an event to a scenario's journeys, oldest first: goal, state's `on`, scenario's `on`, `when`."""
    goal = machine.goals.get(event.name)
    for journey in tuple(state.journeys.get(machine.name, ())):
        concerns = _concerns(machine, journey, event)
        if goal is not None and (concerns or goal.any_key):
            _reach(machine, frame, journey, event, goal)
        if journey.ended:
            continue
        visit = journey.visit
        on_state = machine.states[journey.state_name].on.get(event.name, ())
        for transition in (*on_state, *machine.on.get(event.name, ())):
            if (concerns or transition.any_key) and _matches(transition, frame, journey, event):
                journeys.respond(program, machine, state, frame, journey, transition, event)
                break
        if not journey.ended and journey.visit == visit:
            journeys.look_at_conditions(program, machine, state, frame, journey)
    _forget(state, machine, event.at)


def _concerns(machine: Machine, journey: Journey, event: Event) -> bool:
    """An event that has the key's property concerns the journey it names; one without it, every journey."""
    if machine.key_property is None:
        return True
    named = event.properties.get(machine.key_property)
    return named is None or named == journey.key


def _matches(one: CompiledTransition | CompiledGoal, frame: Frame, journey: Journey, event: Event) -> bool:
    if one.of is not None and event.properties.get("message_id") not in journey.sent.get(one.of, ()):
        return False
    frame.look_at(journey, event)
    return one.holds is None or one.holds(frame)


def _reach(
    machine: Machine,
    frame: Frame,
    journey: Journey,
    event: Event,
    goal: CompiledGoal,
) -> None:
    """A goal event: a conversion once and within the window, and the end of a running journey."""
    if journey.ended and journey.converted:
        return
    if not _matches(goal, frame, journey, event):
        return
    if not journey.converted and event.at - journey.entered_at <= goal.within:
        journey.converted = True
        frame.look_at(journey, event)
        value = goal.value(frame) if goal.value is not None else None
        frame.records.append(Converted(event.at, machine.name, journey.journey_id, event.name, value, journey.credited))
    if not journey.ended and goal.ends is not None:
        journeys.end(machine, frame, journey, goal.ends)


def _forget(state: ContactState, machine: Machine, now: int) -> None:
    """Drops the ended journeys that can no longer convert."""
    held = state.journeys.get(machine.name)
    if held is None or not any(journey.ended for journey in held):
        return
    window = max((goal.within for goal in machine.goals.values()), default=-1)
    state.journeys[machine.name] = [
        one for one in held if not one.ended or (not one.converted and now - one.entered_at <= window)
    ]


def _change_profile(program: Program, state: ContactState, frame: Frame, attributes: Mapping[str, Any]) -> None:
    changed = {**state.profile, **attributes}
    state.profile = {name: value for name, value in changed.items() if value is not None}
    frame.profile = state.profile
    zone = _zone_of(program, state)
    if program.has_zones and "timezone" in attributes and any(_running(state, machine) for machine in program.machines):
        journeys.tell_of_zone(state, frame)
    if zone is not state.zone:
        state.zone = frame.zone = zone
        for machine in program.machines:
            for journey in _running(state, machine):
                journeys.move_clock(machine, state, journey)


def _zone_of(program: Program, state: ContactState) -> ZoneInfo:
    name = state.profile.get("timezone")
    found = calendar.zone(name) if isinstance(name, str) else None
    return found or program.zone
