"""FLOW013: a condition that cannot hold."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.analysis.conditions import constant, never, switched
from scenario_cli.language.names.scopes import ScopedExpression
from scenario_cli.language.rules.support.misfits import misfits
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview, Subject


def check(subject: Subject) -> Findings:
    return _found(subject.scoped_expressions)


def check_project(overview: Overview) -> Findings:
    return _found(overview.scoped_expressions)


def _found(places: Iterable[ScopedExpression]) -> Findings:
    for place in places:
        if not place.condition or constant(place.expression) or switched(place.expression):
            continue
        # What never fits is told by DATA010, and is why the rest cannot hold.
        if never(place.expression) and not any(misfits(place.expression.root, place.scope)):
            yield RULE.finding(
                f"'{place.expression.source}' can never be true",
                place.expression.span,
                hint="its parts exclude each other; where either is enough write 'or'",
            )


RULE = Rule(
    code="FLOW013",
    name="never-true",
    severity="warning",
    finds="a condition whose parts exclude each other",
    because="what it decides never happens: a branch that nobody takes, a message that nobody gets",
    mend="correct the bounds, or write 'or' where either part is enough",
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
