"""The key `messages` of project.yaml: the events of a log about messages that another tool sent."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import field
from typing import Any

from scenario_cli.model.source import Name, Span
from scenario_cli.model.value_class import dataclass

KINDS = ("sent", "opened", "clicked", "unsubscribed")

# The facts about a message that a property can give, and the usual name of the property for each.
SAYS: Mapping[str, str] = {
    "id": "message_id",
    "scenario": "scenario",
    "state": "state",
    "template": "template",
    "channel": "channel",
}


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """An event that describes a message. `says` are the named properties, by the fact they give; only rows whose
    properties have the values of `only` count.
    """

    event: Name
    span: Span
    says: Mapping[str, Name] = field(default_factory=dict)
    only: tuple[tuple[Name, Any], ...] = ()

    def properties(self, declared: Container[str]) -> dict[str, str]:
        """The property for each fact of the event: the named one, else one of the usual name, if the event has it."""
        named = {key: name.text for key, name in self.says.items() if name.text in declared}
        usual = {key: name for key, name in SAYS.items() if key not in self.says and name in declared}
        return {**usual, **named}

    def channel(self, declared: Container[str]) -> str | None:
        """The channel of all of its messages, if `channel` names no property."""
        name = self.says.get("channel")
        return name.text if name is not None and name.text not in declared else None


@dataclass(frozen=True, slots=True)
class MessageEvents:
    """The events by kind. `names` are templates, scenarios and channels by their names in the tool."""

    sent: tuple[MessageEvent, ...] = ()
    opened: tuple[MessageEvent, ...] = ()
    clicked: tuple[MessageEvent, ...] = ()
    unsubscribed: tuple[MessageEvent, ...] = ()
    names: tuple[tuple[Name, Name], ...] = ()

    @property
    def all(self) -> Iterator[tuple[str, MessageEvent]]:
        """Every event with its kind."""
        for kind in KINDS:
            yield from ((kind, event) for event in getattr(self, kind))
