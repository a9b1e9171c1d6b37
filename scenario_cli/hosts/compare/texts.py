"""Tells whether a message reads otherwise on the two sides of a change. Renders only where it may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenario_cli.analysis.changes.touching import is_of_its_own
from scenario_cli.hosts.rows import RowWriter, template_values
from scenario_cli.messages.find import find_template
from scenario_cli.messages.render import RenderError
from scenario_cli.messages.wording import reads_otherwise
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked


class Texts:
    """Compares the texts of messages, with the renderers of both sides. `changed` are the templates, each with its
    channel, whose text or values changed; what a text says because its message leaves later is no other text."""

    def __init__(
        self, projects: tuple[Project, Project], writers: tuple[RowWriter, RowWriter],
        changed: frozenset[tuple[str, str]],
    ) -> None:  # fmt: skip
        self.projects, self.writers = projects, writers
        self.changed = changed
        self.own_words = bool(changed) and is_of_its_own(*projects)
        self.verdicts: dict[tuple[str, str, object], bool | None] = {}

    def may_differ(self, message: Asked) -> bool:
        """Whether the template of a message or its values changed."""
        return (message.template, message.channel) in self.changed

    def differ(self, contact_id: str, one: Asked, other: Asked) -> tuple[bool, bool]:
        """Whether the texts differ, and whether the new side's cannot be rendered although the old side's can."""
        if not self.may_differ(other):
            return False, False
        if one is other and self.own_words:  # the same values
            verdict = self._by_words(other)
            if verdict is not None:
                return verdict, False
        texts = [_text(writer, contact_id, message) for writer, message in zip(self.writers, (one, other), strict=True)]
        return texts[0] != texts[1], texts[1] is None and texts[0] is not None

    def _by_words(self, message: Asked) -> bool | None:
        """Whether a message's template says so from its words alone, see `messages.wording`."""
        locale = message.profile.get("locale")
        key = message.template, message.channel, locale if isinstance(locale, str) else None
        if key not in self.verdicts:
            old, new = (
                find_template(writer.renderer.variants, *key, writer.renderer.locale) for writer in self.writers
            )
            texts = [project.texts for project in self.projects]
            environment = self.writers[1].renderer.environment
            self.verdicts[key] = (
                reads_otherwise(environment, (old, texts[0]), (new, texts[1]))
                if old is not None and new is not None and old.locale == new.locale
                else None
            )
        return self.verdicts[key]


def _text(writer: RowWriter, contact_id: str, message: Asked) -> tuple[Mapping[str, Any], str] | None:
    values = template_values(contact_id, message, writer.tables)
    try:
        text = writer.renderer.render(message.template, message.channel, message.profile.get("locale"), values)
    except RenderError:
        return None
    return text.fields, text.body
