"""FLOW027: an absence that is counted apart for each value, and journeys that are not."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.triggers import AbsenceTrigger


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    for trigger in scenario.triggers:
        if not isinstance(trigger, AbsenceTrigger) or trigger.by is None:
            continue
        if scenario.key is None and scenario.while_running != "parallel":
            yield RULE.finding(
                f"the absence is counted for each '{trigger.by}', but a contact has one journey for all of them",
                trigger.by.span,
                hint=f"add 'key: event.{trigger.by}', so that each has its own journey",
            )


RULE = Rule(
    code="FLOW027",
    name="apart-without-key",
    severity="warning",
    finds="an absence with 'by' in a scenario without a 'key'",
    because="the journey of the first cart or order blocks the second",
    mend="use the property as key",
    example="""\
trigger: {absence: order_completed, for: 3d, since: cart_updated, by: cart_id}
states: {nudge: {send: {push: nudge}, end: nudged}}
""",
    instead="""\
trigger: {absence: order_completed, for: 3d, since: cart_updated, by: cart_id}
key: event.cart_id
states: {nudge: {send: {push: nudge}, end: nudged}}
""",
    check=check,
)
