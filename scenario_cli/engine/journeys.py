"""A journey from state to state: what happens on entering one, when it is settled, and when its waits are over."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from scenario_cli.engine.calendar import due, due_again, zone
from scenario_cli.engine.captures import MOST_CAPTURED, make_room
from scenario_cli.engine.frame import Frame
from scenario_cli.engine.identity import draw, written
from scenario_cli.engine.program import (
    CompiledBranch,
    CompiledState,
    CompiledTransition,
    Machine,
    Program,
    Sets,
)
from scenario_cli.engine.sending import cancel_held, look_again, send_all
from scenario_cli.engine.state import WAIT, ContactState, Journey
from scenario_cli.engine.values import shown
from scenario_cli.model.event import Event
from scenario_cli.model.records import Ended, Moved, Step, Warned
from scenario_cli.model.scenario import Target


def go(
    program: Program,
    machine: Machine,
    state: ContactState,
    frame: Frame,
    journey: Journey,
    target: Target,
    event: Event | None,
    what: str,
) -> None:
    """Takes a journey to a target and on from there until it waits or ends.

    `event` is the one that leads there, None where time or a condition does; `what` tells of it in a trace.
    """
    while True:
        if target.outcome is not None:
            end(machine, frame, journey, target.outcome)
            return
        assert target.state is not None
        entering = machine.states[target.state]
        if not _may_enter(state, frame, journey, entering.name):
            end(machine, frame, journey, "error")
            return
        _arrive(machine, frame, journey, entering, what)
        journey.entering = event
        frame.look_at(journey, event)
        onward = _scenario_when(machine, frame, journey)
        if onward is None:
            capture(frame, machine, journey, entering.sets)
            send_all(program, machine, state, frame, journey, entering)
            if journey.held:
                return
            onward = _settle(program, machine, state, frame, journey)
        if onward is None:
            return
        target, what = onward.target, onward.what


def _settle(
    program: Program, machine: Machine, state: ContactState, frame: Frame, journey: Journey
) -> CompiledBranch | None:
    """Once a state's last message has left or been dropped: where it leads at once. None where it ends or waits."""
    here = machine.states[journey.state_name]
    if here.end is not None:
        end(machine, frame, journey, here.end)
        return None
    moved = _state_when(frame, journey, here.when) or _scenario_when(machine, frame, journey)
    if moved is not None:
        return moved
    for branch in here.onward:
        if branch.holds is None or branch.holds(frame):
            return branch
    if here.split is not None:
        return _draw_arm(program, machine, frame, journey, here)
    _begin_waits(machine, state, frame, journey, here)
    return None


def _draw_arm(
    program: Program, machine: Machine, frame: Frame, journey: Journey, here: CompiledState
) -> CompiledBranch:
    """The arm of a split that this contact, or this journey, always falls in."""
    assert here.split is not None
    parts = ["split", program.salt, machine.name, here.name, frame.contact_id]
    if here.split.by_journey:
        parts += [journey.key, written(journey.entered_at)]
    point = draw(*parts) * here.split.arms[-1][0]
    branch = next(branch for upto, branch in here.split.arms if upto > point)
    journey.variant = {**journey.variant, here.name: branch.target.state or ""}
    return branch


def held_until(
    program: Program, machine: Machine, state: ContactState, frame: Frame, journey: Journey, place: int
) -> None:
    """A held message's time has come: it leaves, is held again or is dropped, and the state may be settled."""
    frame.look_at(journey, None)
    moved = _scenario_when(machine, frame, journey)
    if moved is None:
        frame.look_at(journey, journey.entering)
        look_again(program, machine, state, frame, journey, place)
        if journey.held:
            return
        moved = _settle(program, machine, state, frame, journey)
    if moved is not None:
        go(program, machine, state, frame, journey, moved.target, None, moved.what)


def _may_enter(state: ContactState, frame: Frame, journey: Journey, name: str) -> bool:
    """The last guard against going round: no state twice at one instant without an input from outside."""
    here = (frame.now, state.input_count)
    before, names = journey.entered_now
    if before != here:
        names = frozenset()
    journey.entered_now = (here, names | {name})
    return name not in names


def _arrive(machine: Machine, frame: Frame, journey: Journey, entering: CompiledState, what: str) -> None:
    cancel_held(machine, frame, journey)
    source = journey.state_name
    last = journey.because
    if what and last is not None and last.state == entering.name and last.what == what:
        # Round after round by the same way is one link of the chain, so that it stays short.
        journey.because = Step(frame.now, what, entering.name, last.before, last.times + 1)
    elif what:
        journey.because = Step(frame.now, what, entering.name, last)
    elif last is not None:
        last.state = entering.name
    journey.state_name = entering.name
    journey.visit += 1
    journey.dues = []
    frame.records.append(Moved(frame.now, machine.name, journey.journey_id, source, entering.name, what))


def _scenario_when(machine: Machine, frame: Frame, journey: Journey) -> CompiledBranch | None:
    """The first of the scenario's conditions that holds and has not moved this journey before."""
    for place, branch in enumerate(machine.when):
        if place in journey.used_when or branch.target.state == journey.state_name:
            continue
        if branch.holds is None or branch.holds(frame):
            journey.used_when |= {place}
            return branch
    return None


def _state_when(frame: Frame, journey: Journey, branches: Iterable[CompiledBranch]) -> CompiledBranch | None:
    for branch in branches:
        if branch.target.state != journey.state_name and (branch.holds is None or branch.holds(frame)):
            return branch
    return None


def _begin_waits(machine: Machine, state: ContactState, frame: Frame, journey: Journey, waiting: CompiledState) -> None:
    journey.waits_from = frame.now
    journey.dues = [due(timeout.wait, frame.now, state.zone) for timeout in waiting.after]
    _set_timers(machine, state, journey)


def _set_timers(machine: Machine, state: ContactState, journey: Journey) -> None:
    for place, at in enumerate(journey.dues):
        if at is not None:
            heapq.heappush(state.timers, (at, machine.rank, journey.number, WAIT, place, journey.visit))


def move_clock(machine: Machine, state: ContactState, journey: Journey) -> None:
    """Works a journey's waits out anew on another local clock; those that are over stay over."""
    waits = machine.states[journey.state_name].after
    for place, before in enumerate(journey.dues):
        wait = waits[place].wait
        if before is not None and (wait.at is not None or wait.days or (wait.duration and wait.duration.calendar)):
            journey.dues[place] = due_again(wait, journey.waits_from, state.now, state.zone)
    _set_timers(machine, state, journey)


def wait_is_over(
    program: Program, machine: Machine, state: ContactState, frame: Frame, journey: Journey, place: int
) -> None:
    timeout = machine.states[journey.state_name].after[place]
    journey.dues[place] = None
    frame.look_at(journey, None)
    if timeout.branch.holds is None or timeout.branch.holds(frame):
        go(program, machine, state, frame, journey, timeout.branch.target, None, timeout.branch.what)


def respond(
    program: Program,
    machine: Machine,
    state: ContactState,
    frame: Frame,
    journey: Journey,
    transition: CompiledTransition,
    event: Event,
) -> None:
    """Carries out a transition that an event takes."""
    capture(frame, machine, journey, transition.sets)
    if transition.target is not None:
        go(program, machine, state, frame, journey, transition.target, event, transition.what)


def look_at_conditions(program: Program, machine: Machine, state: ContactState, frame: Frame, journey: Journey) -> None:
    """Moves a journey whose state's or scenario's `when` has come to hold."""
    frame.look_at(journey, None)
    here = machine.states[journey.state_name]
    moved = _state_when(frame, journey, here.when) or _scenario_when(machine, frame, journey)
    if moved is not None:
        go(program, machine, state, frame, journey, moved.target, None, moved.what)


def capture(frame: Frame, machine: Machine, journey: Journey, sets: Sets) -> None:
    """Keeps values for later, in the order written; what would pass the bound is left out, with a warning."""
    for name, work_out in sets:
        value = work_out(frame)
        if not make_room(journey, name, value):
            frame.warn(machine.name, name, f"not captured: a journey holds at most {MOST_CAPTURED:,} bytes")
            continue
        journey.captures = {**journey.captures, name: value}
        frame.captures = journey.captures


def tell_of_zone(state: ContactState, frame: Frame) -> None:
    """Warns, once for each zone a contact has, where the project's zone has to stand in for it."""
    name = state.profile.get("timezone")
    if str(name) in state.zones_told or (isinstance(name, str) and zone(name) is not None):
        return
    state.zones_told |= {str(name)}
    said = "missing" if name is None else f"{shown(name)} is no time zone"
    detail = f"{said}, so the project's clock counts"
    frame.records.append(Warned(frame.now, "", "contact.timezone", "", detail))


def end(machine: Machine, frame: Frame, journey: Journey, outcome: str) -> None:
    cancel_held(machine, frame, journey)
    journey.ended = True
    journey.dues = []
    frame.records.append(Ended(frame.now, machine.name, journey.journey_id, journey.state_name, outcome))
