"""CRM004: a split whose arms differ in more than one thing."""

from __future__ import annotations

from scenario_cli.analysis.arms import differences
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    for state in subject.states:
        if state.split is None or len(state.split.arms) < 2:
            continue
        (first, _), *other_arms = state.split.arms
        for arm, _ in other_arms:
            aspects = differences(subject.scenario, subject.timed_edges, first.state or "", arm.state or "")
            if len(aspects) > 1:
                yield RULE.finding(
                    (
                        f"'{first.state}' and '{arm.state}' differ in {' and '.join(aspects)}: the test cannot "
                        "show which of these matters"
                    ),
                    arm.span,
                    hint="change one thing at a time, or split into four",
                    related=[("compared with", first.span)],
                )


RULE = Rule(
    code="CRM004",
    name="split-of-two-things",
    severity="warning",
    finds="arms of a split that differ in more than one of template, values, channel and timing",
    because="the test cannot show which difference made an arm better",
    mend="let the arms differ in one thing",
    example="""\
states:
  toss:
    split: {plain: 50, with_code: 50}
  plain:
    send: {email: cart/reminder}
    after: {2d: {end: over}}
  with_code:
    send: {email: cart/offer}
    after: {5d: {end: over}}
""",
    instead="""\
states:
  toss:
    split: {plain: 50, with_code: 50}
  plain:
    send: {email: cart/reminder}
    after: {2d: {end: over}}
  with_code:
    send: {email: cart/offer}
    after: {2d: {end: over}}
""",
    check=check,
)
