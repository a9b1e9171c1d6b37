"""The places that the parameters of `links` in project.yaml take in the text of one message. Renders nothing.

A text of a template can be the beginning of an address that a value continues. Its parameters are then only possible:
the value can have them already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import quote

from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.language.templates.messages import MessageText
from scenario_cli.model.link_parameters import LinkRules, TaggedLink, addresses, is_link_name, slug
from scenario_cli.model.project import HTML_CHANNELS, Project
from scenario_cli.model.scenario import Scenario

_MESSAGE_ID = "0" * 24  # as long as the id of every message
_UNKNOWN_HOST = re.compile(r"https?://[^/?#]*", re.IGNORECASE)  # a host that goes on
_ANY_LINK = "https://x"


class LinkMeter:
    """Measures what the links of one text get. `count` states how many places a text takes."""

    def __init__(self, project: Project, facts: Mapping[str, tuple[str, ...]], count: Callable[[str], int]) -> None:
        """`facts` are the known facts about the message, each with the values that it can have."""
        assert project.links is not None
        self.count = count
        rules = LinkRules(project, project.links)
        shortest = {name: min(values, key=_places) for name, values in facts.items()}
        longest = {name: max(values, key=_places) for name, values in facts.items()}
        self.least = TaggedLink(rules, rules.parameters(shortest))
        self.most = TaggedLink(rules, rules.parameters(longest))
        # For a link whose host is unknown.
        self.most_anywhere = replace(self.most, rules=LinkRules(project, replace(project.links, hosts=())))

    def of_text(self, line: str, text: str, goes_on: bool) -> tuple[int, int]:
        """The least and the most places for a text that comes after `line` on its line.

        If it `goes_on`, the characters after it are unknown.
        """
        whole = line + text
        if goes_on and whole.lower().endswith("://"):
            whole += "x"
        least = most = 0
        for place in addresses(whole):
            if place.start < len(line):
                continue
            is_open = goes_on and place.end == len(whole)
            is_anywhere = is_open and _UNKNOWN_HOST.fullmatch(place.address)
            longest = self.most_anywhere if is_anywhere else self.most
            most += self._added(longest, place.address, place.words)
            least += 0 if is_open else self._added(self.least, place.address, place.words)
        return least, most

    def of_value(self, line: str, name: str) -> int:
        """The most places for a value that is called a link and comes after `line`, if it begins an address there."""
        last_word = line[-1:].strip() and line.split()[-1]
        if not is_link_name(name) or "://" in last_word or self.most.rules.is_opt_out(name.replace("_", "-")):
            return 0
        return self._added(self.most_anywhere, _ANY_LINK, line)

    def _added(self, link: TaggedLink, address: str, words: str) -> int:
        return self.count(link.tagged(address, False, words)) - self.count(address)


def link_meter(project: Project, text: MessageText, count: Callable[[str], int]) -> LinkMeter | None:
    """The meter for the links of a text; None if they get no parameters. Those of HTML are not measured."""
    channel, links = text.message.channel.text, project.links
    if links is None or text.field or channel in HTML_CHANNELS:
        return None
    if not links.concerns(channel) or not is_marketing(text.message, project):
        return None
    return LinkMeter(project, _facts(project, text), count)


def _facts(project: Project, text: MessageText) -> dict[str, tuple[str, ...]]:
    scenario = text.scenario
    return {
        "channel": (text.message.channel.text,),
        "scenario": (scenario.name,),
        "program": (scenario.program.text if scenario.program is not None else "",),
        "phase": (scenario.phase.text if scenario.phase is not None else "",),
        "state": (text.state.name,) if text.state is not None else tuple(scenario.states),
        "template": (text.template.name,),
        "variant": ("", _all_arms(scenario)),
        "locale": (text.template.locale or project.locale,),
        "message_id": (_MESSAGE_ID,),
    }


def _all_arms(scenario: Scenario) -> str:
    """The longest arm of every split, as in a journey that goes through all of them."""
    arms = (
        [f"{state.name}:{target.state or ''}" for target, _ in state.split.arms]
        for state in scenario.states.values()
        if state.split is not None
    )
    return " ".join(max(names, key=_places) for names in arms)


def _places(value: str) -> int:
    return len(quote(slug(value), safe=""))
