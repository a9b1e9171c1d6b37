"""FLOW005: a state with two different instructions for the next step."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject


def check(subject: Subject) -> Findings:
    scenario = subject.scenario
    for state in scenario.states.values():
        keys = [key for key in ("end", "choose", "split", "next") if getattr(state, key)]
        if keys and state.after:
            keys.append("after")
        if len(keys) > 1:
            yield RULE.finding(
                f"state '{state.name}' has {' and '.join(repr(key) for key in keys)}: only the first is used",
                state.span,
                hint="a state can end, branch, continue or wait; use one state for each",
            )


RULE = Rule(
    code="FLOW005",
    name="actions-conflict",
    severity="error",
    finds="a state with more than one of end, choose, split, next and after",
    because="the second one never happens",
    mend="keep one, or make two states",
    example="""\
states:
  reminder:
    next: thanks
    after: {1d: thanks}
  thanks:
    end: thanked
""",
    instead="""\
states:
  reminder:
    after: {1d: thanks}
  thanks:
    end: thanked
""",
    check=check,
    of_sound_files=False,
)
