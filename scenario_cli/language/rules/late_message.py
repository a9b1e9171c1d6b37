"""TIME011: a message that always leaves after the goal has stopped counting."""

from __future__ import annotations

from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.analysis.time.flow import earliest
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.scenario import Sending
from scenario_cli.model.wait_grammar import duration_text


def check(subject: Subject) -> Findings:
    goal = subject.scenario.goal
    if goal is None:
        return
    quiet = earliest(subject.scenario, subject.timed_edges, quiet=True)
    window = goal.within.elapsed
    sending = [state for state in subject.states if any(_is_marketing(sending, subject) for sending in state.sendings)]
    late = [state for state in sending if quiet.get(state.name, 0) > window]
    at_any_time = any(_is_marketing(sending, subject) for sending in subject.scenario.common_sendings)
    if late and len(late) == len(sending) and not at_any_time:
        first = min(late, key=lambda state: quiet[state.name])
        yield RULE.finding(
            (
                f"the goal counts for {duration_text(window)}, but the first message is sent "
                f"{duration_text(quiet[first.name])} after entry at the earliest"
            ),
            goal.span,
            hint="'within' starts at entry: make it longer than the path to the last message",
            related=[(f"'{first.name}' sends here", first.span)],
        )
        return
    for state in late:
        yield RULE.finding(
            (
                f"the messages of '{state.name}' are sent {duration_text(quiet[state.name])} after entry at the "
                f"earliest, but the goal counts for {duration_text(window)}"
            ),
            state.span,
            hint="'within' starts at entry: make it longer, or send nothing after it",
            related=[("the goal here", goal.span)],
        )


def _is_marketing(sending: Sending, subject: Subject) -> bool:
    return any(is_marketing(message, subject.project) for message in sending.messages)


RULE = Rule(
    code="TIME011",
    name="late-message",
    severity="warning",
    finds=("marketing messages that are sent after the window of the goal ('within') has ended, if no event comes"),
    because="their conversions are never counted",
    mend="make the window longer than the path to the last message",
    example="""\
goal: {event: order_completed, within: 2d}
states:
  reminder:
    send: {email: cart/reminder}
    after: {5d: offer}
  offer:
    send: {email: cart/offer}
    end: offered
""",
    instead="""\
goal: {event: order_completed, within: 14d}
states:
  reminder:
    send: {email: cart/reminder}
    after: {5d: offer}
  offer:
    send: {email: cart/offer}
    end: offered
""",
    check=check,
)
