"""What happens to running journeys when definitions change. Counts, no contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fate = Literal["stays", "pinned", "moves", "ends", "stranded", "missing", "archived"]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The journeys of a definition that are in a state, and what happens to them.

    `stays`: nothing changes for them; `pinned`: they continue under their older definition; `moves`: to the state `to`,
    where so many waits are `over_at_once`; `ends`: with the outcome `to`; `archived`: they end; `stranded`: their
    state is gone and nobody says where they go; `missing`: their definition cannot be read any more. `scenario` is its
    name today.
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
    """What a run would do to running journeys, and the reasons for which it would stop, each with a remedy.

    `clock` is the store's (None before a first run), `until` where the run would go. `notes` are about its inputs.
    """

    clock: int | None
    until: int
    under_way: tuple[UnderWay, ...]
    faults: tuple[tuple[str, str | None], ...]
    notes: tuple[str, ...]
    inputs: tuple[str, ...]
