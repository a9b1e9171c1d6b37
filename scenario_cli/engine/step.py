"""The executor's step: takes one input for one contact and gives records. Compiles nothing, reads no clock.

It depends on program, state and input alone, and changes the state in place: the caller owns the state and passes it
again with the next input. Inputs arrive in order of time.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Any, Final

from scenario_cli.engine import journeys, triggers
from scenario_cli.engine.compiled import Hearing, Listener, Program
from scenario_cli.engine.declared import day
from scenario_cli.engine.entry import give_up, try_waiting
from scenario_cli.engine.feeding import Intake, feed_event
from scenario_cli.engine.firing import fire, let_in, let_in_first
from scenario_cli.engine.offering import offer, offer_broadcast
from scenario_cli.engine.profile import Changes, change, start_from
from scenario_cli.engine.segments import Memberships, Segment
from scenario_cli.engine.state import HELD, NEVER, TICK, TRIGGER, WAIT, ContactState, Journey
from scenario_cli.engine.under_way import running_in_turn
from scenario_cli.model.event import Event
from scenario_cli.model.records import Record, Warned
from scenario_cli.model.vocabulary import PROFILE_UPDATED
from scenario_cli.model.waits import DAY

REMEMBERED: Final = 30 * DAY  # how long an event's id is kept, to recognise an event that is fed again
_MANY_IDS: Final = 64  # below this number of ids, old ids are not searched for
MOST_OWN_EVENTS: Final = 1_000  # the most events that one input can cause

_NO_CHANGES: Changes = {}
_NO_MEMBERSHIPS: Memberships = ()


def new_contact(
    program: Program, contact_id: str, profile: Mapping[str, Any], known_at: int | None = None
) -> ContactState:
    """The state of a contact without any input yet.

    Schedules, dates and segments begin when the contact is known: at an instant, else with its first input. The
    warnings until then are in the state's records.
    """
    state = ContactState(contact_id, {}, program.zone, program.slot_count)
    if known_at is not None:
        state.now = known_at
    start_from(program, state, profile)
    if known_at is not None:
        become_known(program, state, known_at)
    return state


def become_known(program: Program, state: ContactState, at: int) -> list[Record]:
    """Starts the instant from which schedules, dates and broadcasts reach the contact, and segments are compared with
    their present members. Gives the data warnings of that, and of all values read before.
    """
    state.known_at = state.now = at
    for warning in state.records:
        warning.at = at  # of values read before the contact was known
    triggers.begin(program, state)
    return state.records


def step(program: Program, state: ContactState, event: Event, may_enter: bool = True) -> list[Record]:
    """The records of an event, and before them of everything that was due before it.

    Without `may_enter` the event is history: it changes the profile and moves running journeys. An event that the
    tracking plan calls a broadcast is offered to triggers and transitions, and is not part of history.
    """
    records = state.records = [] if state.known_at is not None else state.records
    take(program, state, event, may_enter)
    return records


def take(program: Program, state: ContactState, event: Event, may_enter: bool = True, is_new: bool = False) -> None:
    """Takes an event as `step` does, and adds the records to those of the state. `is_new` means that the event has
    certainly not been taken before.
    """
    at = event.at
    if state.known_at is None:
        become_known(program, state, at)
    if state.timers and state.timers[0][0] < at:
        _run_timers(program, state, at, may_enter)
    if not is_new and event.event_id is not None and _is_duplicate(state, event.event_id, at):
        return
    state.now = at
    state.input_count += 1
    if program.days and event.name in program.days:
        event = _with_days(program, event)
    if program.broadcasts and event.name in program.broadcasts:
        for listener in program.listeners.get(event.name, ()):
            offer_broadcast(program, listener.machine, state, event)
            if may_enter:
                let_in(program, listener.machine, state, event, listener.triggers)
        state.takers.clear()
    else:
        _work_on(program, state, event, may_enter)
    if state.queue or state.freed:
        work_on_own(program, state, may_enter)


def take_late(program: Program, state: ContactState, event: Event, clock: int) -> list[Record] | None:
    """The records of an event that is older than the clock of the store; it is taken at the clock. Gives None, and
    nothing happens, if it has been taken before.

    It changes profile and metrics, moves and ends journeys, but no contact enters by it; a contact that waits for a
    group that it frees still enters. It has been taken before if an event with the same id and timestamp has.
    """
    if event.event_id is not None and _is_duplicate(state, event.event_id, event.at):
        return None
    records = state.records = [] if state.known_at is not None else state.records
    _run_timers(program, state, clock, may_enter=True)
    at_clock = Event(event.name, clock, event.properties, event.event_id, event.most_bytes)
    take(program, state, at_clock, may_enter=False, is_new=True)
    if state.freed:
        work_on_own(program, state, may_enter=True)
    return records


def change_profile(
    program: Program, state: ContactState, at: int, attributes: Mapping[str, Any], may_enter: bool = True
) -> list[Record]:
    """The records of a new row of the contacts table: other attributes, from an instant on."""
    records = state.records = [] if state.known_at is not None else state.records
    state.bind(None, None)
    if state.known_at is None:
        become_known(program, state, at)
    _run_timers(program, state, at, may_enter)
    state.now = at
    state.input_count += 1
    changes = change(program, state, attributes)
    memberships = _refresh_all(program, state) if changes else _compare(program, state, program.compared)
    _pass(program, state, None, program.watchers, changes, memberships, may_enter)
    work_on_own(program, state, may_enter)
    return records


def advance(
    program: Program,
    state: ContactState,
    until: int,
    inclusive: bool = True,
    may_enter: bool = True,
    by_clock: bool = True,
) -> list[Record]:
    """Lets time pass: everything due before an instant happens, and with `inclusive` everything due at it.

    Without `by_clock` no contact enters by the clock alone (schedules, dates, ticks), only by a consequence of an
    event, such as its absence.
    """
    records = state.records = []
    _run_timers(program, state, until + 1 if inclusive else until, may_enter, by_clock)
    return records


def _run_timers(program: Program, state: ContactState, end: int, may_enter: bool, by_clock: bool = True) -> None:
    """Runs every timer that is due before an instant, in order."""
    timers = state.timers
    while timers and timers[0][0] < end:
        due, rank, number, kind, index, visit = heapq.heappop(timers)
        if kind == TICK:
            triggers.tick(program, state, due)
            continue
        if kind > TICK:
            give_up(program, state, due)
            continue
        machine = program.machines[rank]
        if kind == TRIGGER:
            armed = triggers.take_due(state, rank, index, due)
            if armed is None:
                continue
            state.now = due
            fire(program, state, machine, index, armed, end, may_enter, by_clock)
        else:
            journey = _numbered(state.journeys.get(machine.name), number)
            if journey is None or journey.ended or journey.visit != visit or _due_at(journey, kind, index) != due:
                continue
            if journey.pinned:
                machine = program.pinned[journey.scenario, journey.pinned]
            state.now = due
            if kind == HELD:
                journeys.held_until(program, machine, state, journey, index)
            else:
                journeys.wait_is_over(program, machine, state, journey, index)
        if state.queue or state.freed:
            work_on_own(program, state, may_enter)


def _numbered(scenario_journeys: list[Journey] | None, number: int) -> Journey | None:
    for journey in scenario_journeys or ():
        if journey.number == number:
            return journey
    return None


def _due_at(journey: Journey, kind: int, index: int) -> int | None:
    """The present due instant of a timer's wait or held message; the timer is void if that differs from its own."""
    if kind == WAIT:
        return journey.due_times[index] if index < len(journey.due_times) else None
    return journey.held[index].until if index in journey.held else None


def _is_duplicate(state: ContactState, event_id: str, at: int) -> bool:
    """Whether this event was fed before; remembers its id."""
    event_ids, fed = state.seen_event_ids, (event_id, at)
    if fed in event_ids:
        return True
    event_ids[fed] = None
    if len(event_ids) >= _MANY_IDS and not len(event_ids) & (len(event_ids) - 1):
        # Forgotten only when the number has doubled, so that forgetting costs little.
        for old in [remembered for remembered in event_ids if remembered[1] < at - REMEMBERED]:
            del event_ids[old]
    return False


def _with_days(program: Program, event: Event) -> Event:
    """The event with its dates as days: a day has no zone, in any export."""
    dated = {name: day(value) for name in program.days[event.name] if (value := event.properties.get(name)) is not None}
    if all(event.properties[name] == value for name, value in dated.items()):
        return event
    return Event(event.name, event.at, {**event.properties, **dated}, event.event_id, event.most_bytes)


def _work_on(
    program: Program, state: ContactState, event: Event, may_enter: bool, hearing: Hearing | None = None
) -> None:
    """Lets an event change profile, metrics and segments, then offers it to every scenario it concerns."""
    name = event.name
    if hearing is None:
        listening, intake = program.listeners.get(name, program.watchers), program.intakes.get(name)
    else:
        listening, intake = hearing.listeners, hearing.intake
    if name in program.stateful_events:
        changes, memberships = _apply_to_contact(program, state, event, intake)
        _pass(program, state, event, listening, changes, memberships, may_enter)
    else:
        for listener in listening:
            if listener.machine.name in state.journeys:
                offer(program, listener, state, event)
            if listener.triggers and may_enter:
                let_in(program, listener.machine, state, event, listener.triggers)
    if state.takers:
        state.takers.clear()


def _apply_to_contact(
    program: Program, state: ContactState, event: Event, intake: Intake | None
) -> tuple[Changes, Memberships]:
    """Applies an event to all but journeys: attributes, metrics, past events, absences, segments."""
    name = event.name
    changes = _NO_CHANGES
    if name in program.profile_events:
        state.bind(None, event)
        changes = change(program, state, event.properties)
    if intake is not None and (intake.feeds or intake.histories):
        state.bind(None, event)
        feed_event(state, event, intake.feeds, intake.histories)
        if program.dates_of_figures:
            triggers.figures_changed(program, state)
    if name in program.arming:
        triggers.arm_absences(program, state, event)
    if name == PROFILE_UPDATED:
        attribute = event.properties["attribute"]
        changes = {attribute: (event.properties.get("before"), event.properties.get("after"))}
    if changes:
        return changes, _refresh_all(program, state)
    return changes, _refresh_segments(program, state, intake) if intake is not None else _NO_MEMBERSHIPS


def _pass(
    program: Program,
    state: ContactState,
    event: Event | None,
    listening: tuple[Listener, ...],
    changes: Changes,
    memberships: Memberships,
    may_enter: bool,
) -> None:
    """Offers an event or a change to the scenarios it concerns, by rank: to running journeys, then to triggers."""
    if program.by_change and (changes or memberships):
        by_rank = {
            listener.machine.rank: listener
            for listener in (*(Listener(machine, None, ()) for machine in program.by_change), *listening)
        }
        listening = tuple(by_rank[rank] for rank in sorted(by_rank))
    for listener in listening:
        machine = listener.machine
        if event is None:
            for own, journey in running_in_turn(program, machine, state):
                journeys.look_at_conditions(program, own, state, journey)
        elif machine.name in state.journeys:
            offer(program, listener, state, event)
        if not may_enter:
            continue
        if (changes and machine.by_attribute) or (memberships and machine.by_segment):
            let_in_first(program, listener, state, event, changes, memberships)
        elif event is not None and listener.triggers:
            let_in(program, machine, state, event, listener.triggers)


def _refresh_all(program: Program, state: ContactState) -> Memberships:
    """Refreshes every segment; gives those with a trigger that the contact has entered (true) or left."""
    for segment in program.segments.values():
        segment.look_again(state)
    return _compare(program, state, program.compared)


def _refresh_segments(program: Program, state: ContactState, intake: Intake) -> Memberships:
    """Refreshes the segments that an event can change, except those whose answer is still valid."""
    now, members, refreshed_at = state.now, state.members, state.refreshed_at
    for segment in intake.touched:
        refreshed_at[segment.name] = now
        members.pop(segment.name, None)
    for segment in intake.others:
        membership = members.get(segment.name)
        if membership is None or now >= membership.until:
            segment.look_again(state)
    # Before the next tick, time changes none of the others.
    compared = intake.compared if now < state.tick_at else program.compared
    return _compare(program, state, compared) if compared else _NO_MEMBERSHIPS


def _compare(program: Program, state: ContactState, segments: tuple[Segment, ...]) -> Memberships:
    """The segments among these that the contact has entered or left since they were last compared."""
    memberships = _NO_MEMBERSHIPS
    before, until = state.membership_before, NEVER
    for segment in segments:
        name = segment.name
        inside = segment.read(state)
        if inside != before[name]:
            before[name] = inside
            memberships = (*memberships, (name, inside))
        if segment.clock is not None and (stands_until := state.members[name].until) < until:
            until = stands_until
    if until < state.tick_at:
        triggers.arm_tick(program, state)
    return memberships


def work_on_own(program: Program, state: ContactState, may_enter: bool) -> None:
    """Empties the queue of the executor's own events, first in, first out. Then entries that wait for a free group
    enter, and the queue is emptied again."""
    count = 0
    while True:
        while state.queue:
            if count == MOST_OWN_EVENTS:
                detail = f"more than {MOST_OWN_EVENTS:,} after one input"
                state.records.append(Warned(state.now, "", "internal events", "", detail))
            count += 1
            if count > MOST_OWN_EVENTS:
                state.queue.clear()
            else:
                event = state.queue.popleft()
                _work_on(program, state, event, may_enter, event.hearing)
        if not state.freed or not may_enter:
            return
        try_waiting(program, state)
