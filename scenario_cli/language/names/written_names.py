"""Names that a call must write out: of a scenario, a state, a table, an event."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.language.edit.fixes import respelt_text
from scenario_cli.language.names.unknown import with_next_step
from scenario_cli.language.names.walk import Walk
from scenario_cli.model import expression as tree
from scenario_cli.model.diagnostic import did_you_mean
from scenario_cli.model.vocabulary import FUNCTIONS


def literal_name(walk: Walk, node: tree.Call, code: str, noun: str, declared: Iterable[str]) -> str | None:
    """The name that a call's first value spells. Reports one that is not written out, or not known."""
    first = node.args[0]
    names = set(declared)
    a_noun = f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
    if not isinstance(first, tree.Const) or not isinstance(first.value, str):
        walk.report("EXP007", f"'{node.name}' needs the fixed name of {a_noun}", first,
                    f"write {FUNCTIONS[node.name].usage}")  # fmt: skip
    elif first.value not in names:
        walk.report(code, f"unknown {noun} '{first.value}'", first,
                    with_next_step(code, did_you_mean(first.value, names, f"{noun}s")),
                    fix=respelt_text(first.value, first.span, names))  # fmt: skip
    else:
        return first.value
    return None


def literal_state(walk: Walk, node: tree.Call, state: tree.Expr, key: str, states: tuple[str, ...]) -> None:
    """The state that a call names. Reports one that is not written out, or not known."""
    if not isinstance(state, tree.Const) or not isinstance(state.value, str):
        walk.report("EXP007", f"'{key}' of '{node.name}' needs the fixed name of a state", state,
                    f"write {key}='{states[0]}'")  # fmt: skip
    elif state.value not in states:
        walk.report("REF002", f"unknown state '{state.value}'", state, did_you_mean(state.value, states, "states"),
                    fix=respelt_text(state.value, state.span, states))  # fmt: skip
