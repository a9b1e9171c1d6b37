"""FLOW020: a message event in a state that sends no message."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.vocabulary import MESSAGE_EVENTS


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    for state in subject.states:
        for transition in state.on:
            if transition.event.text in MESSAGE_EVENTS and not scenario.sendings_in(state):
                yield RULE.finding(
                    (f"'{transition.event}' never comes in state '{state.name}', because this state sends nothing"),
                    transition.event.span,
                    hint=(
                        "a journey only receives events of messages of its current state: move this to the "
                        "state that sends, or to the scenario's 'on'"
                    ),
                )
    for transition in subject.scenario.on:
        if transition.event.text in MESSAGE_EVENTS and not scenario.messages:
            yield RULE.finding(
                f"'{transition.event}' never comes: scenario '{subject.scenario.name}' sends nothing",
                transition.event.span,
                hint="remove it, or send a message",
            )


RULE = Rule(
    code="FLOW020",
    name="event-never-comes",
    severity="warning",
    finds="a transition on 'message.sent' or 'message.dropped' in a state that sends no message",
    because="a journey only receives events of messages of its current state, so this transition never happens",
    mend="move it to the state that sends, or under 'on' of the scenario",
    example="""\
states:
  reminder:
    send: {email: cart/reminder}
    after: {1h: waiting}
  waiting:
    on:
      message.dropped: {end: not_reached}
    after: {3d: {end: over}}
""",
    instead="""\
states:
  reminder:
    send: {email: cart/reminder}
    on:
      message.dropped: {end: not_reached}
    after: {3d: {end: over}}
""",
    check=check,
)
