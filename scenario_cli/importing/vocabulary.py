"""The things that the journeys of an import need in their project: attributes, events, segments, channels, templates,
caps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scenario_cli.importing.conditions import Condition
from scenario_cli.importing.ledger import Remarks
from scenario_cli.importing.naming import identifier, slug, unique

# How each channel reaches a contact; a format can declare others.
CHANNELS: dict[str, dict[str, str]] = {
    "email": {"address": "contact.email", "consent": "contact.email_optin"},
    "sms": {"address": "contact.phone", "consent": "contact.sms_optin"},
    "push": {"address": "contact.push_token", "consent": "contact.push_optin"},
    "whatsapp": {"address": "contact.phone", "consent": "contact.whatsapp_optin"},
    "alert": {"address": "contact.owner_email", "recipient": "staff"},
    "webhook": {"address": "contact.id", "recipient": "system", "consent": "contact.data_sharing_optin"},
}


# The task for a person if the condition of a segment is unknown.
FILL_IN = "write the segment's condition, or feed its attribute"


@dataclass(slots=True)
class Segment:
    """A named condition; `remarks` are written above it."""

    condition: Condition
    remarks: Remarks = field(default_factory=list)


@dataclass(slots=True)
class Text:
    """A template to write: its front matter and its body."""

    head: dict[str, str] = field(default_factory=dict)
    body: str = ""
    remarks: Remarks = field(default_factory=list)


@dataclass(slots=True)
class Vocabulary:
    """Grows while journeys are read. Keeps the names of the tool together with ours, so each thing has one name."""

    attributes: dict[str, str] = field(default_factory=dict)  # type by name
    events: dict[str, dict[str, str]] = field(default_factory=dict)  # types of properties by event
    event_remarks: dict[str, Remarks] = field(default_factory=dict)
    segments: dict[str, Segment] = field(default_factory=dict)
    channels: dict[str, dict[str, str]] = field(default_factory=dict)
    channel_remarks: dict[str, Remarks] = field(default_factory=dict)
    texts: dict[tuple[str, str], Text] = field(default_factory=dict)  # by template and channel
    caps: list[dict[str, Any]] = field(default_factory=list)
    quiet_hours: list[dict[str, Any]] = field(default_factory=list)
    policy_remarks: Remarks = field(default_factory=list)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    settled: set[tuple[str, str]] = field(default_factory=set)  # events with properties, and "" with attributes

    def named(self, kind: str, source: str, otherwise: str, usual_name: str = "") -> str:
        """Our name for a thing of the tool: the same for the same thing, different for different things.

        `source` identifies it in the export; `usual_name` is its name there.
        """
        key = (kind, source)
        if key not in self.names:
            used = {name for (kind_, _), name in self.names.items() if kind_ == kind}
            self.names[key] = unique(slug(usual_name or source, otherwise), used)
        return self.names[key]

    def own(self, source: str) -> str:
        """Our name for an attribute of the tool: its own name if an expression can use it."""
        key = ("attribute", source)
        if key not in self.names:
            used = {name for (kind, _), name in self.names.items() if kind == "attribute"}
            self.names[key] = unique(identifier(source, "attribute"), used)
        return self.names[key]

    def attribute(self, name: str, type_: str = "") -> str:
        """Declares an attribute; returns how expressions read it. The first type that is given stays."""
        self._declare(self.attributes, "", name, type_)
        return f"contact.{name}"

    def event(self, name: str, **properties: str) -> str:
        """Declares an event with properties, each with its type, or an empty text for any type."""
        for key, type_ in properties.items():
            self._declare(self.events.setdefault(name, {}), name, key, type_)
        self.events.setdefault(name, {})
        return name

    def _declare(self, types: dict[str, str], event: str, name: str, type_: str) -> None:
        if type_ and (event, name) not in self.settled:
            self.settled.add((event, name))
            types[name] = type_
        types.setdefault(name, "string")

    def compares(self, event: str, name: str, value: Any) -> bool:
        """Whether an attribute (with an empty `event`) or a property can be compared with a value: it has its type, or
        none yet and gets it. A comparison of a text with a number would be an error.
        """
        type_ = "boolean" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "string"
        if event:
            self.event(event, **{name: type_})
            return self.events[event][name] == type_
        self.attribute(name, type_)
        return self.attributes[name] == type_

    def about(self, event: str) -> Remarks:
        return self.event_remarks.setdefault(event, [])

    def segment(self, name: str, condition: Condition) -> Segment:
        return self.segments.setdefault(name, Segment(condition))

    def stand_in(self, name: str) -> Condition:
        """A segment whose condition is still unknown: an attribute holds its members, missing for all."""
        attribute = f"in_{name}"
        self.attribute(attribute, "boolean")
        profile = {attribute: True}
        self.segment(name, Condition(f"contact.{attribute}", profile, 0))
        return self.member(name)

    def member(self, name: str) -> Condition:
        """The condition that a contact is in a segment."""
        segment = self.segments.get(name)
        return Condition(f"segment.{name}", segment.condition.profile if segment is not None else None, 0)

    def channel(self, name: str, **spec: str) -> str:
        """Declares a channel, as `CHANNELS` has it unless other settings are given."""
        if name not in self.channels:
            self.channels[name] = spec or CHANNELS[name]
            for value in self.channels[name].values():
                if value.startswith("contact.") and value != "contact.id":
                    attribute = value.removeprefix("contact.")
                    self.attribute(attribute, "boolean" if attribute.endswith("_optin") else "string")
        return name

    def channel_notes(self, name: str) -> Remarks:
        return self.channel_remarks.setdefault(name, [])

    def cap(self, **cap: Any) -> None:
        if cap not in self.caps:
            self.caps.append(cap)
