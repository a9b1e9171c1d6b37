"""CRM003: a cart scenario that a purchase does not end."""

from __future__ import annotations

import re

from scenario_cli.analysis.time.flow import before
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.exits import ONWARD, own_exits
from scenario_cli.model.scenario import State

_CART = re.compile(r"cart|basket|checkout_started|panier|warenkorb|trolley|(^|_)bag(_|$)")
_PURCHASE = re.compile(
    r"order_(completed|placed|paid|created|confirmed)|(^|_)orders?(ed)?$|purchase|(^|_)bought|"
    r"checkout_completed|payment_(completed|succeeded)|transaction|commande|achat|(^|_)buy$"
)
_NOT = re.compile(r"cancel|refund|return|fail|declin|abandon")


def check(subject: Subject) -> Findings:
    scenario, plan = subject.scenario, subject.project.plan
    entering = set(subject.scopes.triggers)
    if not any(_CART.search(name.lower()) for name in entering):
        return
    purchases = [name for name in plan.events if _PURCHASE.search(name.lower()) and not _NOT.search(name.lower())]
    if any(name in entering for name in purchases):
        return  # about any sign of activity; a cart is only one of them
    if not purchases or any(_ends_everywhere(subject, name) for name in purchases):
        return
    answering = {
        state.name for state in subject.states if any(sending.transition for sending in scenario.sendings_in(state))
    }
    writes_later = before({state.name for state in subject.states if state.send} | answering, subject.timed_edges)
    writes_later |= answering
    lasting = [
        state
        for state in subject.states
        if _waits(state)
        and state.name in writes_later
        and not any(_ends_in_state(subject, state, name) for name in purchases)
    ]
    if lasting:
        yield RULE.finding(
            (
                f"the messages continue after a purchase ('{purchases[0]}'): state '{lasting[0].name}' does not "
                "react to it"
            ),
            scenario.span,
            hint=(
                f"end the journey with the goal: 'goal: {{event: {purchases[0]}, ends: recovered}}', or with "
                f"'on: {{{purchases[0]}: {{end: recovered}}}}' for all states"
            ),
            related=[(f"'{lasting[0].name}' here", lasting[0].span)],
        )


def _waits(state: State) -> bool:
    return not any(exit_.kind in ONWARD for exit_ in own_exits(state))


def _ends_everywhere(subject: Subject, event: str) -> bool:
    scenario, plan = subject.scenario, subject.project.plan
    goal = scenario.goal
    if goal is not None and goal.ends is not None and event in plan.expand(goal.event.text):
        return True
    return any(
        transition.target is not None and event in plan.expand(transition.event.text) for transition in scenario.on
    )


def _ends_in_state(subject: Subject, state: State, event: str) -> bool:
    plan = subject.project.plan
    return any(transition.target is not None and event in plan.expand(transition.event.text) for transition in state.on)


RULE = Rule(
    code="CRM003",
    name="cart-goes-on",
    severity="warning",
    finds=(
        "a scenario started by a cart event with a waiting state before another message that does not "
        "react to a purchase"
    ),
    because="contacts who have bought are reminded to buy",
    mend="make the purchase the goal, or end the journey on it in every state",
    example="""\
trigger: {event: cart_updated}
goal: {event: order_completed, ends: false}
states:
  waiting:
    after: {1h: reminder}
  reminder:
    send: {email: cart/reminder}
    after: {2d: {end: over}}
""",
    instead="""\
trigger: {event: cart_updated}
goal: {event: order_completed, ends: recovered}
states:
  waiting:
    after: {1h: reminder}
  reminder:
    send: {email: cart/reminder}
    after: {2d: {end: over}}
""",
    check=check,
)
