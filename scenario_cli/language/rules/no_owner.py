"""CRM008: a scenario without an owner."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    if not scenario.owner and scenario.status != "archived":
        yield RULE.finding(
            f"scenario '{scenario.name}' has no owner",
            scenario.span,
            hint="add the person or team to ask: 'owner: crm@example.com'",
        )


RULE = Rule(
    code="CRM008",
    name="no-owner",
    severity="info",
    finds="a scenario without 'owner'",
    because="if it misbehaves, or its offer has ended, nobody knows whom to ask",
    mend="add a person or a team",
    example="""\
scenario: reminder
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {reminded: {end: reminded}}
""",
    instead="""\
scenario: reminder
owner: crm@example.com
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {reminded: {end: reminded}}
""",
    check=check,
    of_sound_files=False,
)
