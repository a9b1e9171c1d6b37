"""FLOW012: `of` a state whose messages cannot have been sent by then."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.expression import Const, calls_in
from scenario_cli.model.scenario import Goal, Transition
from scenario_cli.model.sites import sites
from scenario_cli.model.source import Name


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    for state_name, event, sender_name in (*_listeners(subject), *_calls(subject)):
        if sender_name.text not in scenario.states:
            continue
        sender = scenario.states[sender_name.text]
        if not scenario.sendings_in(sender):
            finding = f"state '{sender.name}' sends nothing, so '{event}' never comes for it"
        elif sender.name not in subject.reachable:
            finding = f"no journey reaches state '{sender.name}', so '{event}' never comes for it"
        elif state_name is not None and state_name not in subject.after(sender.name):
            finding = f"state '{sender.name}' is not before '{state_name}', so '{event}' cannot come for it yet"
        else:
            continue
        yield RULE.finding(
            finding,
            sender_name.span,
            hint="use the state that sends the message",
            related=[("sent here", sender.span)] if sender.sendings else [],
        )


def _listeners(subject: Subject) -> Iterator[tuple[str | None, str, Name]]:
    """The state, event and `of` of each listener; no state for a listener that holds in every state."""
    scenario = subject.scenario
    listeners: list[tuple[str | None, Transition | Goal]] = [(None, transition) for transition in scenario.on]
    listeners += [(state.name, transition) for state in subject.states for transition in state.on]
    listeners += [(None, scenario.goal)] if scenario.goal is not None else []
    for state_name, listener in listeners:
        if listener.of is not None:
            yield state_name, listener.event.text, listener.of


def _calls(subject: Subject) -> Iterator[tuple[str | None, str, Name]]:
    """The same of calls over past events."""
    for site in sites(subject.scenario):
        for call in calls_in(site.expression):
            event, sender_name = call.args[0] if call.args else None, dict(call.keywords).get("of")
            if isinstance(event, Const) and isinstance(sender_name, Const):
                yield (
                    site.state.name if site.state is not None else None,
                    str(event.value),
                    Name(str(sender_name.value), sender_name.span),
                )


RULE = Rule(
    code="FLOW012",
    name="of-never-sent",
    severity="warning",
    finds="'of' with a state that sends nothing, is unreachable, or does not come before",
    because="the transition or goal never happens, or the call finds no event",
    mend="use the state that sends the message",
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
