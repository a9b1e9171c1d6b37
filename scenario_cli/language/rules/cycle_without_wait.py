"""FLOW001: states that lead into each other with no wait and no event between."""

from __future__ import annotations

from scenario_cli.analysis.graph import cycles_at_once
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    for cycle in cycles_at_once(scenario):
        path = " -> ".join([cycle[0].source, *(edge.target for edge in cycle)])
        yield RULE.finding(
            f"a journey would loop without waiting: {path}",
            cycle[0].exit.span,
            hint="add a wait ('after') or an event ('on') to the loop",
            related=tuple((f"from '{edge.source}' to '{edge.target}' here", edge.exit.span) for edge in cycle[1:]),
        )


RULE = Rule(
    code="FLOW001",
    name="cycle-without-wait",
    severity="error",
    finds="states that form a loop through next, choose, split or when, without a wait or event",
    because="a journey would loop forever at one moment, and send its messages in every round",
    mend="add a wait or an event to the loop",
    example="""\
states:
  asks:
    choose:
      contact.points > 10: {end: enough}
      else: answers
  answers:
    next: asks
""",
    instead="""\
states:
  asks:
    choose:
      contact.points > 10: {end: enough}
      else: answers
  answers:
    after: {1d: asks}
""",
    check=check,
    of_sound_files=False,
)
