"""FLOW012: `of` a state whose messages cannot have been sent by then."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.scenario import Goal, Transition


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    for where, listener in _listeners(subject):
        if listener.of is None or listener.of.text not in scenario.states:
            continue
        named = scenario.states[listener.of.text]
        if not named.send:
            finding = f"state '{named.name}' sends nothing, so '{listener.event}' is never about a message of it"
        elif named.name not in subject.reachable:
            finding = f"no journey comes to state '{named.name}', so '{listener.event}' is never about a message of it"
        elif where is not None and where not in subject.after(named.name):
            finding = f"state '{named.name}' does not come before '{where}', so '{listener.event}' is not yet about it"
        else:
            continue
        yield RULE.finding(
            finding,
            listener.of.span,
            hint="name the state that sends the message",
            related=[("sent here", named.span)] if named.send else [],
        )


def _listeners(subject: Subject) -> Iterator[tuple[str | None, Transition | Goal]]:
    """Listeners to events with their state; None for those of every state."""
    for state in subject.states:
        yield from ((state.name, transition) for transition in state.on)
    yield from ((None, transition) for transition in subject.scenario.on)
    if subject.scenario.goal is not None:
        yield None, subject.scenario.goal


RULE = Rule(
    code="FLOW012",
    name="of-never-sent",
    severity="warning",
    finds="'of' naming a state that sends nothing, that no journey comes to, or that does not come before",
    because="the transition or goal never happens, although somebody counts on it",
    mend="name the state that sends the message",
    example="""\
states:
  reminder:
    send: {email: cart/reminder}
    after: {1d: waiting}
  waiting:
    on:
      email_clicked: {of: waiting, to: {end: clicked}}
    after: {3d: {end: no_answer}}
""",
    instead="""\
states:
  reminder:
    send: {email: cart/reminder}
    after: {1d: waiting}
  waiting:
    on:
      email_clicked: {of: reminder, to: {end: clicked}}
    after: {3d: {end: no_answer}}
""",
    check=check,
)
