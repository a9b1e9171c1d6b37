"""TIME016: a message that can leave after the goal has stopped counting."""

from __future__ import annotations

from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.analysis.time.flow import earliest
from scenario_cli.analysis.time.latest import latest
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.wait_grammar import duration_text


def check(subject: Subject) -> Findings:
    goal = subject.scenario.goal
    if goal is None:
        return
    soonest = earliest(subject.scenario, subject.timed_edges, quiet=True)
    longest = latest(subject.scenario)
    window = goal.within.elapsed
    for state in subject.states:
        last = longest.get(state.name, 0)
        sends = any(
            is_marketing(message, subject.project) for sending in state.sendings for message in sending.messages
        )
        if sends and soonest.get(state.name, window + 1) <= window < last:
            yield RULE.finding(
                (
                    f"the messages of '{state.name}' can be sent {duration_text(last)} after entry, but the goal "
                    f"counts for {duration_text(window)}"
                ),
                state.span,
                hint="'within' starts at entry: make it as long as the longest path to the last message",
                related=[("the goal here", goal.span)],
            )


RULE = Rule(
    code="TIME016",
    name="may-be-late",
    severity="info",
    finds=("marketing messages that are sent within the window of the goal on some paths and after it on others"),
    because="contacts on the longer path never count, so the figures depend on the day of entry",
    mend="make the window as long as the longest path",
    example="""\
goal: {event: order_completed, within: 4d}
states:
  reminder:
    send: {email: cart/reminder}
    after: {3d on mon: offer}
  offer:
    send: {email: cart/offer}
    end: offered
""",
    instead="""\
goal: {event: order_completed, within: 10d}
states:
  reminder:
    send: {email: cart/reminder}
    after: {3d on mon: offer}
  offer:
    send: {email: cart/offer}
    end: offered
""",
    check=check,
)
