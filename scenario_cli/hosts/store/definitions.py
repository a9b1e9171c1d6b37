"""The definitions that a run uses: today's scenarios, and older ones that running journeys still run on.

The store keeps the text of a scenario's file, with the constants that it reads, for as long as a journey runs on it.
The policy, channels, metrics and templates are always today's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from scenario_cli.analysis.constants import constants_read
from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.placement import placement
from scenario_cli.engine.tables import Tables
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.tallies import running_journeys
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.canonical import canonical, definition_of, digest
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario

_STATUSES = ("live", "paused")  # of the scenarios that run with a store

# Makes a scenario of the text of its file as it was, given its name, the path of the file, the text, and the constants
# that it read; raises `StoreError`.
ReadScenario = Callable[[str, str, bytes, Mapping[str, Any]], Scenario]


class Text(NamedTuple):
    """The text of a scenario's file, and the path of the file in the project's folder."""

    path: str
    source: bytes


@dataclass(frozen=True, slots=True)
class Definitions:
    """The scenarios that run, by name; older definitions that journeys run on; the `archived` scenarios whose journeys
    end; and the texts of today's files, by scenario.

    `digest` is over everything that decides when a contact must be processed.
    """

    project: Project
    names: tuple[str, ...]
    pinned: tuple[Scenario, ...]
    archived: frozenset[str]
    texts: Mapping[str, Text]
    digest: str

    def compiled(self, tables: Tables | None = None) -> Program:
        """The program of all of them, with the project's tables, which are read if none are given.

        Raises `ExportError` if a table cannot be read.
        """
        tables = load_tables(self.project) if tables is None else tables
        return compile_program(self.project, self.names, tables, pinned=self.pinned)

    @property
    def older(self) -> Project | None:
        """A project of the older definitions alone, to find the export data that they need."""
        if not self.pinned:
            return None
        scenarios = {f"{each.name} {definition_of(each)}": replace(each, status="live") for each in self.pinned}
        return replace(self.project, scenarios=scenarios)


def definitions_for(store: Store, project: Project, texts: Mapping[str, Text], read: ReadScenario) -> Definitions:
    """The definitions for a run over a store; `texts` are those of the project's scenarios by name.

    Raises `StoreError` if a journey runs on a definition that cannot be read any more, and if nothing is live.
    """
    running = running_journeys(store)
    new_names = {scenario.was: name for name, scenario in project.scenarios.items() if scenario.was is not None}
    under_way = {new_names.get(name, name) for name, _, _ in running}
    names = tuple(name for name, scenario in project.scenarios.items() if scenario.status in _STATUSES)
    if not any(project.scenarios[name].status == "live" for name in names) and not under_way:
        raise StoreError(
            "the project has no live scenario, and only live scenarios run with a store",
            "write 'status: live' in the scenarios to run",
        )
    pinned = []
    for name, definition in sorted({(name, definition) for name, definition, _ in running}):
        today = project.scenarios.get(new_names.get(name, name))
        runs_today = today is not None and today.name in names
        if today is not None and definition_of(today) == definition:
            if not runs_today:
                pinned.append(today)  # no contact enters it any more
        elif not (runs_today and today is not None and today.in_flight == "follow"):
            pinned.append(_pinned(store, definition, read))
    archived = frozenset(name for name in under_way if name in project.scenarios and _is_archived(project, name))
    return Definitions(project, names, tuple(pinned), archived, texts, program_digest(project))


def _is_archived(project: Project, name: str) -> bool:
    return project.scenarios[name].status == "archived"


def _pinned(store: Store, definition: str, read: ReadScenario) -> Scenario:
    """A definition with its text from the store."""
    row = store.execute(
        "SELECT scenario, path, source, constants FROM programs WHERE definition = ?", (definition,)
    ).fetchone()
    if row is None:
        raise StoreError(f"journeys run on the definition {definition}, whose text the store does not have")
    name, path, source, constants = row
    scenario = read(name, path, source, json.loads(constants))
    if definition_of(scenario) != definition:
        raise StoreError(
            f"journeys of {name} run on the definition {definition}, and its text means something else in this version",
            f"move them on with 'in_flight: follow' in {name}",
        )
    return scenario


def refuse_stranded(store: Store, program: Program) -> None:
    """Raises `StoreError` if the program has no place for running journeys."""
    for (name, definition, state), count in running_journeys(store).items():
        place = placement(program, name, definition, state)
        today = program.renamed.get(name, name)
        if place.fate == "missing":
            raise StoreError(f"journeys of {today} ({count:,}) run on the definition {definition}, which is gone")
        if place.fate == "stranded":
            raise StoreError(
                f"journeys of {today} ({count:,}) could not continue: their state '{state}' no longer exists",
                f"write where they move in {today}: 'migrate: {{{state}: STATE}}', or '{{{state}: {{end: OUTCOME}}}}'",
            )


def program_digest(project: Project) -> str:
    """A digest of all that decides when a contact must be processed: scenarios, metrics, segments, policy, clocks."""
    parts = (project.metrics, project.segments, project.policy, project.plan, project.channels, project.constants)
    meanings = [canonical(part) for part in parts]
    scenarios = [[name, scenario.status, digest(scenario)] for name, scenario in sorted(project.scenarios.items())]
    return digest([scenarios, meanings, project.clock, project.timezone])


def keep_definitions(store: Store, definitions: Definitions, run: int) -> None:
    """Keeps the texts of today's definitions, and lets go of those that no journey runs on."""
    for name in definitions.names:
        scenario = definitions.project.scenarios[name]
        constants = {read: definitions.project.constants[read].value for read in constants_read(scenario)}
        store.execute(
            "INSERT OR IGNORE INTO programs (definition, scenario, path, source, constants, run) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                definition_of(scenario),
                name,
                *definitions.texts[name],
                json.dumps(constants),
                run,
            ),
        )
    used = {definition for _, definition, _ in running_journeys(store)}
    used |= {definition_of(definitions.project.scenarios[name]) for name in definitions.names}
    unused = [(stored,) for (stored,) in store.execute("SELECT definition FROM programs") if stored not in used]
    store.execute_many("DELETE FROM programs WHERE definition = ?", unused)
