"""A scenario that changes while a contact's journey is under way: one run before the change, one after it.

Expects nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.compiled import Program
from scenario_cli.engine.migrate import archive
from scenario_cli.engine.snapshot import restore, save
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.project import Project
from scenario_cli.model.records import Record, Warned
from tests.engine.policy.stage import load
from tests.engine.worlds import REACHABLE, Happening, clock, moment, record_text, unfit

# The instant of the change: the clock of the store.
CHANGE = "2025-03-04 10:00"


@lru_cache(maxsize=512)
def project_of(*scenarios: str, policy: str = "{}", more: str = "", metrics: str = "") -> Project:
    loaded = load(policy, *scenarios, more=more, metrics=metrics)
    assert unfit(loaded) == []
    return loaded.project


@dataclass(frozen=True, slots=True)
class Changed:
    """A contact whose state was restored into the program after a change, and the records of the change itself."""

    program: Program
    state: ContactState
    records: list[Record]

    def later_lines(self, *events: Happening, until: str = "2025-04-30 10:00") -> list[str]:
        """The records of the change and of the time after it, each on its own line, without data warnings."""
        records = list(self.records)
        for happening in events:
            properties: Mapping[str, Any] = happening[2] if len(happening) > 2 else {}
            records += step(self.program, self.state, Event(happening[1], moment(happening[0]), properties))
        records += advance(self.program, self.state, moment(until))
        return [f"{clock(record.at)[5:]} {record_text(record)}" for record in records if not isinstance(record, Warned)]


def until_the_change(before: Project, events: Sequence[Happening], contact: Mapping[str, Any] | None = None) -> Any:
    """The snapshot of a contact at the change."""
    program = compile_program(before, _live(before))
    state = new_contact(program, "ana", REACHABLE if contact is None else contact)
    for happening in events:
        properties = happening[2] if len(happening) > 2 else {}
        step(program, state, Event(happening[1], moment(happening[0]), properties))
    advance(program, state, moment(CHANGE), inclusive=False)
    return json.loads(json.dumps(save(program, state)))


def after_the_change(before: Project, after: Project, values: Any) -> Changed:
    """The contact after the first run with the change. The program keeps the definitions that journeys run on."""
    program = program_after(before, after)
    state = restore(program, values, moment(CHANGE))
    records = list(state.records)
    archived = {name for name, each in after.scenarios.items() if each.status == "archived"}
    if archived:
        records += archive(program, state, archived, moment(CHANGE))
    saved = json.loads(json.dumps(save(program, state)))
    return Changed(program, restore(program, saved, moment(CHANGE)), records)


def program_after(before: Project, after: Project) -> Program:
    return compile_program(after, _live(after), pinned=before.scenarios.values())


def _live(project: Project) -> list[str]:
    """The names of the scenarios that run with a store."""
    return [name for name, each in project.scenarios.items() if each.status != "archived"]
