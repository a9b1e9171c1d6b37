"""FLOW003: a state that no way leads to."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.analysis.graph import reachable
from scenario_cli.language.rules.rule import Rule
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario


def check(scenario: Scenario, project: Project) -> Iterator[Diagnostic]:
    reached = reachable(scenario)
    for state in scenario.states.values():
        if state.name not in reached:
            yield Diagnostic(
                "FLOW003",
                f"no way leads to state '{state.name}'",
                state.span,
                "warning",
                hint=f"the journey starts at '{scenario.first.name}', the first state written; "
                "lead a transition here, or remove the state",
            )


RULE = Rule(
    code="FLOW003",
    name="unreachable-state",
    severity="warning",
    finds="a state to which no transition, wait or branch leads",
    because="its messages are never sent, although somebody wrote them to be",
    mend="lead a transition to it or remove it",
    of_sound_files=True,
    check=check,
)
