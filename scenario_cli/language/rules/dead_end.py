"""FLOW002: a state that neither moves on nor waits nor ends."""

from __future__ import annotations

from functools import cache

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.language.schema.files import schema_of

_ONWARD = {"end", "choose", "split", "next", "on", "when", "after"}


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    for state in scenario.states.values():
        # The check of the file's shape reports states that are not mappings or have unknown keys.
        if not state.written - _known_keys() and not state.written & _ONWARD:
            yield RULE.finding(
                f"state '{state.name}' does not move on, wait or end",
                state.span,
                hint="add what comes next: 'end: <outcome>', 'next: <state>', or a wait under 'after'",
            )


@cache
def _known_keys() -> frozenset[str]:
    return frozenset(schema_of("scenario")["definitions"]["state"]["properties"])


RULE = Rule(
    code="FLOW002",
    name="dead-end",
    severity="error",
    finds="a state without end, next, choose, split, on, when and after",
    because="a journey in it stays there forever, and the contact cannot enter again",
    mend="end the journey there, or add what it waits for",
    example="""\
states:
  reminder:
    send: {email: cart/reminder}
""",
    instead="""\
states:
  reminder:
    send: {email: cart/reminder}
    end: reminded
""",
    check=check,
    of_sound_files=False,
)
