"""CRM011: a lifecycle phase with no scenario."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview


def check_project(overview: Overview) -> Findings:
    project = overview.project
    served = {
        scenario.phase.text
        for scenario in project.scenarios.values()
        if scenario.phase is not None and scenario.status != "archived"
    }
    if not served:
        return
    empty = [
        (phase, span) for phase, span in zip(project.phases, project.phase_spans, strict=True) if phase not in served
    ]
    if empty:
        listed = ", ".join(f"'{phase}'" for phase, _ in empty)
        yield RULE.finding(
            f"no scenario covers the {'phase' if len(empty) == 1 else 'phases'} {listed}",
            empty[0][1],
            hint="set 'phase' in a scenario, or remove the phase from project.yaml",
        )


RULE = Rule(
    code="CRM011",
    name="empty-phase",
    severity="info",
    finds="a phase in project.yaml without a scenario",
    because="the plan has a gap: customers in this phase receive only campaigns, or nothing",
    mend="write a scenario for it, or remove the phase",
    example={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
phases: [consideration, dormancy]
""",
        "example.yaml": """\
phase: consideration
states:
  waiting:
    after: {1d: {end: over}}
""",
    },
    instead={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
phases: [consideration]
""",
        "example.yaml": """\
phase: consideration
states:
  waiting:
    after: {1d: {end: over}}
""",
    },
    check_project=check_project,
)
