"""FLOW001: states that lead into each other with no wait and no event between."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.analysis.graph import cycles_at_once
from scenario_cli.language.rules.rule import Rule
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario


def check(scenario: Scenario, project: Project) -> Iterator[Diagnostic]:
    for way in cycles_at_once(scenario):
        path = " -> ".join([way[0].source, *(edge.target for edge in way)])
        yield Diagnostic(
            "FLOW001",
            f"a journey would go round without ever waiting: {path}",
            way[0].span,
            hint="put a wait (after) or an event (on) on the way round",
            related=tuple((f"from '{edge.source}' to '{edge.target}' here", edge.span) for edge in way[1:]),
        )


RULE = Rule(
    code="FLOW001",
    name="cycle-without-wait",
    severity="error",
    finds="states that lead into each other through next, choose, split or when, with no wait and no event between",
    because="a journey would go round at one instant for ever, and ask for its messages each time round",
    mend="put a wait or an event on the way round",
    of_sound_files=False,
    check=check,
)
