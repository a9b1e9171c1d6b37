"""Moves a journey from state to state: into a state, through its actions and messages, and out when a wait is over."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.engine import own_events, waits
from scenario_cli.engine.actions import act, collect
from scenario_cli.engine.calendar import wall_date, wall_of
from scenario_cli.engine.compiled import (
    CompiledBranch,
    CompiledState,
    CompiledTarget,
    CompiledTransition,
    Machine,
    Program,
)
from scenario_cli.engine.identity import draw, written
from scenario_cli.engine.sending import answer, cancel_held, look_again, send_all
from scenario_cli.engine.state import ANSWERS, ContactState, Journey
from scenario_cli.model.event import Event
from scenario_cli.model.records import Ended, Kind, Moved, Step
from scenario_cli.model.source import Position


def go(
    program: Program,
    machine: Machine,
    state: ContactState,
    journey: Journey,
    target: CompiledTarget,
    event: Event | None,
    cause: str,
    kind: Kind,
) -> None:
    """Takes a journey to a target and on from there until it waits or ends.

    `event` is the event that leads there, None if time or a condition does; `cause` and `kind` name it in a trace.
    """
    while True:
        if target.outcome is not None:
            end(program, machine, state, journey, target.outcome, target.place)
            return
        assert target.state is not None
        entering = machine.states[target.state]
        if not _may_enter(state, journey, entering.name):
            end(program, machine, state, journey, "error")
            return
        _arrive(program, machine, state, journey, entering, cause, kind, target.place)
        journey.entering = event
        state.bind(journey, event)
        onward = _scenario_when(machine, state, journey) if machine.when else None
        if onward is None:
            if entering.actions is not None:
                act(program, machine, state, journey, entering.actions)
            if entering.sends:
                send_all(program, machine, state, journey, entering)
                if journey.held:
                    return
            onward = _settle(program, machine, state, journey)
        if onward is None:
            return
        target, cause, kind = onward.target, onward.cause, onward.kind


def _settle(program: Program, machine: Machine, state: ContactState, journey: Journey) -> CompiledBranch | None:
    """Settles a state without held messages; gives the branch it takes at once, None if it ends or waits."""
    current = machine.states[journey.state_name]
    if current.end is not None:
        end(program, machine, state, journey, current.end)
        return None
    if current.watches:
        moved = _state_when(state, journey, current.when) or _scenario_when(machine, state, journey)
        if moved is not None:
            return moved
    if current.onward or current.split is not None:
        return _onward(program, machine, state, journey, current)
    waits.begin(machine, state, journey, current.after)
    return None


def _onward(
    program: Program, machine: Machine, state: ContactState, journey: Journey, current: CompiledState
) -> CompiledBranch | None:
    """The branch of `choose` or `next`, or the arm of a split, that a settled state takes at once."""
    for branch in current.onward:
        if branch.holds is None or branch.holds(state):
            return branch
    return _draw_arm(program, machine, state, journey, current) if current.split is not None else None


def go_on(program: Program, machine: Machine, state: ContactState, journey: Journey) -> None:
    """Moves a journey on that was put into a settled state which does not wait; conditions are not evaluated."""
    current = machine.states[journey.state_name]
    if current.end is not None:
        end(program, machine, state, journey, current.end)
        return
    state.bind(journey, None)
    branch = _onward(program, machine, state, journey, current)
    if branch is not None:
        go(program, machine, state, journey, branch.target, None, branch.cause, branch.kind)


def _draw_arm(
    program: Program, machine: Machine, state: ContactState, journey: Journey, current: CompiledState
) -> CompiledBranch:
    """The arm of a split that this contact, or this journey, always falls in."""
    assert current.split is not None
    parts = ["split", program.salt, machine.drawn_as, current.name, state.contact_id]
    if current.split.by_journey:
        parts += [journey.key, written(journey.entered_at)]
    arms = current.split.arms
    if current.split.later:
        today = wall_date(wall_of(state.now, machine.zone or state.zone))
        arms = next((later for since, later in reversed(current.split.later) if since <= today), arms)
    point = draw(*parts) * arms[-1][0]
    branch = next(branch for upto, branch in arms if upto > point)
    journey.variant = {**journey.variant, current.name: branch.target.state or ""}
    return branch


def held_until(program: Program, machine: Machine, state: ContactState, journey: Journey, index: int) -> None:
    """Tries a held message again when its time has come, and settles the state once none of its own is held."""
    state.bind(journey, None)
    moved = _scenario_when(machine, state, journey)
    if moved is None:
        look_again(program, machine, state, journey, index)
        if index >= ANSWERS or journey.unsettled:
            return
        moved = _settle(program, machine, state, journey)
    if moved is not None:
        go(program, machine, state, journey, moved.target, None, moved.cause, moved.kind)


def _may_enter(state: ContactState, journey: Journey, name: str) -> bool:
    """The last guard against going round: no state twice at one instant without an input from outside."""
    now, count, names = journey.entered_now
    if now != state.now or count != state.input_count:
        journey.entered_now = (state.now, state.input_count, (name,))
        return True
    journey.entered_now = (now, count, (*names, name))
    return name not in names


def _arrive(
    program: Program,
    machine: Machine,
    state: ContactState,
    journey: Journey,
    entering: CompiledState,
    cause: str,
    kind: Kind,
    exit: Position,
) -> None:
    if journey.held:
        cancel_held(program, machine, state, journey)
    source = journey.state_name
    if program.explained:
        _explain(state, journey, entering.name, cause)
    journey.state_name = entering.name
    if entering.frees_key:
        journey.holds_key = False
    journey.visit += 1
    journey.due_times = []
    journey.answered = 0
    state.records.append(Moved(state.now, machine.name, journey.journey_id, source, entering.name, cause, kind, exit))


def _explain(state: ContactState, journey: Journey, name: str, cause: str) -> None:
    """Adds a link to the chain that leads a journey to the state of this name."""
    last = journey.because
    if cause and last is not None and last.state == name and last.cause == cause:
        # The same cause in successive rounds is one link of the chain, so that it stays short.
        journey.because = Step(state.now, cause, name, last.before, last.times + 1)
    elif cause:
        journey.because = Step(state.now, cause, name, last)
    elif last is not None:
        last.state = name


def _scenario_when(machine: Machine, state: ContactState, journey: Journey) -> CompiledBranch | None:
    """The first of the scenario's conditions that holds and has not moved this journey before."""
    for index, branch in enumerate(machine.when):
        if index in journey.used_when or branch.target.state == journey.state_name:
            continue
        if branch.holds is None or branch.holds(state):
            journey.used_when |= {index}
            return branch
    return None


def _state_when(state: ContactState, journey: Journey, branches: Iterable[CompiledBranch]) -> CompiledBranch | None:
    for branch in branches:
        if branch.target.state != journey.state_name and (branch.holds is None or branch.holds(state)):
            return branch
    return None


def wait_is_over(program: Program, machine: Machine, state: ContactState, journey: Journey, index: int) -> None:
    branch = waits.branch_of(machine.states[journey.state_name].after[index], journey.fallbacks.pop(index, None))
    journey.due_times[index] = None
    if branch.holds is not None:
        state.bind(journey, None)
    if branch.holds is None or branch.holds(state):
        go(program, machine, state, journey, branch.target, None, branch.cause, branch.kind)


def respond(
    program: Program,
    machine: Machine,
    state: ContactState,
    journey: Journey,
    transition: CompiledTransition,
    event: Event,
) -> None:
    """Carries out a transition that an event takes."""
    if transition.actions is not None:
        act(program, machine, state, journey, transition.actions)
    if transition.collect is not None:
        collect(machine, state, journey, transition.collect, event)
    if transition.sends:
        answer(program, machine, state, journey, transition, event)
    if transition.target is not None:
        go(program, machine, state, journey, transition.target, event, transition.cause, "on")


def look_at_conditions(program: Program, machine: Machine, state: ContactState, journey: Journey) -> None:
    """Moves a journey if the `when` of its state or scenario has become true."""
    current = machine.states[journey.state_name]
    if not current.watches:
        return
    state.bind(journey, None)
    moved = _state_when(state, journey, current.when) or _scenario_when(machine, state, journey)
    if moved is not None:
        go(program, machine, state, journey, moved.target, None, moved.cause, moved.kind)


def end(
    program: Program,
    machine: Machine,
    state: ContactState,
    journey: Journey,
    outcome: str,
    exit: Position | None = None,
) -> None:
    if journey.held:
        cancel_held(program, machine, state, journey)
    fix_memberships(program, state, "journey.ended")
    journey.ended = True
    journey.pinned = ""  # it converts by the goal that its scenario has today
    if outcome in ("restarted", "displaced"):
        journey.converted = True  # the goal is now that of the journey which takes its place
    journey.due_times = []
    state.running -= 1
    if machine.exclusive and state.waiting:
        state.freed.add(machine.exclusive)
    state.records.append(Ended(state.now, machine.name, journey.journey_id, journey.state_name, outcome, exit))
    if "journey.ended" in program.observed_events:
        own_events.journey_ended(program, machine, state, journey, outcome)


def fix_memberships(program: Program, state: ContactState, event: str) -> None:
    """Fixes who is in a segment that reads running journeys until the event of the entry or end has its turn."""
    intake = program.intakes.get(event)
    if intake is not None:
        for segment in intake.segments:
            segment.read(state)
