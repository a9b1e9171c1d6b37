"""Events that the executor makes: queued as things happen, worked on after the input or timer that caused them.

Only events with a listener are made.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scenario_cli.engine.compiled import Hearing, Machine, Program
from scenario_cli.engine.state import ContactState, Journey, OwnEvent
from scenario_cli.engine.values import readable_key
from scenario_cli.model.records import Asked
from scenario_cli.model.vocabulary import PROFILE_UPDATED


def _journey_properties(machine: Machine, journey: Journey) -> dict[str, Any]:
    properties = {
        "journey_id": journey.journey_id,
        "scenario": machine.name,
        "state": journey.state_name,
    }
    if journey.key is not None:
        properties["key"] = readable_key(journey.key)
    properties["variant"] = variant(journey)
    return properties


def variant(journey: Journey) -> str:
    """The arms that a journey fell in, as a plan writes them."""
    return " ".join(f"{state}:{arm}" for state, arm in journey.variant.items()) if journey.variant else ""


def journey_entered(machine: Machine, state: ContactState, journey: Journey) -> None:
    state.queue.append(
        OwnEvent("journey.entered", state.now, _journey_properties(machine, journey), journey.journey_id)
    )


def journey_ended(program: Program, machine: Machine, state: ContactState, journey: Journey, outcome: str) -> None:
    hearing: Hearing | None = None
    if program.hearings is not None:
        hearing = program.hearings.of_end(machine.name, journey.state_name, outcome)
        if hearing is None:
            return
    properties = {**_journey_properties(machine, journey), "outcome": outcome}
    state.queue.append(OwnEvent("journey.ended", state.now, properties, journey.journey_id, hearing=hearing))


def emit_message_event(
    program: Program, machine: Machine, state: ContactState, journey: Journey, message: Asked, tags: Iterable[str]
) -> None:
    """Makes the event of a message that left or was dropped."""
    name = "message.dropped" if message.reason else "message.sent"
    if name not in program.observed_events:
        return
    hearing: Hearing | None = None
    if program.hearings is not None:
        hearing = program.hearings.of_message(
            name, machine.name, journey.state_name, message.channel, message.template, message.purpose, message.reason
        )
        if hearing is None:
            return
    properties = {
        **_journey_properties(machine, journey),
        "message_id": message.message_id,
        "channel": message.channel,
        "template": message.template,
        "purpose": message.purpose,
        "tags": sorted(tags),
        "with": dict(message.values),
    }
    if message.reason:
        properties["reason"] = message.reason
    state.queue.append(OwnEvent(name, state.now, properties, journey.journey_id, journey.visit, hearing))


def profile_updated(
    machine: Machine, state: ContactState, journey: Journey, attribute: str, before: Any, after: Any
) -> None:
    properties = {**_journey_properties(machine, journey), "attribute": attribute}
    properties |= {name: value for name, value in (("before", before), ("after", after)) if value is not None}
    state.queue.append(OwnEvent(PROFILE_UPDATED, state.now, properties, journey.journey_id))


def emitted(state: ContactState, name: str, properties: dict[str, Any]) -> None:
    present = {key: value for key, value in properties.items() if value is not None}
    state.queue.append(OwnEvent(name, state.now, present))
