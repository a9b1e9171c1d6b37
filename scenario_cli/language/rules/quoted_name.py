"""EXP021: the name of a value in quotes, although the value was meant."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.language.names.scopes import ScopedExpression
from scenario_cli.language.rules.support.quoted_names import quoted_names
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview, Subject
from scenario_cli.model.diagnostic import Edit, Fix


def check(subject: Subject) -> Findings:
    return _findings(subject.scoped_expressions)


def check_project(overview: Overview) -> Findings:
    return _findings(overview.scoped_expressions)


def _findings(expressions: Iterable[ScopedExpression]) -> Findings:
    for scoped in expressions:
        for text in quoted_names(scoped.expression.root, scoped.scope):
            yield RULE.finding(
                f"'{text.value}' is in quotes: it is this text, not the value with that name",
                text.span,
                hint=f"write {text.value} without quotes",
                fix=Fix(f"write {text.value} without quotes", (Edit(text.span, text.value, text.value),)),
            )


RULE = Rule(
    code="EXP021",
    name="quoted-name",
    severity="warning",
    finds="the name of a value, such as 'event.total', in quotes within an expression",
    because="the text is compared instead of the value, so the condition is the same for everybody",
    mend="remove the quotes; if you mean the text, ignore the finding",
    fixes="removes the quotes",
    example="""\
states:
  waiting:
    on:
      product_viewed: {where: "'event.sku' > 'A1'", to: {end: came_back}}
    after: {3d: {end: over}}
""",
    instead="""\
states:
  waiting:
    on:
      product_viewed: {where: event.sku > 'A1', to: {end: came_back}}
    after: {3d: {end: over}}
""",
    check=check,
    check_project=check_project,
)
