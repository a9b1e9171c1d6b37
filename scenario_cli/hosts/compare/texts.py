"""Finds whether a message reads otherwise on the two sides of a change. Renders only if the texts can differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scenario_cli.analysis.changes.touching import Touching, is_of_its_own
from scenario_cli.hosts.rows import RowWriter, is_tagged, link_facts, template_values
from scenario_cli.messages.find import by_message, find_template
from scenario_cli.messages.render import RenderError
from scenario_cli.messages.wording import reads_otherwise
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked

Projects = tuple[Project, Project]
# For each file, by its path, whether its texts read otherwise; by template and channel.
Reworded = Mapping[tuple[str, str], Mapping[str, bool]]


def reworded(projects: Projects, changed: Iterable[tuple[str, str]]) -> Reworded:
    """Decides from the words of each file of these templates whether all of its texts read otherwise on the new side
    for the same values, or none does: see `messages.wording`.
    """
    if not changed or not is_of_its_own(*projects):
        return {}
    old, new = (by_message(project.templates) for project in projects)
    environment = RowWriter(projects[1]).renderer.environment
    texts = [project.texts for project in projects]
    decisions: dict[tuple[str, str], Mapping[str, bool]] = {}
    for message in changed:
        before, after = old.get(message, {}), new.get(message, {})
        verdicts = {
            template.path: reads_otherwise(environment, (before[locale], texts[0]), (template, texts[1]))
            for locale, template in after.items()
            if locale in before
        }
        decided = {path: verdict for path, verdict in verdicts.items() if verdict is not None}
        if before.keys() == after.keys() and len(decided) == len(after):
            decisions[message] = decided
    return decisions


def are_rendered(projects: Projects, touching: Touching) -> bool:
    """Whether any text must be rendered on both sides to find a difference."""
    return bool(touching.texts) and (
        touching.anybody or not touching.texts <= reworded(projects, touching.texts).keys()
    )


class Texts:
    """Compares the texts of messages, with the renderers of both sides. `changed` are the templates, each with its
    channel, whose text or values changed; a text that changes only because its message leaves later does not count.
    """

    def __init__(
        self, projects: Projects, writers: tuple[RowWriter, RowWriter], changed: frozenset[tuple[str, str]]
    ) -> None:
        self.writers = writers
        self.changed = changed
        self.reworded = reworded(projects, changed)

    def may_differ(self, message: Asked) -> bool:
        """Whether the template of a message or its values changed."""
        return (message.template, message.channel) in self.changed

    def differ(self, contact_id: str, older: Asked, newer: Asked) -> tuple[bool, bool]:
        """Whether the texts differ, and whether the new side's cannot be rendered although the old side's can."""
        if not self.may_differ(newer):
            return False, False
        if older is newer and (newer.template, newer.channel) in self.reworded:  # the values are the same
            return self._by_words(newer), False
        texts = [
            _text(writer, contact_id, message) for writer, message in zip(self.writers, (older, newer), strict=True)
        ]
        return texts[0] != texts[1], texts[1] is None and texts[0] is not None

    def _by_words(self, message: Asked) -> bool:
        renderer = self.writers[1].renderer
        key = message.template, message.channel
        template = find_template(renderer.variants, *key, message.profile.get("locale"), renderer.locale)
        return template is not None and self.reworded[key][template.path]


def _text(writer: RowWriter, contact_id: str, message: Asked) -> tuple[Mapping[str, Any], str] | None:
    values = template_values(contact_id, message, writer.tables)
    try:
        text = writer.renderer.render(
            message.template,
            message.channel,
            message.profile.get("locale"),
            values,
            link_facts(writer.project, message) if is_tagged(message) else None,
        )
    except RenderError:
        return None
    return text.fields, text.body
