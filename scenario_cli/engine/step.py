"""The executor's step: one input for one contact, and what comes of it.

A pure function of program, state and input, but for the state, which it changes in place: whoever drives it
owns the state and hands it in again with the next input. Inputs come in order of time.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from typing import Any

from scenario_cli.engine import journeys, triggers
from scenario_cli.engine.calendar import local
from scenario_cli.engine.compiled import CompiledGoal, CompiledTransition, Machine, Program, Way
from scenario_cli.engine.entry import enter_each
from scenario_cli.engine.firing import fire
from scenario_cli.engine.profile import Changes, change, zone_of
from scenario_cli.engine.segments import Segment
from scenario_cli.engine.sources import take_in
from scenario_cli.engine.state import HELD, TICK, TRIGGER, WAIT, ContactState, Journey, OwnEvent
from scenario_cli.model.event import Event
from scenario_cli.model.records import Converted, Record, Warned
from scenario_cli.model.vocabulary import JOURNEY_EVENTS, MESSAGE_EVENTS, PROFILE_UPDATED
from scenario_cli.model.waits import DAY

_REMEMBERED = 30 * DAY  # how long an event's id is kept, to tell one that is fed again
MOST_OWN_EVENTS = 1_000  # that one input may cause

_NO_CHANGES: Changes = {}
Moves = tuple[tuple[str, bool], ...]
_NOTHING_MOVED: Moves = ()


def new_contact(
    program: Program, contact_id: str, profile: Mapping[str, Any], known_at: int | None = None
) -> ContactState:
    """The state of a contact to whom nothing has happened yet.

    Schedules, dates and segments begin when the contact is known: at an instant, else with its first input.
    """
    known = {name: value for name, value in profile.items() if value is not None}
    state = ContactState(contact_id, known, program.zone, program.slots)
    state.zone = zone_of(program, state)
    if known_at is not None:
        _become_known(program, state, known_at)
    return state


def _become_known(program: Program, state: ContactState, at: int) -> None:
    state.known_at = state.now = at
    triggers.begin(program, state)


def step(program: Program, state: ContactState, event: Event, may_enter: bool = True) -> list[Record]:
    """What an event brings about, and before it whatever was due before it.

    Where nobody `may_enter`, the event is history: it changes the profile and moves journeys under way. An event
    that the tracking plan calls a broadcast is offered to triggers and transitions, and is no part of history.
    """
    at = event.at
    if state.known_at is None:
        _become_known(program, state, at)
    records = advance(program, state, at, inclusive=False, may_enter=may_enter)
    if event.event_id is not None and _taken(state, event.event_id, at):
        return records
    _begin(state, at, records)
    if event.name in program.broadcasts:
        for machine in program.concerned.get(event.name, ()):
            _offer_broadcast(program, machine, state, event)
            _let_in(program, machine, state, event, machine.by_event.get(event.name, ()), may_enter)
    else:
        _work_on(program, state, event, may_enter)
    _work_on_own(program, state, may_enter)
    return records


def change_profile(
    program: Program, state: ContactState, at: int, attributes: Mapping[str, Any], may_enter: bool = True
) -> list[Record]:
    """What a new row of the contacts table brings about: other attributes, from an instant on."""
    if state.known_at is None:
        _become_known(program, state, at)
    records = advance(program, state, at, inclusive=False, may_enter=may_enter)
    _begin(state, at, records)
    changes = change(program, state, attributes)
    moved = _look_at_segments(program, state, program.segments.values() if changes else ())
    _pass(program, state, None, changes, moved, may_enter)
    _work_on_own(program, state, may_enter)
    return records


def advance(
    program: Program, state: ContactState, until: int, inclusive: bool = True, may_enter: bool = True
) -> list[Record]:
    """Lets time pass: everything due before an instant, and at it where `inclusive`."""
    records: list[Record] = []
    timers = state.timers
    while timers and (timers[0][0] < until or (inclusive and timers[0][0] == until)):
        due, rank, number, kind, place, visit = heapq.heappop(timers)
        if kind == TICK:
            state.now, state.records = due, records
            triggers.tick(program, state)
            continue
        machine = program.machines[rank]
        if kind == TRIGGER:
            armed = state.armed.get((rank, place))
            if armed is None or armed.due != due:
                continue
            state.now, state.records = due, records
            fire(program, state, machine, place, may_enter)
        else:
            journey = next((one for one in state.journeys.get(machine.name, ()) if one.number == number), None)
            if journey is None or journey.ended or journey.visit != visit or _due(journey, kind, place) != due:
                continue
            state.now, state.records = due, records
            if kind == HELD:
                journeys.held_until(program, machine, state, journey, place)
            else:
                journeys.wait_is_over(program, machine, state, journey, place)
        if state.queue:
            _work_on_own(program, state, may_enter)
    return records


def _due(journey: Journey, kind: int, place: int) -> int | None:
    """When what a timer is for is due by now; timers are never taken back, they are found to be void."""
    if kind == WAIT:
        return journey.dues[place] if place < len(journey.dues) else None
    return journey.held[place].until if place in journey.held else None


def _begin(state: ContactState, at: int, records: list[Record]) -> None:
    state.now = at
    state.input_count += 1
    state.records = records


def _taken(state: ContactState, event_id: str, at: int) -> bool:
    """Whether this event was fed before; remembers it."""
    taken = state.taken
    if (event_id, at) in taken:
        return True
    taken[(event_id, at)] = None
    while taken and next(iter(taken))[1] < at - _REMEMBERED:
        del taken[next(iter(taken))]
    return False


def _work_on(program: Program, state: ContactState, event: Event, may_enter: bool) -> None:
    """An event first changes profile and metrics, then segments; then every scenario it concerns looks at it."""
    name = event.name
    changes = _NO_CHANGES
    if name in program.profile_events:
        changes = change(program, state, event.properties)
    if name in program.feeds or name in program.keepers:
        state.look_at(None, event)
        take_in(state, program.feeds, program.keepers)
        triggers.attributes_changed(program, state, frozenset())
    if name in program.arming:
        triggers.hear(program, state, event)
    if name == PROFILE_UPDATED:
        attribute = event.properties["attribute"]
        changes = {attribute: (event.properties.get("before"), event.properties.get("after"))}
    segments = program.segments.values() if changes else program.refreshed.get(name, ())
    moved = _look_at_segments(program, state, segments) if segments else _NOTHING_MOVED
    _pass(program, state, event, changes, moved, may_enter)


def _pass(
    program: Program, state: ContactState, event: Event | None, changes: Changes, moved: Moves, may_enter: bool
) -> None:
    """Every scenario that an event concerns looks at it, by rank: its running journeys, then its triggers."""
    concerned = program.watching if event is None else program.concerned.get(event.name, program.watching)
    if program.by_change and (changes or moved):
        concerned = tuple(sorted({*concerned, *program.by_change}, key=lambda one: one.rank))
    for machine in concerned:
        if event is None:
            for journey in state.journeys.get(machine.name, ()):
                if not journey.ended:
                    journeys.look_at_conditions(program, machine, state, journey)
        else:
            _offer(program, machine, state, event)
        if event is not None and not (machine.by_attribute or machine.by_segment):
            _let_in(program, machine, state, event, machine.by_event.get(event.name, ()), may_enter)
        elif machine.by_attribute or machine.by_segment:
            _let_in_first(program, machine, state, event, changes, moved, may_enter)


def _look_at_segments(program: Program, state: ContactState, segments: Iterable[Segment]) -> Moves:
    """Looks again at some segments; those by which somebody may enter that the contact entered (true) or left."""
    for segment in segments:
        segment.look_again(state)
    moved: list[tuple[str, bool]] = []
    for segment in program.compared:
        now_in = segment.read(state)
        if now_in != state.was_in[segment.name]:
            state.was_in[segment.name] = now_in
            moved.append((segment.name, now_in))
    return tuple(moved)


def _let_in(
    program: Program, machine: Machine, state: ContactState, event: Event, ways: tuple[Way, ...], may_enter: bool
) -> None:
    """Lets the contact in by the first trigger that the event matches."""
    if not may_enter:
        return
    for way in ways:
        state.look_at(None, event)
        if way.holds is None or way.holds(state):
            enter_each(program, machine, state, event, way)
            return


def _let_in_first(
    program: Program,
    machine: Machine,
    state: ContactState,
    event: Event | None,
    changes: Changes,
    moved: Moves,
    may_enter: bool,
) -> None:
    """The same where a changed attribute or segment may let the contact in, too: the first in the order written."""
    found = [(way, event) for way in (machine.by_event.get(event.name, ()) if event is not None else ())]
    now = local(state.now, state.zone)
    for name, (before, after) in changes.items():
        for way in machine.by_attribute.get(name, ()):
            known = {"at": now, "attribute": name, "before": before, "after": after}
            found.append((way, Event("attribute", state.now, known)))
    for segment, entered in moved:
        for way in machine.by_segment.get((segment, entered), ()):
            found.append((way, triggers.segment_event(state, segment, entered)))
    for way, cause in sorted(found, key=lambda one: one[0].place):
        assert cause is not None
        state.look_at(None, cause)
        if way.holds is None or way.holds(state):
            if may_enter:
                enter_each(program, machine, state, cause, way)
            return


def _work_on_own(program: Program, state: ContactState, may_enter: bool) -> None:
    """Empties the queue of the executor's own events, first in, first out."""
    done = 0
    while state.queue:
        if done == MOST_OWN_EVENTS:
            state.queue.clear()
            state.records.append(
                Warned(state.now, "", "internal events", "", f"more than {MOST_OWN_EVENTS:,} after one input")
            )
            return
        done += 1
        _work_on(program, state, state.queue.popleft(), may_enter)


def _offer(program: Program, machine: Machine, state: ContactState, event: Event) -> None:
    """Offers an event to a scenario's journeys, oldest first: goal, state's `on`, scenario's `on`, `when`."""
    held = state.journeys.get(machine.name)
    if not held:
        return
    goal = machine.goals.get(event.name)
    for journey in tuple(held):
        offered = not isinstance(event, OwnEvent) or _is_offered(event, journey)
        concerns = _concerns(machine, journey, event)
        if goal is not None and offered and (concerns or goal.any_key):
            _reach(program, machine, state, journey, event, goal)
        if journey.ended:
            continue
        visit = journey.visit
        if offered:
            _answer(program, machine, state, journey, event, concerns)
        if not journey.ended and journey.visit == visit:
            journeys.look_at_conditions(program, machine, state, journey)
    _forget(state, machine, event.at)


def _answer(
    program: Program, machine: Machine, state: ContactState, journey: Journey, event: Event, concerns: bool
) -> None:
    """The first transition that takes the event: the state's own, then the scenario's."""
    on_state = machine.states[journey.state_name].on.get(event.name, ())
    for transition in (*on_state, *machine.on.get(event.name, ())):
        if (concerns or transition.any_key) and _matches(transition, state, journey, event):
            journeys.respond(program, machine, state, journey, transition, event)
            return


def _is_offered(event: OwnEvent, journey: Journey) -> bool:
    """`message.*` are those that the journey's present state asked for; its own `journey.*` are not offered to it."""
    if event.name in MESSAGE_EVENTS:
        return event.origin == journey.journey_id and event.visit == journey.visit
    return event.name not in JOURNEY_EVENTS or event.origin != journey.journey_id


def _offer_broadcast(program: Program, machine: Machine, state: ContactState, event: Event) -> None:
    """Offers an event without a contact to a scenario's running journeys: to what answers events alone."""
    for journey in tuple(state.journeys.get(machine.name, ())):
        if not journey.ended:
            _answer(program, machine, state, journey, event, _concerns(machine, journey, event))


def _concerns(machine: Machine, journey: Journey, event: Event) -> bool:
    """An event that has the key's property concerns the journey it names; one without it, every journey."""
    if machine.key_property is None:
        return True
    named = event.properties.get(machine.key_property)
    return named is None or named == journey.key


def _matches(one: CompiledTransition | CompiledGoal, state: ContactState, journey: Journey, event: Event) -> bool:
    if one.of is not None and event.properties.get("message_id") not in journey.sent.get(one.of, ()):
        return False
    state.look_at(journey, event)
    return one.holds is None or one.holds(state)


def _reach(
    program: Program, machine: Machine, state: ContactState, journey: Journey, event: Event, goal: CompiledGoal
) -> None:
    """A goal event: a conversion once and within the window, and the end of a running journey."""
    if journey.ended and journey.converted:
        return
    if not _matches(goal, state, journey, event):
        return
    if not journey.converted and event.at - journey.entered_at <= goal.within:
        journey.converted = True
        value = goal.value(state) if goal.value is not None else None
        state.records.append(Converted(event.at, machine.name, journey.journey_id, event.name, value, journey.credited))
    if not journey.ended and goal.ends is not None:
        journeys.end(program, machine, state, journey, goal.ends)


def _forget(state: ContactState, machine: Machine, now: int) -> None:
    """Drops the ended journeys that can no longer convert."""
    held = state.journeys.get(machine.name)
    if held is None or not any(journey.ended for journey in held):
        return
    state.journeys[machine.name] = [
        one for one in held if not one.ended or (not one.converted and now - one.entered_at <= machine.window)
    ]
