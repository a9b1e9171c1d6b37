"""FLOW018: a captured value that is missing on some path to a place that relies on it."""

from __future__ import annotations

from scenario_cli.analysis.captures import reads
from scenario_cli.analysis.silence.missing import relied_on
from scenario_cli.language.names.scopes import Scopes
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    captured_names = {name.text for name in Scopes.captured_names(scenario)}
    for reading in reads(scenario, subject.captured):
        reported: set[str] = set()
        for relied in relied_on(reading.expression.root):
            name = relied.path[0]
            if relied.root_is_present:
                continue
            if (
                name in captured_names
                and name in reading.sometimes
                and name not in reading.always
                and name not in reported
            ):
                reported.add(name)
                yield RULE.finding(
                    f"'{name}' is missing for journeys that arrive here on a path that does not capture it",
                    relied.node.span,
                    hint=(
                        f"capture it on every path, or handle the missing value: '{'.'.join(relied.path)} | "
                        f"default(0)', '{name} is not none and ...'"
                    ),
                )


RULE = Rule(
    code="FLOW018",
    name="not-always-captured",
    severity="warning",
    finds="a captured value in a comparison, calculation or message that some paths to this place do not capture",
    because="a comparison with a missing value is false and a sum with it is missing, without a warning",
    mend="capture it on every path, or handle the missing value",
    example="""\
states:
  waiting:
    on:
      order_completed: {set: {order: =event}, to: thanks}
    after: {3d: thanks}
  thanks:
    choose:
      order.total > 80: {end: large}
      else: {end: small}
""",
    instead="""\
states:
  waiting:
    on:
      order_completed: {set: {order: =event}, to: thanks}
    after: {3d: thanks}
  thanks:
    choose:
      order is not none and order.total > 80: {end: large}
      else: {end: small}
""",
    check=check,
)
