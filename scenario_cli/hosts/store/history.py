"""Feeds a contact's past to the memories that have not been fed yet: no contact enters, no journey moves, nothing else
changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scenario_cli.engine.compiled import Program
from scenario_cli.engine.plain_values import value_of
from scenario_cli.engine.snapshot import save
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.hosts.store.span import Span
from scenario_cli.model.event import Event


def with_history(program: Program, values: Mapping[str, Any], past: Sequence[Event], span: Span) -> dict[str, Any]:
    """A contact's snapshot with the figures and absences that its past gives to new parts of the program.

    A separate contact takes the past, and only these are copied from it.
    """
    assert span.clock is not None
    state = new_contact(program, values["contact"], value_of(values.get("profile", {})))
    for event in past:
        if event.at < span.clock:
            step(program, state, event, may_enter=False)
    if state.known_at is None:
        return dict(values)
    advance(program, state, span.clock, inclusive=False, may_enter=False)
    lived = save(program, state)
    return {
        **values,
        "figures": {**values.get("figures", {}), **_unfed(lived.get("figures", {}), span)},
        **{kind: _with_absences(values.get(kind, {}), lived.get(kind, {}), span) for kind in ("triggers", "absences")},
    }


def _unfed(figures: Mapping[str, Any], span: Span) -> dict[str, Any]:
    return {identity: figure for identity, figure in figures.items() if identity in span.unfed}


def _with_absences(
    saved: Mapping[str, Mapping[str, Any]], lived: Mapping[str, Mapping[str, Any]], span: Span
) -> dict[str, dict[str, Any]]:
    """The armed triggers by scenario, with the new absences as the past has armed them."""
    merged = {scenario: dict(armed) for scenario, armed in saved.items()}
    for scenario, triggers in lived.items():
        for identity, armed in triggers.items():
            if f"{scenario}/{identity}" in span.unfed:
                merged.setdefault(scenario, {})[identity] = armed
    return merged
