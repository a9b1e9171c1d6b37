"""CRM012: an outdated plan for going live: the scenario is live, or the day has passed."""

from __future__ import annotations

from scenario_cli.analysis.roadmap import is_overdue
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    if scenario.status != "draft" and (scenario.planned is not None or scenario.batch):
        key = "planned" if scenario.planned is not None else "batch"
        yield RULE.finding(
            f"scenario '{scenario.name}' is {scenario.status}, so '{key}' is out of date",
            scenario.planned.span if scenario.planned is not None else scenario.span,
            hint="remove 'batch' and 'planned': they are the roadmap of drafts",
        )
    elif is_overdue(scenario, subject.overview.today) and scenario.planned is not None:
        yield RULE.finding(
            f"scenario '{scenario.name}' was planned for {scenario.planned.text} and is still a draft",
            scenario.planned.span,
            hint="set 'status: live', or plan another day",
        )


_STATES = "states: {reminded: {after: {1d: {end: over}}}}\n"

RULE = Rule(
    code="CRM012",
    name="plan-passed",
    severity="info",
    finds="'batch' or 'planned' on a scenario that is no draft, or a draft whose 'planned' day has passed",
    because="the roadmap shows scenarios that are live already, or days on which nothing will happen",
    mend="remove both keys when a scenario goes live, and move the day when it does not",
    example=f"status: live\nplanned: 2025-09-01\n{_STATES}",
    instead=f"status: draft\nbatch: autumn\nplanned: 2999-09-01\n{_STATES}",
    check=check,
)
