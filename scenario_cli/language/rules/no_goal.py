"""CRM001: a scenario without a business goal."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.rules.rule import Rule
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario


def check(scenario: Scenario, project: Project) -> Iterator[Diagnostic]:
    if scenario.goal is None:
        yield Diagnostic(
            "CRM001",
            f"scenario '{scenario.name}' states no goal",
            scenario.span,
            "warning",
            hint="add 'goal: {event: order_completed, within: 30d}', with the event that means success",
        )


RULE = Rule(
    code="CRM001",
    name="no-goal",
    severity="warning",
    finds="a scenario without 'goal'",
    because="nobody can say whether its messages are worth sending, and contacts who have done what is "
    "wanted go on being written to",
    mend="name the business event that means success",
    of_sound_files=False,
    check=check,
)
