"""The fate of running journeys when definitions change. Counts, no contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fate = Literal["stays", "pinned", "moves", "ends", "stranded", "missing", "archived"]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The journeys of a definition that are in a state, and their fate.

    `stays`: nothing changes for them; `pinned`: they continue under their older definition; `moves`: to the state `to`,
    where so many waits are `over_at_once`; `ends`: with the outcome `to`; `archived`: they end; `stranded`: their state
    is gone and `migrate` names no target; `missing`: their definition cannot be read any more. `scenario` is its name
    today.
    """

    scenario: str
    definition: str
    state: str
    journeys: int
    fate: Fate
    to: str | None = None
    over_at_once: int = 0


@dataclass(frozen=True, slots=True)
class RunCheck:
    """The effect of a run on running journeys, and the reasons why it would stop, each with a remedy.

    `clock` is the store's (None before a first run), `until` is the end of the run. `notes` are about its inputs.
    """

    clock: int | None
    until: int
    under_way: tuple[UnderWay, ...]
    faults: tuple[tuple[str, str | None], ...]
    notes: tuple[str, ...]
    inputs: tuple[str, ...]
