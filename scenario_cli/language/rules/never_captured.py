"""FLOW017: a captured value that never exists at the place that reads it."""

from __future__ import annotations

from scenario_cli.analysis.captures import reads
from scenario_cli.language.names.scopes import Scopes
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.expression import Ref, walk


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    captured_names = {name.text for name in Scopes.captured_names(scenario)}
    for reading in reads(scenario, subject.captured):
        for node in walk(reading.expression.root):
            if isinstance(node, Ref) and node.name in captured_names and node.name not in reading.sometimes:
                yield RULE.finding(
                    f"'{node.name}' is always missing here: no path to this place captures it",
                    node.span,
                    hint="capture it with 'set' in a state before this one",
                )


RULE = Rule(
    code="FLOW017",
    name="never-captured",
    severity="error",
    finds="a captured value used at a place where no path has captured it",
    because="it is missing for everybody: conditions are false, texts have a gap",
    mend="capture it in an earlier state",
    example="""\
states:
  asks:
    choose:
      cart.total > 80: offer
      else: {end: small}
  offer:
    set: {cart: =trigger}
    after: {1d: {end: over}}
""",
    instead="""\
states:
  asks:
    set: {cart: =trigger}
    choose:
      cart.total > 80: offer
      else: {end: small}
  offer:
    after: {1d: {end: over}}
""",
    check=check,
)
