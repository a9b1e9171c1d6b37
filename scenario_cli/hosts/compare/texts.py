"""Tells whether a message reads otherwise on the two sides of a change. Renders only where it may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenario_cli.hosts.rows import RowWriter, template_values
from scenario_cli.messages.render import RenderError
from scenario_cli.model.records import Asked


class Texts:
    """Compares the texts of messages, with the renderers of both sides. `changed` are the templates, each with its
    channel, whose text or values changed; what a text says because its message leaves later is no other text."""

    def __init__(self, before: RowWriter, after: RowWriter, changed: frozenset[tuple[str, str]]) -> None:
        self.before, self.after = before, after
        self.changed = changed

    def may_differ(self, message: Asked) -> bool:
        """Whether the template of a message or its values changed."""
        return (message.template, message.channel) in self.changed

    def differ(self, contact_id: str, one: Asked, other: Asked) -> tuple[bool, bool]:
        """Whether the texts differ, and whether the new side's cannot be rendered although the old side's can."""
        if not self.may_differ(other):
            return False, False
        texts = [_text(writer, contact_id, message) for writer, message in ((self.before, one), (self.after, other))]
        return texts[0] != texts[1], texts[1] is None and texts[0] is not None


def _text(writer: RowWriter, contact_id: str, message: Asked) -> tuple[Mapping[str, Any], str] | None:
    values = template_values(contact_id, message, writer.tables)
    try:
        text = writer.renderer.render(message.template, message.channel, message.profile.get("locale"), values)
    except RenderError:
        return None
    return text.fields, text.body
