"""FLOW021: a transition on the event with which the goal ends the journey."""

from __future__ import annotations

from scenario_cli.analysis.conditions import excluded
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.scenario import Goal, Transition


def check(subject: Subject) -> Findings:
    goal = subject.scenario.goal
    if goal is None or goal.ends is None:
        return
    ending = set(subject.project.plan.expand(goal.event.text))
    transitions = [*subject.scenario.on, *(listener for state in subject.states for listener in state.on)]
    for transition in transitions:
        if set(subject.project.plan.expand(transition.event.text)) <= ending and _takes_first(goal, transition):
            yield RULE.finding(
                f"this transition on '{transition.event}' never happens: the goal ends the journey first",
                transition.event.span,
                hint="write 'ends: false' in the goal, so that it only measures, or remove the transition",
                related=[("the goal here", goal.span)],
            )


def _takes_first(goal: Goal, transition: Transition) -> bool:
    """Whether the goal takes every event that the transition waits for."""
    if goal.of is not None and (transition.of is None or transition.of.text != goal.of.text):
        return False
    if transition.any_key and not goal.any_key:
        return False
    if goal.where is None:
        return True
    return transition.where is not None and excluded(transition.where, [goal.where])


RULE = Rule(
    code="FLOW021",
    name="goal-goes-first",
    severity="warning",
    finds="a transition on the goal's event, where the goal ends the journey",
    because="the goal is checked before transitions, so this transition never happens",
    mend="make the goal only measure ('ends: false'), or remove the transition",
    example="""\
goal: {event: order_completed, ends: bought}
on:
  order_completed: thanks
states:
  waiting:
    after: {3d: {end: no_order}}
  thanks:
    send: {email: thanks}
    end: thanked
""",
    instead="""\
goal: {event: order_completed, ends: false}
on:
  order_completed: thanks
states:
  waiting:
    after: {3d: {end: no_order}}
  thanks:
    send: {email: thanks}
    end: thanked
""",
    check=check,
)
