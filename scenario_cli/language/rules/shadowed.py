"""FLOW014: a branch or transition that an earlier one leaves nothing to."""

from __future__ import annotations

from collections.abc import Sequence

from scenario_cli.analysis.conditions import constant, excluded, never, switched
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.expression import Expression
from scenario_cli.model.scenario import Branch, Transition


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    yield from _branches(scenario.when)
    yield from _transitions(subject, scenario.on)
    for state in subject.states:
        yield from _branches(state.choose)
        yield from _branches(state.when)
        yield from _transitions(subject, state.on)


def _branches(branches: Sequence[Branch]) -> Findings:
    before: list[Expression] = []
    for branch in branches:
        condition = branch.condition
        if condition is None:
            break
        if switched(condition):
            continue
        if before and not constant(condition) and not never(condition) and excluded(condition, before):
            yield _finding(f"'{condition.source}' is never reached: an earlier line matches all of these", condition,
                           _taker(condition, before))  # fmt: skip
        before.append(condition)


def _taker(condition: Expression, before: Sequence[Expression]) -> Expression:
    """The one above that takes all of them alone, else the last."""
    return next((condition_ for condition_ in before if excluded(condition, [condition_])), before[-1])


def _transitions(subject: Subject, transitions: Sequence[Transition]) -> Findings:
    """Transitions on an event that come after one which matches whenever they do: the first match is taken."""
    for number, later in enumerate(transitions):
        events = set(subject.project.plan.expand(later.event.text))
        earlier_listeners = [
            earlier
            for earlier in transitions[:number]
            if events <= set(subject.project.plan.expand(earlier.event.text))
            and (earlier.of is None or (later.of is not None and earlier.of.text == later.of.text))
            and (earlier.any_key or not later.any_key)
        ]
        unconditional = next((earlier for earlier in earlier_listeners if earlier.where is None), None)
        conditions = [
            earlier.where for earlier in earlier_listeners if earlier.where is not None and not switched(earlier.where)
        ]
        if unconditional is not None:
            yield RULE.finding(
                f"this transition on '{later.event}' never happens: an earlier one matches every such event",
                later.span, hint=_HINT, related=[("matched here", unconditional.span)],
            )  # fmt: skip
            continue
        condition = later.where if later.where is not None and not switched(later.where) else None
        if condition is not None and conditions and not never(condition) and excluded(condition, conditions):
            yield _finding(f"this transition on '{later.event}' never happens: an earlier one matches all of these",
                           condition, _taker(condition, conditions))  # fmt: skip


def _finding(message: str, condition: Expression, taker: Expression) -> Diagnostic:
    return RULE.finding(message, condition.span, hint=_HINT, related=[("matched here", taker.span)])


_HINT = "the first match wins: put the narrower one first, or remove one"


RULE = Rule(
    code="FLOW014",
    name="shadowed",
    severity="warning",
    finds="a branch, condition or transition that is fully covered by an earlier one",
    because="no contact ever takes it",
    mend="put the narrower one first, or remove one of them",
    example="""\
states:
  asks:
    choose:
      event.total > 50: {end: large}
      event.total > 100: {end: very_large}
      else: {end: small}
""",
    instead="""\
states:
  asks:
    choose:
      event.total > 100: {end: very_large}
      event.total > 50: {end: large}
      else: {end: small}
""",
    check=check,
)
