"""Calculates the fate of a contact's journeys if a program continues with its state. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenario_cli.engine.compiled import Program
from scenario_cli.engine.placement import Fate, placement
from scenario_cli.engine.snapshot import restore


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The future of a running journey: its `fate` as in `engine.placement`, the state or outcome to which it moves, and
    the number of its waits that are over at once there. `scenario` is its scenario's name today, `definition` the
    definition it ran on, empty if the snapshot names none.
    """

    journey_id: str
    scenario: str
    definition: str
    state: str
    fate: Fate
    to_state: str | None = None
    outcome: str | None = None
    over_at_once: int = 0


def foreseen(program: Program, values: Mapping[str, Any], clock: int) -> list[Foreseen]:
    """The future of each running journey of a snapshot, in order of entry, at the clock of a store.

    If `restore` would stop, the journey's fate is `stranded` or `missing`.
    """
    running = [saved for saved in values.get("journeys", ()) if not saved.get("ended")]
    places = {saved["id"]: placement(program, saved["scenario"], saved.get("definition"), saved["state"])
              for saved in running}  # fmt: skip
    over: dict[str, int] = {}
    if any(place.fate == "moves" for place in places.values()):
        sound = [saved for saved in running if places[saved["id"]].machine is not None
                 and places[saved["id"]].fate != "stranded"]  # fmt: skip
        state = restore(program, {**values, "journeys": sound}, clock)
        for journey in (journey for journeys in state.journeys.values() for journey in journeys):
            if journey.state_name == places[journey.journey_id].state:
                over[journey.journey_id] = sum(due is not None and due <= clock for due in journey.due_times)
    return [
        Foreseen(
            saved["id"],
            program.renamed.get(saved["scenario"], saved["scenario"]),
            saved.get("definition", ""),
            saved["state"],
            places[saved["id"]].fate,
            places[saved["id"]].state,
            places[saved["id"]].outcome,
            over.get(saved["id"], 0),
        )
        for saved in running
    ]
