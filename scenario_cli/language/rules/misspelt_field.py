"""MSG025: a misspelt field of a template."""

from __future__ import annotations

import difflib

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.scenario import requested_by

# The fields that channels and previews know. A template can have any other.
_KNOWN = ("subject", "preheader", "from_name", "reply_to", "title", "link", "cta")
_NEAR = 0.8  # of the letters


def check(subject: Subject) -> Findings:
    for state, message in subject.messages:
        for template in subject.overview.templates_of(message):
            for name, field in template.fields.items():
                meant = _meant(name)
                # Without a subject, an e-mail has a finding of its own.
                if meant is None or meant in template.fields or (meant, template.channel) == ("subject", "email"):
                    continue
                yield RULE.finding(
                    f"field '{name}' means nothing to {template.channel}",
                    field.span,
                    hint=f"did you mean '{meant}'?",
                    related=[(requested_by(state, subject.scenario), message.span)],
                )


def _meant(name: str) -> str | None:
    """The known field that a name resembles; None if the name is itself known, or resembles none."""
    plain = name.lower().replace("-", "_").replace(" ", "_")
    close = difflib.get_close_matches(plain, _KNOWN, n=1, cutoff=_NEAR) if name not in _KNOWN else []
    return next(iter(close), None)


_SENT = "states:\n  reminded: {send: {push: cart/reminder}, end: reminded}\n"

RULE = Rule(
    code="MSG025",
    name="misspelt-field",
    severity="warning",
    finds="a misspelt field of a template, such as 'Title' for 'title'",
    because="the message leaves without the title, the link or the sender that was written for it",
    mend="correct the name of the field",
    example={"templates/cart/reminder.push.j2": "---\nTitle: Your basket\n---\nIt is kept.\n", "example.yaml": _SENT},
    instead={"templates/cart/reminder.push.j2": "---\ntitle: Your basket\n---\nIt is kept.\n", "example.yaml": _SENT},
    check=check,
    of_sound_scenarios=False,
)
