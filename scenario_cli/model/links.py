"""What a project puts on the links of its marketing messages: parameters by which visits are distinguished."""

from __future__ import annotations

from scenario_cli.model.source import Name, Span
from scenario_cli.model.value_class import dataclass

# The parameters that web analytics read, by which a misspelt one is told.
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")

# What a parameter may take from the message whose links it is put on, written `=scenario`.
FACTS = ("channel", "scenario", "program", "phase", "state", "template", "variant", "locale", "message_id")


@dataclass(frozen=True, slots=True)
class LinkParameter:
    """One parameter: its value as written, or the `fact` of the message that is its value."""

    name: str
    value: str
    span: Span
    fact: str = ""


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """The key `links` of project.yaml.

    `hosts` are those whose links get the parameters, with everything below them; all hosts where it is empty.
    `channels` are those whose messages do; all where it is empty.
    """

    parameters: tuple[LinkParameter, ...]
    hosts: tuple[str, ...] = ()
    channels: tuple[Name, ...] = ()

    def concerns(self, channel: str) -> bool:
        """Whether the links of a channel's messages get the parameters."""
        return not self.channels or any(channel == name.text for name in self.channels)
