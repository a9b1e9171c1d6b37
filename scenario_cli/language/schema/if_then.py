"""`if ... then ... else` and `wait ... then` of other tools, written as `choose` and `after`: one finding for a state.

If the faults of a state come from such a form, the finding shows the state in this language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scenario_cli.language.schema.fault import Fault
from scenario_cli.language.schema.hints import flow
from scenario_cli.language.schema.positions import Path, Positions
from scenario_cli.model.diagnostic import Diagnostic

_IF = ("if", "condition", "when", "case", "where")
_THEN = ("then", "goto", "go_to", "next", "to", "target", "do")
_ELSE = ("else", "otherwise", "default")
_WAIT = ("wait", "delay", "sleep", "timeout", "pause", "wait_for")


def if_then(fault: Fault, positions: Positions) -> Iterator[tuple[Path, Diagnostic]]:
    """The form that a fault of a state comes from, with the path at and below which it explains every fault."""
    title, value = fault.schema.get("title"), fault.value
    if title == "state" and fault.keyword == "unknown" and isinstance(value, dict):
        yield from _of_state(fault, value, positions)
    elif fault.path[-1] in ("choose", "when") and isinstance(value, list) and all(isinstance(e, dict) for e in value):
        branches = dict(pair for entry in value for pair in _branches(entry))
        if branches.keys() - {"else"}:
            message = (
                f"{positions.subject(fault.path)} is a mapping from conditions to targets, without 'if' and 'then'"
            )
            hint = f"write '{fault.path[-1]}: {flow(branches)}'"
            yield fault.path, Diagnostic("SCH008", message, positions.key_span(fault.path), hint=hint)


def _of_state(fault: Fault, value: Mapping[str, Any], positions: Positions) -> Iterator[tuple[Path, Diagnostic]]:
    position = positions.name_of(fault.path)
    branches = dict(_branches({key: field for key, field in value.items() if key != "when"}))
    first = next((key for key in value if key in _IF and key != "when"), "")
    if (first and len(branches) > 1) or (first and "then" in value):
        span = positions.key_span((*fault.path, first))
        message = f"'{first}' in {position} is written as 'choose' here, which needs no 'then'"
        yield fault.path, Diagnostic("SCH001", message, span, hint=f"write 'choose: {flow(branches)}'")
        return
    wait = next((key for key in value if key in _WAIT), "")
    then = next((key for key in value if key in _THEN), "")
    if wait and then and isinstance(value[wait], str) and "after" not in value:
        span = positions.key_span((*fault.path, wait))
        message = f"'{wait}' and '{then}' in {position} are written as 'after' here"
        yield fault.path, Diagnostic("SCH001", message, span, hint=f"write 'after: {flow({value[wait]: value[then]})}'")


def _branches(keys: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The branches of `choose` for an `if` with its `then` and `else`."""
    condition = next((keys[key] for key in _IF if key in keys), None)
    target = next((keys[key] for key in _THEN if key in keys), None)
    otherwise = next((keys[key] for key in _ELSE if key in keys), None)
    if isinstance(condition, str) and target is not None:
        yield condition, target
    if otherwise is not None:
        yield "else", otherwise
