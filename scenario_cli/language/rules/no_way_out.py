"""FLOW010: a state from which no end can be reached."""

from __future__ import annotations

from scenario_cli.analysis.time.flow import can_end
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    ending = can_end(subject.scenario, subject.timed_edges)
    trapped = [state for state in subject.states if state.name not in ending and subject.timed_edges[state.name]]
    if trapped:
        names = ", ".join(f"'{state.name}'" for state in trapped)
        yield RULE.finding(
            f"no path leads from {names} to an end",
            trapped[0].span,
            hint="add a path to '{end: <outcome>}', or end the journey with the goal",
            related=[(f"'{state.name}' here", state.span) for state in trapped[1:]],
        )


RULE = Rule(
    code="FLOW010",
    name="no-way-out",
    severity="warning",
    finds="states without a path or goal to an end",
    because=("a journey there runs forever: it counts as running, and the contact cannot enter again"),
    mend="add a path to an end",
    example="""\
goal: {event: review_written, ends: false}
states:
  monday:
    send: {email: news/start}
    after: {3d: thursday}
  thursday:
    send: {email: news/end}
    after: {4d: monday}
""",
    instead="""\
goal: {event: review_written, ends: false}
on:
  unsubscribed: {end: opted_out}
states:
  monday:
    send: {email: news/start}
    after: {3d: thursday}
  thursday:
    send: {email: news/end}
    after: {4d: monday}
""",
    check=check,
)
