"""CRM002: a goal that is an open or a click."""

from __future__ import annotations

import re

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.project import Project

_REACTION = re.compile(r"(^|[^a-z])(open|opens|opened|click|clicks|clicked|delivered|sent)([^a-z]|$)")
_MESSAGE = re.compile(r"mail|message|newsletter|push|sms|notification|in_?app")


def check(subject: Subject) -> Findings:
    goal = subject.scenario.goal
    if goal is not None:
        for name in subject.project.plan.expand(goal.event.text):
            if _is_reaction(name, subject.project):
                yield RULE.finding(
                    f"the goal '{name}' is a reaction to a message, not a business result",
                    goal.event.span,
                    hint="use the event that the message should cause: an order, a booking, a renewal",
                )
                return


def _is_reaction(name: str, project: Project) -> bool:
    """An open, click or delivery of a message; the opening of an account does not count."""
    lower = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    event_type_ = project.plan.events.get(name)
    about_message = bool(_MESSAGE.search(lower)) or (event_type_ is not None and "message_id" in event_type_.properties)
    return bool(_REACTION.search(lower)) and about_message


RULE = Rule(
    code="CRM002",
    name="not-business-goal",
    severity="warning",
    finds="a goal that is the open, the click or the delivery of a message",
    because=("machines also open and click e-mails, and optimising for clicks does not bring revenue"),
    mend="use the event that the message should cause; opens and clicks are in the log anyway",
    example="""\
goal: {event: email_clicked, ends: clicked}
states:
  reminder:
    send: {email: cart/reminder}
    after: {3d: {end: over}}
""",
    instead="""\
goal: {event: order_completed, ends: bought}
states:
  reminder:
    send: {email: cart/reminder}
    after: {3d: {end: over}}
""",
    check=check,
)
