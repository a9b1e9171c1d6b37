"""Finds the definition that a journey runs on: today's of its scenario, or an older one that it was pinned to."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.engine.compiled import Machine, Program
from scenario_cli.engine.state import ContactState, Journey


def machine_of(program: Program, journey: Journey) -> Machine | None:
    """The definition of a journey; for a journey that is over, today's of its scenario, None if that is gone."""
    if journey.pinned:
        return program.pinned[journey.scenario, journey.pinned]
    return program.by_name.get(journey.scenario)


def running_in_turn(program: Program, machine: Machine, state: ContactState) -> Iterator[tuple[Machine, Journey]]:
    """The running journeys of a scenario that have their turn with a machine, oldest first, with their definitions."""
    for journey in state.journeys.get(machine.name, ()):
        if not journey.ended:
            own = machine_of(program, journey) if program.pinned else machine
            if own is not None and own.rank == machine.rank:
                yield own, journey
