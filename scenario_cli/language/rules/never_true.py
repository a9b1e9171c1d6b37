"""FLOW013: a condition that cannot hold."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.analysis.conditions import constant, never, switched
from scenario_cli.language.names.scopes import ScopedExpression
from scenario_cli.language.rules.support.misfits import misfits
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview, Subject


def check(subject: Subject) -> Findings:
    return _findings(subject.scoped_expressions)


def check_project(overview: Overview) -> Findings:
    return _findings(overview.scoped_expressions)


def _findings(expressions: Iterable[ScopedExpression]) -> Findings:
    for scoped in expressions:
        if not scoped.condition or constant(scoped.expression) or switched(scoped.expression):
            continue
        # DATA010 reports parts that never fit; they are the reason why the condition cannot hold.
        if never(scoped.expression) and not any(misfits(scoped.expression.root, scoped.scope)):
            yield RULE.finding(
                f"'{scoped.expression.source}' can never be true",
                scoped.expression.span,
                hint="its parts exclude each other; write 'or' if one of them is enough",
            )


RULE = Rule(
    code="FLOW013",
    name="never-true",
    severity="warning",
    finds="a condition whose parts exclude each other",
    because="the branch is never taken, the message is never sent",
    mend="correct the limits, or write 'or' if one part is enough",
    example="""\
states:
  asks:
    choose:
      event.total > 100 and event.total < 50: {end: middle}
      else: {end: other}
""",
    instead="""\
states:
  asks:
    choose:
      event.total > 50 and event.total < 100: {end: middle}
      else: {end: other}
""",
    check=check,
    check_project=check_project,
)
