"""The definitions that a run uses: today's scenarios, and older ones that journeys under way still run on.

The store keeps the text of a scenario's file for as long as a journey runs on it. The policy, channels, metrics and
templates are always today's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.tables import Tables
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.tallies import running_journeys
from scenario_cli.model.canonical import canonical, definition_of, digest
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario

STATUSES = ("live", "paused")  # of the scenarios that contacts may be in with a store

# Makes a scenario of the text of its file as it was, given its name and the path of the file; raises `StoreError`.
ReadScenario = Callable[[str, str, bytes], Scenario]


@dataclass(frozen=True, slots=True)
class Definitions:
    """The scenarios that run, by name; older definitions that journeys run on; and the texts of today's files.

    `digest` is over everything that decides when contacts have to be looked at.
    """

    project: Project
    names: tuple[str, ...]
    pinned: tuple[Scenario, ...]
    sources: Mapping[str, bytes]
    digest: str

    def compiled(self, tables: Tables | None = None) -> Program:
        """The program of all of them."""
        return compile_program(self.project, self.names, tables, pinned=self.pinned)

    @property
    def older(self) -> Project | None:
        """A project of the older definitions alone, for what they need of an export."""
        if not self.pinned:
            return None
        scenarios = {f"{each.name} {definition_of(each)}": replace(each, status="live") for each in self.pinned}
        return replace(self.project, scenarios=scenarios)


def definitions_for(store: Store, project: Project, sources: Mapping[str, bytes], read: ReadScenario) -> Definitions:
    """The definitions for a run over a store; `sources` are the texts of the project's files by path.

    Raises `StoreError` where a journey runs on a definition that cannot be read any more.
    """
    names = tuple(name for name, scenario in project.scenarios.items() if scenario.status in STATUSES)
    if not names:
        raise StoreError(
            "no scenario of the project is live, and only live ones run with a store",
            "write 'status: live' into the scenarios that are to run",
        )
    todays = {definition_of(scenario) for scenario in project.scenarios.values()}
    pinned = []
    for definition in sorted({definition for _, definition, _ in running_journeys(store)} - todays):
        kept = store.execute(
            "SELECT scenario, path, source FROM programs WHERE definition = ?", (definition,)
        ).fetchone()
        if kept is None:
            raise StoreError(f"journeys run on the definition {definition}, which the store does not have")
        pinned.append(read(*kept))
    return Definitions(project, names, tuple(pinned), sources, program_digest(project, names))


def program_digest(project: Project, names: tuple[str, ...]) -> str:
    """A digest of what decides when contacts have to be looked at: scenarios, metrics, segments, policy, clocks."""
    parts = (project.metrics, project.segments, project.policy, project.plan, project.channels, project.constants)
    meanings = [canonical(part) for part in parts]
    scenarios = [[digest(project.scenarios[name]), project.scenarios[name].status] for name in sorted(names)]
    return digest([scenarios, meanings, project.clock, project.timezone])


def keep_definitions(store: Store, definitions: Definitions, run: int) -> None:
    """Keeps the texts of today's definitions, and lets go of those that no journey runs on."""
    for name in definitions.names:
        scenario = definitions.project.scenarios[name]
        store.execute(
            "INSERT OR IGNORE INTO programs (definition, scenario, path, source, run) VALUES (?, ?, ?, ?, ?)",
            (definition_of(scenario), name, scenario.file, definitions.sources[scenario.file], run),
        )
    used = {definition for _, definition, _ in running_journeys(store)}
    used |= {definition_of(definitions.project.scenarios[name]) for name in definitions.names}
    gone = [(kept,) for (kept,) in store.execute("SELECT definition FROM programs") if kept not in used]
    store.execute_many("DELETE FROM programs WHERE definition = ?", gone)
