"""FLOW007: a scenario that may run in parallel, but lets nobody enter twice."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.rules.rule import Rule
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario


def check(scenario: Scenario, project: Project) -> Iterator[Diagnostic]:
    never = all(scenario.reentry_of(trigger) == "never" for trigger in scenario.triggers)
    if scenario.while_running == "parallel" and never:
        yield Diagnostic(
            "FLOW007",
            f"scenario '{scenario.name}' runs in parallel, but 'reentry' lets nobody enter a second time",
            scenario.span,
            "warning",
            hint="write 'reentry: always' or a duration; left out it is 'never'",
        )


RULE = Rule(
    code="FLOW007",
    name="parallel-never",
    severity="warning",
    finds="'while_running: parallel' beside 'reentry: never', which is what 'reentry' means where it is left out",
    because="a second journey for the same key is refused, so nothing ever runs in parallel",
    mend="say how soon a contact may enter again",
    of_sound_files=False,
    check=check,
)
