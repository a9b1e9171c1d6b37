"""Finds where a journey continues in a program: as it began, or moved to today's definition of its scenario. Moves no
journey.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scenario_cli.engine.compiled import CompiledTarget, Machine, Program

Fate = Literal["stays", "pinned", "moves", "ends", "stranded", "missing"]


@dataclass(frozen=True, slots=True)
class Placement:
    """The fate of the running journeys of a definition that are in a state.

    - `stays`: they run on today's definition; `pinned`: on an older one, next to it;
    - `moves`: to a `state` of today's definition; `ends`: with an `outcome`;
    - `stranded`: the state is gone, and `migrate` names no target for them;
    - `missing`: the program does not have their definition.
    """

    fate: Fate
    machine: Machine | None
    target: CompiledTarget | None = None

    @property
    def state(self) -> str | None:
        """The state to which they move."""
        return self.target.state if self.target is not None else None

    @property
    def outcome(self) -> str | None:
        """The outcome with which they end."""
        return self.target.outcome if self.target is not None else None


def placement(program: Program, scenario: str, definition: str | None, state: str) -> Placement:
    """The place where journeys of a scenario continue, by its present or former name, their definition (None: today's)
    and their state.
    """
    name = program.renamed.get(scenario, scenario)
    today = program.by_name.get(name)
    if today is not None and definition in (None, today.definition):
        return Placement("stays", today)
    if today is not None and today.follows:
        if state in today.states:
            return Placement("moves", today, CompiledTarget(state, None, today.first.place))
        target = today.moves.get(state)
        if target is None:
            return Placement("stranded", today)
        return Placement("moves" if target.state is not None else "ends", today, target)
    older = program.pinned.get((name, definition or ""))
    return Placement("pinned" if older is not None else "missing", older)
