"""Messages in short, as their readers first see them: the line of an inbox, the note on a locked phone."""

from __future__ import annotations

from typing import Any

from scenario_cli.model.preview import RenderedMessage
from scenario_cli.model.project import HTML_CHANNELS
from scenario_cli.model.scenario import Scenario
from scenario_cli.reports.html_page import as_written
from scenario_cli.reports.html_text import html_text
from scenario_cli.reports.site.content import MessageKey, messages_of
from scenario_cli.reports.site.links import Links

_MOST_CHARACTERS = 180


def cards_of(scenario: Scenario, links: Links) -> list[dict[str, Any]]:
    """A card for each message and language, in the order of the scenario."""
    return [
        _card(scenario, key, message, links)
        for key in messages_of(scenario)
        for message in renderings_of(scenario, key, links)
    ]


def renderings_of(scenario: Scenario, key: MessageKey, links: Links) -> list[RenderedMessage]:
    """A message as rendered, in each language; one that every state can send as the first state does."""
    state, channel, template = key
    preview = links.content.previews.get(scenario.name)
    messages = [message for message in (preview.messages if preview is not None else ())
                if (message.channel, message.template) == (channel, template)]  # fmt: skip
    own = {(own_state, own_channel, own_template) for own_state, own_channel, own_template in messages_of(scenario)}
    if state:
        return [message for message in messages if message.state == state]
    elsewhere = [message for message in messages if (message.state, channel, template) not in own]
    return [message for message in elsewhere if message.state == elsewhere[0].state]


def _card(scenario: Scenario, key: MessageKey, message: RenderedMessage, links: Links) -> dict[str, Any]:
    title = next((message.fields[name] for name in ("subject", "title") if message.fields.get(name)), "")
    begins = message.fields.get("preheader") or _begins(message)
    return {
        "message": links.message(scenario.name, key, f"{key[0] or 'any state'}: {message.channel}"),
        "locale": message.locale or links.content.project.locale,
        "title": as_written(title),
        "begins": as_written(begins),
        "problem": message.problem,
    }


def _begins(message: RenderedMessage) -> str:
    lines = html_text(message.body) if message.channel in HTML_CHANNELS else message.body.splitlines()
    text = " ".join(" ".join(lines).split())
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1].rstrip() + "…"
