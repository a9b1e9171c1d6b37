"""Tells whether a message reads otherwise on the two sides of a change. Renders only where it may."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scenario_cli.hosts.rows import RowWriter, template_values
from scenario_cli.messages.render import RenderError
from scenario_cli.model.event import Event
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked

_WORD = re.compile(r"[A-Za-z_]\w*")
# Words of a template by which its text hangs on when it is sent, or on the journey that it belongs to.
_OF_TIME = frozenset({"now", "days_since", "lookup", "journey", "include", "import", "extends", "from"})


class Texts:
    """Compares the texts of messages, with the renderers of both sides."""

    def __init__(self, before: RowWriter, after: RowWriter, project: Project, changed: frozenset[tuple[str, str]]):
        self.before, self.after = before, after
        self.changed = changed
        self.timed: set[tuple[str, str]] = set()
        for template in project.templates:
            texts = [*(text.text for text in template.head), project.texts.get(template.path, "")]
            if any(word in _OF_TIME for text in texts for word in _WORD.findall(text)):
                self.timed.add((template.name, template.channel))

    def may_differ(self, message: Asked) -> bool:
        """Whether the template of a message changed."""
        return (message.template, message.channel) in self.changed

    def differ(self, contact_id: str, one: Asked, other: Asked) -> tuple[bool, bool]:
        """Whether the texts differ, and whether the new side's cannot be rendered although the old side's can."""
        if not self._needs_rendering(one, other):
            return False, False
        texts = [_text(writer, contact_id, message) for writer, message in ((self.before, one), (self.after, other))]
        return texts[0] != texts[1], texts[1] is None and texts[0] is not None

    def _needs_rendering(self, one: Asked, other: Asked) -> bool:
        template = other.template, other.channel
        if one.template != other.template or template in self.changed:
            return True
        if template in self.timed and (one.at, one.entered_at, one.state) != (other.at, other.entered_at, other.state):
            return True
        return (one.profile, one.captures, one.values, one.item, one.snapshot, one.timezone) != (
            other.profile, other.captures, other.values, other.item, other.snapshot, other.timezone,
        ) or not _same_event(one.trigger, other.trigger)  # fmt: skip


def _same_event(one: Event, other: Event) -> bool:
    return one is other or (one.name, one.at, one.properties) == (other.name, other.at, other.properties)


def _text(writer: RowWriter, contact_id: str, message: Asked) -> tuple[Mapping[str, Any], str] | None:
    values = template_values(contact_id, message, writer.tables)
    try:
        text = writer.renderer.render(message.template, message.channel, message.profile.get("locale"), values)
    except RenderError:
        return None
    return text.fields, text.body
