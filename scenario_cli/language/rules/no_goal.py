"""CRM001: a scenario without a business goal."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    if scenario.goal is None:
        yield RULE.finding(
            f"scenario '{scenario.name}' states no goal",
            scenario.span,
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
    example="""\
scenario: goalless
trigger: {event: cart_updated}
states: {in: {end: done}}
""",
    instead="""\
scenario: with_goal
trigger: {event: cart_updated}
goal: {event: order_completed, within: 7d}
states: {in: {end: done}}
""",
    check=check,
    of_sound_files=False,
)
