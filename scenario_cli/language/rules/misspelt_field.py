"""MSG025: a field of a template that is probably another one, misspelt."""

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
        for template in subject.overview.templates.get((message.template.text, message.channel.text), ()):
            for name, field in template.fields.items():
                meant = _meant(name)
                # Without a subject, an e-mail has a finding of its own.
                if meant is None or meant in template.fields or (meant, template.channel) == ("subject", "email"):
                    continue
                yield RULE.finding(
                    f"'{name}' is no field that {template.channel} knows",
                    field.span,
                    hint=f"did you mean '{meant}'?",
                    related=[(requested_by(state, subject.scenario), message.span)],
                )


def _meant(name: str) -> str | None:
    """The known field that a name is near to; None if it is known, or near to none."""
    plain = name.lower().replace("-", "_").replace(" ", "_")
    close = difflib.get_close_matches(plain, _KNOWN, n=1, cutoff=_NEAR) if name not in _KNOWN else []
    return next(iter(close), None)


_SENT = "states:\n  reminded: {send: {push: cart/reminder}, end: reminded}\n"

RULE = Rule(
    code="MSG025",
    name="misspelt-field",
    severity="warning",
    finds="a field of a template that differs little from one that channels know, such as 'Title', if that is missing",
    because="the message leaves without the title, the link or the sender that was written for it",
    mend="write the field as the channel knows it",
    example={"templates/cart/reminder.push.j2": "---\nTitle: Your basket\n---\nIt is kept.\n", "example.yaml": _SENT},
    instead={"templates/cart/reminder.push.j2": "---\ntitle: Your basket\n---\nIt is kept.\n", "example.yaml": _SENT},
    check=check,
    of_sound_scenarios=False,
)
