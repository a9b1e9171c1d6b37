"""DATA017: a wait or trigger for a date, or a wait since an instant, whose value is not a date."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.names.check import Checker
from scenario_cli.language.names.shapes import Scope
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.expression import Expression
from scenario_cli.model.sites import sites
from scenario_cli.model.triggers import DateTrigger

_NO_DATE = {"number": "a number", "integer": "a number", "boolean": "true or false", "array": "a list",
            "object": "a mapping"}  # fmt: skip


def check(subject: Subject) -> Findings:
    for expression, scope in _dates(subject):
        kind = Checker().shape(expression.root, scope).type
        if kind in _NO_DATE:
            yield RULE.finding(
                f"'{expression.source}' is {_NO_DATE[kind]} in the tracking plan, not a date",
                expression.span,
                hint="use a value of type date or datetime",
            )


def _dates(subject: Subject) -> Iterator[tuple[Expression, Scope]]:
    for trigger in subject.scenario.triggers:
        if isinstance(trigger, DateTrigger):
            yield trigger.date, subject.overview.base
    for state in subject.states:
        for timeout in state.after:
            for value in (timeout.wait.date, timeout.wait.since):
                if value is not None:
                    yield value, subject.scopes.quiet()
    for site in sites(subject.scenario):
        if site.kind == "until" and site.expression is not None:
            yield site.expression, subject.scopes.at(site)


RULE = Rule(
    code="DATA017",
    name="not-a-date",
    severity="error",
    finds=(
        "a date trigger, a wait for a date, 'since' or 'until' with a value that is not a date in the tracking plan"
    ),
    because="the value counts as missing for everybody: the wait never ends, the message is never sent",
    mend="use a value that is a date",
    example="""\
states:
  waiting:
    after:
      - {wait: date contact.points, if_past: now, if_missing: {end: unknown}, to: {end: over}}
""",
    instead="""\
states:
  waiting:
    after:
      - {wait: date contact.birthday, if_past: now, if_missing: {end: unknown}, to: {end: over}}
""",
    check=check,
)
