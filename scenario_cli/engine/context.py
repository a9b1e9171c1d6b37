"""The values that the names of an expression have while it runs: event, contact, journey. Compiles nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.engine import values
from scenario_cli.engine.calendar import local
from scenario_cli.engine.state import ContactState
from scenario_cli.model.event import Event


def the_event(state: ContactState) -> dict[str, Any] | None:
    """The value of the expression `event`."""
    return whole(state.event, state.zone)


def the_properties(state: ContactState) -> Mapping[str, Any] | None:
    """The stand-in for `event` if expressions read only its properties and its size is known: the properties."""
    event = state.event
    return event.properties if event is not None and event.most_bytes else the_event(state)


def whole(event: Event | None, zone: Any) -> dict[str, Any] | None:
    """An event as one mapping; its own fields go before properties of the same name."""
    if event is None:
        return None
    return {
        **event.properties,
        "event": event.name,
        "timestamp": local(event.at, zone),
        "event_id": event.event_id,
        "properties": dict(event.properties),
    }


def own_field(event: Event | None, name: str, zone: Any) -> Any:
    if event is None:
        return None
    match name:
        case "event":
            return event.name
        case "timestamp":
            return local(event.at, zone)
        case "event_id":
            return event.event_id
    return dict(event.properties)


def person(state: ContactState) -> dict[str, Any]:
    return {**state.profile, "id": state.contact_id}


def runs(state: ContactState, scenario: str) -> bool:
    """Whether the contact has a running journey in a scenario."""
    scenario_journeys = state.journeys.get(scenario)
    return bool(scenario_journeys) and any(not journey.ended for journey in scenario_journeys or ())


def runs_in(state: ContactState, scenario: str, name: str) -> bool:
    """Whether the contact has a running journey in this state of a scenario."""
    return any(not journey.ended and journey.state_name == name for journey in state.journeys.get(scenario, ()))


def journey_fields(state: ContactState, zone: ZoneInfo) -> dict[str, Any] | None:
    journey = state.journey
    if journey is None:
        return None
    return {
        "entered_at": local(journey.entered_at, zone),
        "key": values.readable_key(journey.key),
        "state": journey.state_name,
        "variant": dict(journey.variant),
    }


def judged(state: ContactState, answer: Any, scenario: str, place: str) -> bool:
    """The answer of a condition that gave neither true nor false."""
    if isinstance(answer, str):
        state.warn(scenario, place, f"{values.shown(answer)} is not true or false, so this condition is false")
        return False
    return answer is not None and bool(answer)
