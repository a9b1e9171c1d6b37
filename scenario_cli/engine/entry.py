"""Lets a contact into a scenario, or refuses it with a reason. Decides about no trigger."""

from __future__ import annotations

import heapq
from typing import Any, Final

from scenario_cli.engine import journeys
from scenario_cli.engine.calendar import add, local
from scenario_cli.engine.compiled import CompiledTrigger, Machine, Program
from scenario_cli.engine.identity import journey_id
from scenario_cli.engine.keys import key_of
from scenario_cli.engine.own_events import journey_entered
from scenario_cli.engine.profile import report_zone
from scenario_cli.engine.state import GIVEN_UP, LAST_RANK, ContactState, Journey, WaitingEntry
from scenario_cli.engine.under_way import machine_of
from scenario_cli.engine.values import shown
from scenario_cli.model.event import Event
from scenario_cli.model.records import Entered, Refused, Step
from scenario_cli.model.waits import Duration

MOST_RUNNING: Final = 1_000  # most journeys of a contact at once, so that one broken contact cannot stall a run
MOST_WAITING: Final = 1_000  # most entries that wait for their groups at once
MOST_AT_ONCE: Final = (
    100  # entries by one key at one instant without an input from outside: scenarios that fire each other
)


def enter_each(program: Program, machine: Machine, state: ContactState, event: Event, trigger: CompiledTrigger) -> None:
    """Lets the contact enter by a trigger that fired: once, or once for each element of the trigger's list."""
    if trigger.each is None:
        _try_enter(program, machine, state, event, trigger, None)
        return
    state.bind(None, event)
    listed = trigger.each(state)
    if listed is not None and not isinstance(listed, list | tuple):
        state.warn(machine.name, "each", f"{shown(listed)} is not a list")
        return
    for item in listed or ():
        _try_enter(program, machine, state, event, trigger, item)


def _try_enter(
    program: Program, machine: Machine, state: ContactState, event: Event, trigger: CompiledTrigger, item: Any
) -> None:
    """Lets the contact enter unless a rule of entry refuses; the first refusal gives the reason."""
    state.bind(None, event)
    state.item = item
    key = key_of(machine, state)
    scenario_journeys = state.journeys.get(machine.name)
    running = (
        [journey for journey in scenario_journeys if not journey.ended and journey.holds_key and journey.key == key]
        if scenario_journeys
        else []
    )
    reason = _refusal(program, machine, state, trigger, key, running)
    if reason == "audience" and trigger.by_tick:
        state.unadmitted[machine.name] = state.unadmitted.get(machine.name, 0) + 1
        return
    cause = trigger.cause or event.name
    if reason == "exclusive" and machine.group_wait is not None and _waits(machine, state, event, trigger, key, item):
        return
    if reason is not None:
        state.records.append(Refused(state.now, machine.name, key, cause, reason))
        return
    if machine.while_running == "restart":
        for journey in running:
            journeys.end(program, machine_of(program, journey) or machine, state, journey, "restarted")
    if machine.exclusive:
        _make_room(program, machine, state)
    _enter(program, machine, state, event, key, cause, item)


def _refusal(
    program: Program, machine: Machine, state: ContactState, trigger: CompiledTrigger, key: Any, running: list[Journey]
) -> str | None:
    if machine.paused:
        return "paused"
    if machine.active is not None and not _active(machine, state):
        return "inactive"
    if machine.audience is not None and not machine.audience(state):
        return "audience"
    if machine.key is not None and key is None:
        return "key"
    if state.takers and _was_taken(machine, state, key, running):
        return "taken"
    if machine.while_running == "ignore" and running:
        return "running"
    last = state.entries.get((machine.name, key))
    restarts = machine.while_running == "restart" and bool(running)
    if last is not None and not restarts:
        if trigger.reentry == "never":
            return "reentry"
        if isinstance(trigger.reentry, Duration) and state.now < add(
            trigger.reentry, last[0], machine.zone or state.zone
        ):
            return "reentry"
    ends_first = len(running) if restarts else 0
    if machine.max_running is not None and _running(machine, state) - ends_first >= machine.max_running:
        return "limit"
    if machine.exclusive and _outranked(program, machine, state, running if restarts else []):
        return "exclusive"
    if last is not None and last[0] == state.now and last[2] == state.input_count and last[3] >= MOST_AT_ONCE:
        return "too_many"
    return "too_many" if state.running - ends_first >= MOST_RUNNING else None


def _running(machine: Machine, state: ContactState) -> int:
    """The number of journeys that the contact has in a scenario."""
    return sum(not journey.ended for journey in state.journeys.get(machine.name, ()))


def _was_taken(machine: Machine, state: ContactState, key: Any, running: list[Journey]) -> bool:
    """Whether a journey of the key took the event: it collected the event, or answered it and blocks the entry."""
    return any(
        journey in running and machine.while_running == "ignore"
        if not collected
        else journey.scenario == machine.name and journey.key == key
        for journey, collected in state.takers
    )


def _waits(machine: Machine, state: ContactState, event: Event, trigger: CompiledTrigger, key: Any, item: Any) -> bool:
    """Lets an entry wait for its group, unless an entry of the same scenario and key waits already, or too many
    wait.
    """
    if (machine.name, key) in state.waiting or len(state.waiting) >= MOST_WAITING:
        return False
    assert machine.group_wait is not None
    until = add(machine.group_wait, state.now, machine.zone or state.zone)
    state.waiting[machine.name, key] = WaitingEntry(trigger.index, event, item, until)
    heapq.heappush(state.timers, (until, LAST_RANK, 0, GIVEN_UP, 0, 0))
    cause = trigger.cause or event.name
    state.records.append(Refused(state.now, machine.name, key, cause, "waiting", until))
    return True


def try_waiting(program: Program, state: ContactState) -> None:
    """Tries the entries that wait for a group which a journey has left: by priority, then in the order of asking."""
    freed, state.freed = state.freed, set()
    for (name, key), entry in _in_turn(program, state):
        machine = program.by_name[name]
        scenario_journeys = state.journeys.get(name, ()) if machine.while_running == "restart" else ()
        ending = [
            journey for journey in scenario_journeys if not journey.ended and journey.holds_key and journey.key == key
        ]
        if machine.exclusive in freed and not _outranked(program, machine, state, ending):
            del state.waiting[name, key]
            _try_enter(program, machine, state, entry.event, machine.triggers[entry.trigger_index], entry.item)


def give_up(program: Program, state: ContactState, due: int) -> None:
    """Refuses the entries whose time to wait is over; those that have entered since leave no trace."""
    for (name, key), entry in _in_turn(program, state):
        if entry.until <= due:
            state.now = due
            del state.waiting[name, key]
            cause = program.by_name[name].triggers[entry.trigger_index].cause or entry.event.name
            state.records.append(Refused(state.now, name, key, cause, "exclusive"))


def _in_turn(program: Program, state: ContactState) -> list[tuple[tuple[str, Any], WaitingEntry]]:
    return sorted(state.waiting.items(), key=lambda item: -program.by_name[item[0][0]].priority)


def _active(machine: Machine, state: ContactState) -> bool:
    """Whether contacts can enter today, on the scenario's calendar."""
    assert machine.active is not None
    first, last = machine.active
    today = local(state.now, machine.zone or state.zone).date()
    return (first is None or first <= today) and (last is None or today <= last)


def _outranked(program: Program, machine: Machine, state: ContactState, ending: list[Journey]) -> bool:
    """Whether journeys of the same or a higher priority fill the limit of the group, without those `ending` first."""
    before = [
        journey
        for journey, machine_of_journey in _of_group(program, machine, state)
        if machine_of_journey.priority >= machine.priority
    ]
    return sum(journey not in ending for journey in before) >= machine.group_limit


def _of_group(program: Program, machine: Machine, state: ContactState) -> list[tuple[Journey, Machine]]:
    """The running journeys of a scenario's group, each with its definition, which names its group."""
    return [
        (journey, member)
        for member in program.groups[machine.exclusive]
        for journey in state.journeys.get(member.name, ())
        if not journey.ended and machine_of(program, journey) is member
    ]


def _make_room(program: Program, machine: Machine, state: ContactState) -> None:
    """Ends journeys of the group until one more can run: first the lowest priority, then the latest entry."""
    running = _of_group(program, machine, state)
    order = sorted(running, key=lambda pair: (pair[1].priority, -pair[0].number))
    for journey, member in order[: max(len(running) + 1 - machine.group_limit, 0)]:
        journeys.end(program, member, state, journey, "displaced")


def _enter(
    program: Program, machine: Machine, state: ContactState, event: Event, key: Any, cause: str, item: Any
) -> None:
    journeys.fix_memberships(program, state, "journey.entered")
    last = state.entries.get((machine.name, key))
    ordinal, times = 0, 1
    if last is not None and last[0] == state.now:
        ordinal = last[1] + 1
        times = last[3] + 1 if last[2] == state.input_count else 1
    state.entries[(machine.name, key)] = (state.now, ordinal, state.input_count, times)
    number = state.next_number
    name = str(number)
    if program.named:
        name = journey_id(program.project, machine.name, state.contact_id, key, state.now, ordinal)
    journey = Journey(number, machine.name, key, state.now, event, name, item)
    if program.explained:
        journey.because = Step(state.now, cause, "", None)
    state.next_number += 1
    state.running += 1
    state.journeys.setdefault(machine.name, []).append(journey)
    state.records.append(Entered(state.now, machine.name, name, key, cause))
    if "journey.entered" in program.observed_events:
        journey_entered(machine, state, journey)
    if program.has_zones:
        report_zone(state)
    journeys.go(program, machine, state, journey, machine.first, event, "", "entry")
