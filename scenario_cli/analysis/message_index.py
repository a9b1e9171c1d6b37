"""Finds the messages of a project's scenarios by their names in another tool. Reads no log."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from scenario_cli.analysis.pressure import is_to_contact
from scenario_cli.model.project import Project
from scenario_cli.model.value_class import dataclass

# The reasons for no message: no name is given, no message has it, messages of several scenarios have it.
UNNAMED, UNKNOWN, SEVERAL = "unnamed", "unknown", "several"


@dataclass(frozen=True, slots=True)
class Sendable:
    """A message that a scenario can send to a contact. `state`, `channel` and `template` are empty if only the
    scenario is known, or a part of it."""

    scenario: str
    state: str
    channel: str
    template: str
    marketing: bool


@dataclass(frozen=True, slots=True)
class Unjoined:
    """The reason why something belongs to no message, with its name."""

    why: str
    name: str = ""


class MessageIndex:
    """The messages of a project by scenario, state, channel and template; `names` are templates, scenarios and channels
    by their names in the tool.
    """

    def __init__(self, project: Project, names: Mapping[str, str]) -> None:
        self.names = names
        self.scenarios = frozenset(project.scenarios)
        self.templates = frozenset(template.name for template in project.templates)
        self.channels = frozenset(project.channels)
        self.messages = tuple(_messages(project))

    def criteria(self, facts: Mapping[str, str]) -> dict[str, str] | Unjoined:
        """The known facts about a message in the project's words; they always name a template or a scenario."""
        known_facts = {key: self.names.get(facts[key], facts[key]) for key in ("state", "channel") if key in facts}
        for key, other_key in (("template", "scenario"), ("scenario", "template")):
            value = facts.get(key)
            if value is None:
                continue
            name = self.names.get(value, value)
            if name in self._names_of(key):
                known_facts[key] = name
            elif name in self._names_of(other_key):
                known_facts.setdefault(other_key, name)
            else:
                return Unjoined(UNKNOWN, value)
        if known_facts.get("channel", "") not in (*self.channels, ""):
            return Unjoined(UNKNOWN, known_facts["channel"])
        return known_facts if "template" in known_facts or "scenario" in known_facts else Unjoined(UNNAMED)

    def message(self, criteria: Mapping[str, str], scenarios: Collection[str]) -> Sendable | Unjoined:
        """The message that fits. If messages of several scenarios fit, it is that of the only scenario among
        `scenarios`, in which the contact has journeys. If several of one scenario fit, it has their common fields.
        """
        fitting = [message for message in self.messages if fits(message, criteria)]
        name = criteria.get("template") or criteria["scenario"]
        if not fitting:
            return Unjoined(UNKNOWN, name)
        if len({message.scenario for message in fitting}) > 1:
            fitting = [message for message in fitting if message.scenario in scenarios]
            if len({message.scenario for message in fitting}) != 1:
                return Unjoined(SEVERAL, name)
        return _common(fitting)

    def _names_of(self, key: str) -> frozenset[str]:
        return self.templates if key == "template" else self.scenarios


def fits(message: Sendable, criteria: Mapping[str, str]) -> bool:
    """Whether a message matches the criteria; an unknown field matches anything."""
    return all(getattr(message, key) in (value, "") for key, value in criteria.items())


def _messages(project: Project) -> Iterator[Sendable]:
    messages: dict[Sendable, None] = {}
    for scenario in project.scenarios.values():
        for state in scenario.states.values():
            for sending in scenario.sendings_in(state):
                for message in sending.messages:
                    if is_to_contact(message, project):
                        messages[Sendable(scenario.name, state.name, message.channel.text, message.template.text,
                                          message.purpose == "marketing")] = None  # fmt: skip
    return iter(messages)


def _common(messages: Sequence[Sendable]) -> Sendable:
    first = messages[0]
    if len(messages) == 1:
        return first
    same = {key: getattr(first, key) for key in ("state", "channel", "template")
            if len({getattr(message, key) for message in messages}) == 1}  # fmt: skip
    return Sendable(first.scenario, same.get("state", ""), same.get("channel", ""), same.get("template", ""),
                    any(message.marketing for message in messages))  # fmt: skip
