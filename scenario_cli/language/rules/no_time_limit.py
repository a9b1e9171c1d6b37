"""FLOW011: a state that waits for events alone, however long that takes."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.exits import UNPROMPTED, own_exits


def check(subject: Subject) -> Findings:
    for state in subject.states:
        exits = own_exits(state)
        if exits and not any(exit_.kind in UNPROMPTED for exit_ in exits):
            waited = list(
                dict.fromkeys(exit_.event.text for exit_ in exits if exit_.event is not None and exit_.target)
            )
            causes = " or ".join(f"'{name}'" for name in waited) or "a condition"
            yield RULE.finding(
                f"state '{state.name}' waits for {causes} without a time limit",
                state.span,
                hint="add a time limit: 'after: {30d: {end: no_answer}}'",
            )


RULE = Rule(
    code="FLOW011",
    name="no-time-limit",
    severity="info",
    finds="a state that ends only by an event or a condition, without a wait under 'after'",
    because="without the event the journey stays there forever, and the contact cannot enter again",
    mend="add a wait, even a long one",
    example="""\
states:
  reminder:
    send: {email: cart/reminder}
    on: {product_viewed: {end: came_back}}
""",
    instead="""\
states:
  reminder:
    send: {email: cart/reminder}
    on: {product_viewed: {end: came_back}}
    after: {30d: {end: no_answer}}
""",
    check=check,
)
