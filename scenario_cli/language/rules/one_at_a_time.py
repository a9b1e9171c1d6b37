"""FLOW026: a limit or a `leave` for parallel journeys that changes nothing."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    freeing = [state for state in scenario.states.values() if state.frees_key]
    if scenario.while_running == "parallel":
        for state in freeing:
            yield RULE.finding(
                (
                    f"'frees_key' in state '{state.name}' has no effect: with 'while_running: parallel' "
                    "everybody can enter anyway"
                ),
                state.span,
                hint="remove it, or 'while_running: parallel'",
            )
    elif scenario.max_running is not None and scenario.key is None and not freeing:
        yield RULE.finding(
            (
                f"'max_running: {scenario.max_running}' has no effect: without a 'key' a contact has one "
                "journey at a time"
            ),
            scenario.span,
            hint="remove it, or add a 'key' that distinguishes the journeys",
        )


RULE = Rule(
    code="FLOW026",
    name="one-at-a-time",
    severity="warning",
    finds=(
        "'max_running' in a scenario with one journey per contact, or 'frees_key' in a scenario without such a limit"
    ),
    because="the line has no effect",
    mend="remove it, or add what distinguishes the journeys",
    example="""\
max_running: 3
states:
  waiting:
    after: {1d: {end: over}}
""",
    instead="""\
key: event.cart_id
max_running: 3
states:
  waiting:
    after: {1d: {end: over}}
""",
    check=check,
    of_sound_files=False,
)
