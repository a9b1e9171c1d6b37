"""The parameters that a project puts on the links of its marketing messages, to distinguish visits."""

from __future__ import annotations

from scenario_cli.model.source import Name, Span
from scenario_cli.model.value_class import dataclass

# The parameters that web analytics read; they serve to find a misspelt parameter.
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")

# The facts that a parameter can take from the message with the links, written `=scenario`.
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

    `hosts` are those whose links get the parameters, with all their subdomains; all hosts if it is empty. `channels`
    are those whose messages get them; all if it is empty.
    """

    parameters: tuple[LinkParameter, ...]
    hosts: tuple[str, ...] = ()
    channels: tuple[Name, ...] = ()

    def concerns(self, channel: str) -> bool:
        """Whether the links of a channel's messages get the parameters."""
        return not self.channels or any(channel == name.text for name in self.channels)
