"""FLOW015: a condition that is the same for everybody."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.analysis.conditions import always, constant, never, switched
from scenario_cli.language.names.scopes import ScopedExpression
from scenario_cli.language.rules.support.misfits import misfits
from scenario_cli.language.rules.support.quoted_names import quoted_names
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview, Subject


def check(subject: Subject) -> Findings:
    return _findings(subject.scoped_expressions)


def check_project(overview: Overview) -> Findings:
    return _findings(overview.scoped_expressions)


def _findings(expressions: Iterable[ScopedExpression]) -> Findings:
    for scoped in expressions:
        condition = scoped.expression
        if not scoped.condition or switched(condition):
            continue
        if any(misfits(condition.root, scoped.scope)):
            continue  # DATA010 states which types do not fit, and a part that never holds is why
        if constant(condition):
            result = "true" if always(condition) else "false" if never(condition) else None
            if result is not None and not any(quoted_names(condition.root, scoped.scope)):  # reported by EXP021
                yield RULE.finding(
                    f"'{condition.source}' is always {result}: it uses no value",
                    condition.span,
                    hint="remove it, or compare a value of the event or the contact",
                )
        elif always(condition):
            yield RULE.finding(
                f"'{condition.source}' is always true",
                condition.span,
                hint="one of its parts is true for every value; write 'and' if both must be true",
            )


RULE = Rule(
    code="FLOW015",
    name="decides-nothing",
    severity="warning",
    finds="a condition that is always true, or that uses no value",
    because="it looks like a choice but decides nothing",
    mend="write 'and' if both parts must be true; remove a constant condition",
    example="""\
states:
  waiting:
    on:
      product_viewed: {where: event.sku != 'A1' or event.sku != 'B2', to: {end: came_back}}
    after: {3d: {end: over}}
""",
    instead="""\
states:
  waiting:
    on:
      product_viewed: {where: event.sku != 'A1' and event.sku != 'B2', to: {end: came_back}}
    after: {3d: {end: over}}
""",
    check=check,
    check_project=check_project,
)
