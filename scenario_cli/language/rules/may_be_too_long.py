"""MSG011: a message that is too long with its values."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.language.templates.limits import about_links, measured


def check(subject: Subject) -> Findings:
    for measure in measured(subject):
        if measure.least <= measure.limit < measure.most:
            yield RULE.finding(
                (
                    f"the {measure.part} of this {measure.channel} template can have {measure.most} characters, "
                    f"but {measure.channel} allows {measure.limit}"
                ),
                measure.span,
                hint=(
                    "leave room for long names, cut them ('| truncate(20)'), or limit them in events.yaml "
                    "('maxLength'); a text without limit counts as 20 characters, a number as 7"
                    f"{about_links(measure)}"
                ),
                related=[measure.sent_at],
            )


RULE = Rule(
    code="MSG011",
    name="may-be-too-long",
    severity="warning",
    finds=(
        "a text, title or subject that exceeds the limit of the channel with long values: as long as the "
        "tracking plan allows, else 20 characters for a text and 7 for a number; the parameters that 'links' puts "
        "on links of the text are part of it"
    ),
    because="it fits for Ana but is cut for Maximiliane",
    mend="leave room for long values, cut them, or set their limit in the tracking plan",
    example={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
channels:
  push: {address: contact.push_token, consent: contact.push_optin, title_max: 20}
""",
        "templates/cart/reminder.push.j2": """\
---
title: "Hello {{ contact.first_name | default('there', true) }}"
---
Come back
""",
        "example.yaml": """\
states:
  reminded: {send: {push: cart/reminder}, end: reminded}
""",
    },
    instead={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
channels:
  push: {address: contact.push_token, consent: contact.push_optin, title_max: 20}
""",
        "templates/cart/reminder.push.j2": """\
---
title: "Hi {{ contact.first_name | default('there', true) | truncate(15) }}"
---
Come back
""",
        "example.yaml": """\
states:
  reminded: {send: {push: cart/reminder}, end: reminded}
""",
    },
    check=check,
)
