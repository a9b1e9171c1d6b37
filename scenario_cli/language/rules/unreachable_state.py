"""FLOW003: a state that cannot be reached."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    for state in scenario.states.values():
        if state.name not in subject.reachable:
            yield RULE.finding(
                f"no path leads to state '{state.name}'",
                state.span,
                hint=(
                    f"the journey starts at '{scenario.first.name}', the first state in the file; add a "
                    "transition to this state, or remove it"
                ),
            )


RULE = Rule(
    code="FLOW003",
    name="unreachable-state",
    severity="warning",
    finds="a state without a transition, wait or branch that leads to it",
    because="its messages are never sent",
    mend="add a transition to it, or remove it",
    example="""\
states:
  waiting:
    after: {1d: {end: over}}
  forgotten:
    end: never_reached
""",
    instead="""\
states:
  waiting:
    after: {1d: remembered}
  remembered:
    end: over
""",
    check=check,
)
