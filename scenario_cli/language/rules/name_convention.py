"""CRM010: a name that breaks the project's convention."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.source import Span


def check_project(overview: Overview) -> Findings:
    for kind, pattern in overview.project.conventions.names.items():
        compiled = re.compile(pattern)
        for name, span in _names(overview, kind):
            if not compiled.search(name):
                yield RULE.finding(
                    f"the {kind} name '{name}' does not match the project's convention",
                    span,
                    hint=f"the pattern in project.yaml is '{pattern}'",
                )


def _names(overview: Overview, kind: str) -> Iterator[tuple[str, Span]]:
    project = overview.project
    match kind:
        case "scenario":
            yield from ((scenario.name, scenario.span) for scenario in project.scenarios.values())
        case "state":
            yield from (
                (state.name, state.span)
                for scenario in project.scenarios.values()
                for state in scenario.states.values()
            )
        case "event":
            yield from ((event.name, event.span) for event in project.plan.events.values())


RULE = Rule(
    code="CRM010",
    name="name-convention",
    severity="warning",
    finds="a scenario, state or event whose name does not match the pattern in 'conventions'",
    because="people and reports find things by their names",
    mend="rename it, or change the convention",
    example={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
conventions: {scenario: "^[a-z][a-z0-9_]*$"}
""",
        "example.yaml": """\
scenario: Winback2
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {reminded: {end: reminded}}
""",
    },
    instead={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
conventions: {scenario: "^[a-z][a-z0-9_]*$"}
""",
        "example.yaml": """\
scenario: win_back
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {reminded: {end: reminded}}
""",
    },
    check_project=check_project,
)
