"""What an expression reads while one contact's input is being worked on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scenario_cli.model.event import Event
from scenario_cli.model.records import Record, Warned

if TYPE_CHECKING:
    from scenario_cli.engine.state import Journey

_NOTHING: Mapping[str, Any] = {}


class Frame:
    """The names of section "Expressions" as they stand now, and the records made so far."""

    __slots__ = (
        "captures", "contact_id", "event", "journey", "now", "profile", "records", "trigger", "zone",
    )  # fmt: skip

    def __init__(self, contact_id: str, profile: Mapping[str, Any], zone: ZoneInfo, now: int) -> None:
        self.contact_id = contact_id
        self.profile = profile
        self.zone = zone
        self.now = now
        self.event: Event | None = None
        self.trigger: Event | None = None
        self.captures: Mapping[str, Any] = _NOTHING
        self.journey: Journey | None = None
        self.records: list[Record] = []

    def look_at(self, journey: Journey | None, event: Event | None) -> None:
        """From here on expressions read this journey and this event; without a journey, an event that may enter."""
        self.event = event
        self.journey = journey
        self.trigger = event if journey is None else journey.trigger
        self.captures = _NOTHING if journey is None else journey.captures

    def warn(self, scenario: str, place: str, detail: str) -> None:
        event = self.event.name if self.event is not None else ""
        self.records.append(Warned(self.now, scenario, place, event, detail))
