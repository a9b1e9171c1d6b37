"""Carries out the actions of a state or transition: captures, profile updates, own events. Moves no journey."""

from __future__ import annotations

from typing import Any

from scenario_cli.engine import own_events
from scenario_cli.engine.captures import MOST_CAPTURED, MOST_WRITTEN, can_be_written, make_room
from scenario_cli.engine.compiled import CompiledActions, Machine, Program, Sets
from scenario_cli.engine.context import the_event, the_properties, whole
from scenario_cli.engine.profile import change, fitting
from scenario_cli.engine.state import ContactState, Journey
from scenario_cli.model.event import Event
from scenario_cli.model.records import Updated


def act(program: Program, machine: Machine, state: ContactState, journey: Journey, actions: CompiledActions) -> None:
    """Captures, then writes to the profile, then emits, each in the order written."""
    if actions.sets:
        _capture(machine, state, journey, actions.sets)
    for name, work_out in actions.updates:
        _update(program, machine, state, journey, name, _writable(machine, state, name, work_out(state)))
    for name, values in actions.emits:
        sent = {key: _writable(machine, state, f"{name}.{key}", work_out(state)) for key, work_out in values}
        own_events.emitted(state, name, sent)


def _writable(machine: Machine, state: ContactState, place: str, value: Any) -> Any:
    """A value that goes into the profile or an event; missing if an expression nests or doubles it at every pass."""
    if can_be_written(value):
        return value
    state.warn(machine.name, place, f"a list nested too deeply, or of more than {MOST_WRITTEN:,} parts")
    return None


def _capture(machine: Machine, state: ContactState, journey: Journey, sets: Sets) -> None:
    event = state.event
    for name, work_out in sets:
        whole_event = (work_out is the_event or work_out is the_properties) and event is not None
        capture(machine, state, journey, name, work_out(state), event.most_bytes if whole_event and event else 0)


def capture(
    machine: Machine, state: ContactState, journey: Journey, name: str, value: Any, most_bytes: int = 0
) -> None:
    """Captures a value for later; leaves out a value that would pass the bound, with a warning."""
    if not make_room(journey, name, value, most_bytes):
        state.warn(machine.name, name, f"not captured: a journey holds at most {MOST_CAPTURED:,} bytes")
        return
    journey.captures = {**journey.captures, name: value}
    state.captures = journey.captures


def collect(machine: Machine, state: ContactState, journey: Journey, name: str, event: Event) -> None:
    """Appends an event to a captured list; a list replaces a capture that is not a list."""
    collected = journey.captures.get(name)
    capture(
        machine, state, journey, name, [*(collected if isinstance(collected, list) else ()), whole(event, state.zone)]
    )


def _update(program: Program, machine: Machine, state: ContactState, journey: Journey, name: str, value: Any) -> None:
    value = fitting(program, state, {name: value})[name]
    before = state.profile.get(name)
    if before == value and type(before) is type(value):
        return
    event = state.event
    for segment in program.segments.values():
        segment.read(state)  # membership stays as it is until the event queued below has its turn
    change(program, state, {name: value})
    state.bind(journey, event)
    state.records.append(
        Updated(state.now, machine.name, machine.version, journey.journey_id, journey.key, journey.state_name,
                name, before, value, state.zone.key, journey.because)
    )  # fmt: skip
    own_events.profile_updated(machine, state, journey, name, before, value)
