"""CRM001: a scenario without a business goal."""

from __future__ import annotations

import re

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    if scenario.goal is None and not _is_service(subject):
        event = _success(subject)
        yield RULE.finding(
            f"scenario '{scenario.name}' has no goal",
            scenario.span,
            hint=f"add 'goal: {{event: {event}, within: 30d}}' with the event that means success",
        )


def _is_service(subject: Subject) -> bool:
    """Whether a scenario sends only transactional messages: its purpose is fulfilled once they are sent."""
    purposes = {message.purpose for message in subject.scenario.messages}
    return purposes == {"transactional"}


_SUCCESS = re.compile(r"order|purchase|buy|bought|paid|book|renew|subscri|sign|sale|checkout|convert|complet", re.I)


def _success(subject: Subject) -> str:
    """An event of the tracking plan that can mean success; dots if none is known."""
    trigger_events = set(subject.scopes.triggers)
    names = [name for name, event in subject.project.plan.events.items()
             if name not in trigger_events and not event.profile and not name.startswith("un")]  # fmt: skip
    return next((name for name in names if _SUCCESS.search(name)), next(iter(names), "..."))


RULE = Rule(
    code="CRM001",
    name="no-goal",
    severity="warning",
    finds="a scenario without 'goal'",
    because="its success cannot be measured, and contacts who have converted still receive messages",
    mend="add the business event that means success",
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
