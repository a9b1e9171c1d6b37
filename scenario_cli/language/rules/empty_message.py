"""MSG024: a message to contacts without a text."""

from __future__ import annotations

import re

from scenario_cli.analysis.pressure import is_to_contact
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.scenario import requested_by
from scenario_cli.model.source import whole_file

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def check(subject: Subject) -> Findings:
    for state, message in subject.messages:
        # A message to a system can consist of fields alone.
        if not is_to_contact(message, subject.project):
            continue
        for template in subject.overview.templates_of(message):
            if not _COMMENT.sub("", subject.overview.texts[template.path].text).strip():
                yield RULE.finding(
                    f"{template.channel} template '{template.name}' has no text",
                    whole_file(template.file),
                    hint="write the text into the file; if it has fields, below the second line '---'",
                    related=[(requested_by(state, subject.scenario), message.span)],
                )


_SENT = "states:\n  reminded: {send: {push: cart/reminder}, end: reminded}\n"

RULE = Rule(
    code="MSG024",
    name="empty-message",
    severity="warning",
    finds="a template for contacts that has no text below its fields",
    because="the contact receives an empty message",
    mend="write the text, or do not send the message",
    example={"templates/cart/reminder.push.j2": "---\ntitle: Your basket\n---\n", "example.yaml": _SENT},
    instead={"templates/cart/reminder.push.j2": "---\ntitle: Your basket\n---\nIt is kept.\n", "example.yaml": _SENT},
    check=check,
    of_sound_scenarios=False,
)
