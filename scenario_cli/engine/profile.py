"""Changes a contact's attributes, and with them its clock, its waits and the triggers that read a date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.engine import calendar, declared, triggers, waits
from scenario_cli.engine.compiled import Program
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.under_way import running_in_turn
from scenario_cli.engine.values import shown
from scenario_cli.model.records import Warned

Changes = Mapping[str, tuple[Any, Any]]


def change(program: Program, state: ContactState, attributes: Mapping[str, Any]) -> Changes:
    """Gives attributes other values; None unsets an attribute. The result is the real changes, each with the value
    before and after.

    A value of another type than the tracking plan declares unsets its attribute, with a data warning. Binds the state
    to other journeys and events on the way: the caller binds it again.
    """
    attributes = fitting(program, state, attributes)
    changes: dict[str, tuple[Any, Any]] = {}
    for name, after in attributes.items():
        before = state.profile.get(name)
        if before != after or type(before) is not type(after):
            changes[name] = (before, after)
    if not changes:
        return changes
    changed = {**state.profile, **attributes}
    state.profile = {name: value for name, value in changed.items() if value is not None}
    if "timezone" in changes:
        _move_clock(program, state)
    names = frozenset(changes)
    if state.running:
        for machine in program.machines:
            for own, journey in running_in_turn(program, machine, state):
                waits.read_again(own, state, journey, names)
    triggers.attributes_changed(program, state, names)
    return changes


def fitting(program: Program, state: ContactState, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Attributes as the tracking plan declares them; a warning for each that is not of its type."""
    fitted, misfits = declared.fit(program.attribute_types, attributes)
    for name, detail in misfits:
        event = state.event.name if state.event is not None else ""
        state.records.append(Warned(state.now, "", f"contact.{name}", event, detail))
    return fitted


def start_from(program: Program, state: ContactState, attributes: Mapping[str, Any]) -> None:
    """Gives an unknown contact its first attributes. Nothing reacts to them."""
    merged = {**state.profile, **fitting(program, state, attributes)}
    state.profile = {name: value for name, value in merged.items() if value is not None}
    state.zone = zone_of(program, state)


def _move_clock(program: Program, state: ContactState) -> None:
    if program.has_zones and state.running:
        report_zone(state)
    zone = zone_of(program, state)
    if zone is state.zone:
        return
    state.zone = zone
    for machine in program.machines:
        for own, journey in running_in_turn(program, machine, state):
            waits.move_clock(own, state, journey)
    triggers.clock_changed(program, state)


def zone_of(program: Program, state: ContactState) -> ZoneInfo:
    """The contact's zone; the project's if the contact's is missing or unknown."""
    name = state.profile.get("timezone")
    zone = calendar.zone(name) if isinstance(name, str) else None
    return zone or program.zone


def report_zone(state: ContactState) -> None:
    """Warns, once for each value, that the project's zone replaces a missing or unknown zone."""
    name = state.profile.get("timezone")
    if str(name) in state.reported_zones or (isinstance(name, str) and calendar.zone(name) is not None):
        return
    state.reported_zones |= {str(name)}
    detail = "missing" if name is None else f"{shown(name)} is not a time zone"
    detail += ", so the time zone of the project was used"
    state.records.append(Warned(state.now, "", "contact.timezone", "", detail))
