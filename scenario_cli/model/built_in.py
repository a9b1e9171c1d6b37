"""Events that no log contains: those the executor makes, and stand-ins for triggers without an event. Makes none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scenario_cli.model.project import EventType, Property, TrackingPlan
from scenario_cli.model.source import Span
from scenario_cli.model.triggers import KINDS, Trigger, entering_event, kind_of

_NOWHERE = Span("", 1, 1, 1, 1)


def _event(name: str, **properties: str | None) -> EventType:
    described = {key: Property(key, kind, _NOWHERE) for key, kind in properties.items()}
    return EventType(name, _NOWHERE, described)


_PURPOSE = Property("purpose", "string", _NOWHERE, enum=("marketing", "transactional"))
_TAGS = Property("tags", "array", _NOWHERE, items=Property("", "string", _NOWHERE))


def _about_message(name: str) -> EventType:
    event = _event(
        name, message_id="string", scenario="string", state="string", key=None, channel="string",
        template="string", variant="string", reason="string", journey_id="string", **{"with": None},
    )  # fmt: skip
    return replace(event, properties={**event.properties, "purpose": _PURPOSE, "tags": _TAGS})


def _about_journey(name: str) -> EventType:
    return _event(
        name, journey_id="string", scenario="string", state="string", key=None, variant="string", outcome="string"
    )


BUILT_IN: Mapping[str, EventType] = {
    "message.sent": _about_message("message.sent"),
    "message.dropped": _about_message("message.dropped"),
    "journey.entered": _about_journey("journey.entered"),
    "journey.ended": _about_journey("journey.ended"),
    "profile.updated": _event(
        "profile.updated", attribute="string", before=None, after=None, scenario="string", state="string", key=None,
        journey_id="string",
    ),
}  # fmt: skip

# The value of `trigger` if a trigger has no event. The names cannot clash with events: a plan's have no '@'.
FOR_TRIGGERS: Mapping[str, EventType] = {
    f"@{kind.word}": _event(kind.word, **kind.stand_in) for kind in KINDS.values() if kind.stand_in is not None
}


def events_of(trigger: Trigger, plan: TrackingPlan) -> tuple[str, ...]:
    """The events that can be at hand when a contact enters by a trigger."""
    name = entering_event(trigger)
    return plan.expand(name) if name is not None else (f"@{kind_of(trigger).word}",)


def event_type(plan: TrackingPlan, name: str) -> EventType | None:
    """An event of the tracking plan, of the executor, or a stand-in for an event."""
    return plan.events.get(name) or BUILT_IN.get(name) or FOR_TRIGGERS.get(name)
