"""CRM007: a scenario that is too large to hold in one head."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    scenario, limits = subject.scenario, subject.project.conventions
    conditions = sum(scoped.condition for scoped in subject.scoped_expressions)
    for count, most, noun, setting in (
        (len(scenario.states), limits.max_states, "states", "max_states"),
        (conditions, limits.max_conditions, "conditions", "max_conditions"),
    ):
        if count > most:
            yield RULE.finding(
                f"scenario '{scenario.name}' has {count} {noun}; more than {most} are hard to review",
                scenario.span,
                hint=f"split it into two scenarios, or set 'conventions: {{{setting}: ...}}' in project.yaml",
            )


RULE = Rule(
    code="CRM007",
    name="too-large",
    severity="info",
    finds="a scenario with more states (30, if not set) or conditions (40) than the project's conventions allow",
    because="reviewers cannot follow what happens to a contact, so mistakes remain",
    mend="split it where a contact changes from one purpose to another",
    example={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
conventions: {max_states: 2}
""",
        "example.yaml": """\
states:
  one: {after: {1d: two}}
  two: {after: {1d: three}}
  three: {end: over}
""",
    },
    instead={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
conventions: {max_states: 3}
""",
        "example.yaml": """\
states:
  one: {after: {1d: two}}
  two: {after: {1d: three}}
  three: {end: over}
""",
    },
    check=check,
)
