"""FLOW007: a scenario that can run in parallel, but that no contact can enter twice."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    never = all(scenario.reentry_of(trigger) == "never" for trigger in scenario.triggers)
    if not never:
        return
    hint = "write 'reentry: always' or a duration; the default is 'never'"
    if scenario.while_running == "parallel":
        yield RULE.finding(
            f"scenario '{scenario.name}' runs in parallel, but 'reentry' allows no second entry",
            scenario.span,
            hint=hint,
        )
    for state in scenario.states.values():
        if state.frees_key:
            yield RULE.finding(
                f"state '{state.name}' frees the key, but 'reentry' allows no second entry",
                state.span,
                hint=hint,
            )


RULE = Rule(
    code="FLOW007",
    name="parallel-never",
    severity="warning",
    finds=("'while_running: parallel' or 'frees_key' with 'reentry: never', the default"),
    because="a second journey for the same key is refused, so nothing ever runs in parallel",
    mend="write how soon a contact can enter again",
    example="""\
while_running: parallel
states:
  waiting:
    after: {1d: {end: over}}
""",
    instead="""\
while_running: parallel
reentry: always
states:
  waiting:
    after: {1d: {end: over}}
""",
    check=check,
    of_sound_files=False,
)
