"""Offers an event to the journeys of a scenario: goals and transitions. Starts no journey."""

from __future__ import annotations

from scenario_cli.engine import journeys
from scenario_cli.engine.compiled import CompiledGoal, CompiledTransition, Listener, Machine, Program
from scenario_cli.engine.keys import is_named, parts_named
from scenario_cli.engine.state import ContactState, Journey, OwnEvent
from scenario_cli.engine.under_way import machine_of, running_in_turn
from scenario_cli.model.event import Event
from scenario_cli.model.records import Converted
from scenario_cli.model.vocabulary import JOURNEY_EVENTS, MESSAGE_EVENTS


def offer(program: Program, listener: Listener, state: ContactState, event: Event) -> None:
    """Offers an event to a scenario's journeys, oldest first: goal, state's `on`, scenario's `on`, `when`."""
    machine, goal, name = listener.machine, listener.goal, event.name
    rank, has_pinned = machine.rank, bool(program.pinned)
    named_parts = parts_named(machine, event) if machine.key_properties else None
    some_ended = False
    for journey in state.journeys[machine.name]:
        if has_pinned:
            own = machine_of(program, journey)
            if own is None or own.rank != rank:
                continue
            machine, goal = own, own.goals.get(name)
            named_parts = parts_named(own, event) if own.key_properties else None
        concerns = not named_parts or is_named(named_parts, journey.key)
        offered = not isinstance(event, OwnEvent) or _is_offered(event, journey)
        if goal is not None and offered and (concerns or goal.any_key):
            _take_goal(program, machine, state, journey, event, goal)
        if not journey.ended:
            current = machine.states[journey.state_name]
            visit = journey.visit
            if offered and name in current.on:
                _answer(program, machine, state, journey, event, current.on[name], concerns)
            if current.watches and not journey.ended and journey.visit == visit:
                journeys.look_at_conditions(program, machine, state, journey)
        some_ended = some_ended or journey.ended
    if some_ended:
        forget_ended(program, state, machine.name, event.at)


def _answer(
    program: Program,
    machine: Machine,
    state: ContactState,
    journey: Journey,
    event: Event,
    answers: tuple[CompiledTransition, ...],
    concerns: bool,
) -> None:
    """The first transition that takes the event."""
    for transition in answers:
        if (concerns or transition.any_key) and _matches(transition, state, journey, event):
            state.takers.append((journey, transition.collect is not None))
            journeys.respond(program, machine, state, journey, transition, event)
            return


def _is_offered(event: OwnEvent, journey: Journey) -> bool:
    """Whether a journey can answer an own event: `message.*` of its present state, `journey.*` of another journey."""
    if event.name in MESSAGE_EVENTS:
        return event.origin == journey.journey_id and event.visit == journey.visit
    return event.name not in JOURNEY_EVENTS or event.origin != journey.journey_id


def offer_broadcast(program: Program, machine: Machine, state: ContactState, event: Event) -> None:
    """Offers an event without a contact to a scenario's running journeys: to their `on` alone."""
    for own, journey in running_in_turn(program, machine, state):
        named_parts = parts_named(own, event) if own.key_properties else None
        answers = own.states[journey.state_name].on.get(event.name, ())
        concerns = not named_parts or is_named(named_parts, journey.key)
        _answer(program, own, state, journey, event, answers, concerns)


def _matches(answer: CompiledTransition | CompiledGoal, state: ContactState, journey: Journey, event: Event) -> bool:
    if answer.of is not None and event.properties.get("message_id") not in journey.message_ids.get(answer.of, ()):
        return False
    state.bind(journey, event)
    return answer.holds is None or answer.holds(state)


def _take_goal(
    program: Program, machine: Machine, state: ContactState, journey: Journey, event: Event, goal: CompiledGoal
) -> None:
    """Takes a goal event: a conversion, once and within the window, and the end of a running journey."""
    if journey.ended and journey.converted:
        return
    if not _matches(goal, state, journey, event):
        return
    if not journey.converted and event.at - journey.entered_at <= goal.within:
        journey.converted = True
        value = goal.value(state) if goal.value is not None else None
        state.records.append(Converted(event.at, machine.name, journey.journey_id, event.name, value, journey.credited))
    if not journey.ended and goal.ends is not None:
        journeys.end(program, machine, state, journey, goal.ends, goal.place)


def forget_ended(program: Program, state: ContactState, name: str, now: int) -> None:
    """Drops the ended journeys of a scenario that can no longer convert, by the goal that it has today."""
    today = program.by_name.get(name)
    window = today.window if today is not None else -1
    state.journeys[name] = [
        journey
        for journey in state.journeys[name]
        if not journey.ended or (not journey.converted and now - journey.entered_at <= window)
    ]
