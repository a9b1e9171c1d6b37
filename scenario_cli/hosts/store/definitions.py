"""The definitions that a run uses: today's scenarios, and older ones that journeys under way still run on."""

from __future__ import annotations

from dataclasses import dataclass

from scenario_cli.model.canonical import canonical, digest
from scenario_cli.model.project import Project

STATUSES = ("live", "paused")  # of the scenarios that run with a store


@dataclass(frozen=True, slots=True)
class Definitions:
    """The scenarios that run, by name, and a digest of everything that decides what they do."""

    names: tuple[str, ...]
    digest: str


def definitions_of(project: Project) -> Definitions:
    """The definitions of a project that run with a store."""
    names = tuple(name for name, scenario in project.scenarios.items() if scenario.status in STATUSES)
    return Definitions(names, program_digest(project, names))


def program_digest(project: Project, names: tuple[str, ...]) -> str:
    """A digest of what decides when contacts have to be looked at: scenarios, metrics, segments, policy, clocks."""
    parts = (project.metrics, project.segments, project.policy, project.plan, project.channels, project.constants)
    meanings = [canonical(part) for part in parts]
    return digest([
        [digest(project.scenarios[name]) for name in sorted(names)], meanings, project.clock, project.timezone,
    ])  # fmt: skip
