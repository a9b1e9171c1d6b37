"""Orders the definitions that a program runs: today's of the scenarios, and those that journeys are pinned to.

Reads no state: anyone who keeps journeys knows which definitions they run on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scenario_cli.model.canonical import definition_of
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Definition:
    """A compiled scenario. `name` distinguishes it from other definitions of the scenario. `drawn_as` is the scenario's
    name in this definition, which decides its draws. `pinned` is true if it is not today's.
    """

    scenario: Scenario
    name: str
    drawn_as: str
    pinned: bool = False

    @property
    def place(self) -> tuple[int, str]:
        """Its place in the order of scenarios: by descending priority, then name."""
        return -self.scenario.priority, self.scenario.name


def renamed(project: Project) -> dict[str, str]:
    """The names that scenarios had before, each with today's."""
    return {scenario.was: name for name, scenario in project.scenarios.items() if scenario.was is not None}


def definitions(project: Project, today: Iterable[Scenario], pinned: Iterable[Scenario]) -> list[Definition]:
    """The definitions in the order of scenarios; within one scenario and priority, today's comes first.

    No contact enters an older definition, so it has no trigger, audience or key of its own, and it has today's name and
    status of the scenario. A definition that is today's is left out.
    """
    all_definitions = [Definition(scenario, definition_of(scenario), scenario.name) for scenario in today]
    identities = {(definition.scenario.name, definition.name) for definition in all_definitions}
    new_names = renamed(project)
    for scenario in pinned:
        name = new_names.get(scenario.name, scenario.name)
        definition = definition_of(scenario)
        if (name, definition) not in identities:
            identities.add((name, definition))
            status = project.scenarios[name].status if name in project.scenarios else scenario.status
            running = replace(scenario, name=name, status=status, triggers=(), audience=None)
            all_definitions.append(Definition(running, definition, scenario.name, pinned=True))
    return sorted(all_definitions, key=lambda definition: (*definition.place, definition.pinned))
