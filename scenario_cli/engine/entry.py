"""Who is let into a scenario, and who is refused and why."""

from __future__ import annotations

from typing import Any

from scenario_cli.engine import journeys
from scenario_cli.engine.frame import Frame
from scenario_cli.engine.identity import journey_id
from scenario_cli.engine.program import Machine, Program
from scenario_cli.engine.state import ContactState, Journey
from scenario_cli.model.event import Event
from scenario_cli.model.records import Entered, Refused, Step
from scenario_cli.model.scenario import Target
from scenario_cli.model.source import Span
from scenario_cli.model.waits import Duration

MOST_RUNNING = 1_000  # journeys a contact may have at once, so that one broken contact cannot stall a run


def try_enter(program: Program, machine: Machine, state: ContactState, frame: Frame, event: Event) -> None:
    """Lets the contact in unless a rule of entry refuses; the first that does gives the reason."""
    frame.look_at(None, event)
    key = _plain(machine.key(frame)) if machine.key is not None else None
    running = [one for one in state.journeys.get(machine.name, ()) if not one.ended and one.key == key]
    reason = _refusal(machine, state, frame, key, running)
    if reason is not None:
        frame.records.append(Refused(event.at, machine.name, key, event.name, reason))
        return
    if machine.while_running == "restart":
        for journey in running:
            journeys.end(machine, frame, journey, "restarted")
    _enter(program, machine, state, frame, event, key)


def _plain(key: Any) -> Any:
    """A key as it is compared and written: a list or a mapping is no key."""
    return key if isinstance(key, str | int | float) else None


def _refusal(machine: Machine, state: ContactState, frame: Frame, key: Any, running: list[Journey]) -> str | None:
    if machine.audience is not None and not machine.audience(frame):
        return "audience"
    if machine.key is not None and key is None:
        return "key"
    last = state.entries.get((machine.name, key))
    if machine.while_running == "ignore" and (running or (last is not None and last[0] == frame.now)):
        return "running"
    restarts = machine.while_running == "restart" and bool(running)
    if last is not None and not restarts:
        if machine.reentry == "never":
            return "reentry"
        if isinstance(machine.reentry, Duration) and frame.now - last[0] < machine.reentry.elapsed:
            return "reentry"
    ends_first = len(running) if restarts else 0
    if sum(not one.ended for held in state.journeys.values() for one in held) - ends_first >= MOST_RUNNING:
        return "too_many"
    return None


def _enter(program: Program, machine: Machine, state: ContactState, frame: Frame, event: Event, key: Any) -> None:
    last = state.entries.get((machine.name, key))
    ordinal = last[1] + 1 if last is not None and last[0] == frame.now else 0
    state.entries[(machine.name, key)] = (frame.now, ordinal)
    name = journey_id(program.project, machine.name, state.contact_id, key, frame.now, ordinal)
    journey = Journey(state.next_number, machine.name, key, frame.now, event, name)
    journey.because = Step(frame.now, event.name, "", None)
    state.next_number += 1
    state.journeys.setdefault(machine.name, []).append(journey)
    frame.records.append(Entered(frame.now, machine.name, name, key, event.name))
    if program.has_zones:
        journeys.tell_of_zone(state, frame)
    journeys.go(program, machine, state, frame, journey, Target(_NOWHERE, machine.first), event, "")


_NOWHERE = Span("", 1, 1, 1, 1)
