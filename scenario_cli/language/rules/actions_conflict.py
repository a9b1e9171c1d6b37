"""FLOW005: a state that says two things about what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.rules.rule import Rule
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario


def check(scenario: Scenario, project: Project) -> Iterator[Diagnostic]:
    for state in scenario.states.values():
        said = [key for key in ("end", "choose", "split", "next") if getattr(state, key)]
        if said and state.after:
            said.append("after")
        if len(said) > 1:
            yield Diagnostic(
                "FLOW005",
                f"state '{state.name}' has {' and '.join(repr(key) for key in said)}: only the first is ever reached",
                state.span,
                hint="a state ends, branches, goes straight on or waits; use a state for each",
            )


RULE = Rule(
    code="FLOW005",
    name="actions-conflict",
    severity="error",
    finds="a state with more than one of end, choose, split, next and after",
    because="what is written second never happens, and its author expects it to",
    mend="keep one, or make two states",
    of_sound_files=False,
    check=check,
)
