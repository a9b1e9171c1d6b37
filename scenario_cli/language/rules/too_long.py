"""MSG010: a message that is too long however short its values are."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.language.templates.limits import about_links, measured


def check(subject: Subject) -> Findings:
    for measure in measured(subject):
        if measure.least > measure.limit:
            yield RULE.finding(
                (
                    f"the {measure.part} of this {measure.channel} template has at least {measure.least} "
                    f"characters, but {measure.channel} allows {measure.limit}"
                ),
                measure.span,
                hint=f"shorten it; the limit is '{measure.setting}' in project.yaml{about_links(measure)}",
                related=[measure.sent_at],
            )


RULE = Rule(
    code="MSG010",
    name="too-long",
    severity="warning",
    finds=(
        "a text, title or subject whose fixed part alone exceeds 'max_length' or 'title_max' of the channel; the "
        "parameters that 'links' puts on links of the text are part of it"
    ),
    because="every message is cut, rejected, or charged as two",
    mend="shorten the fixed part",
    example={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
channels:
  push: {address: contact.push_token, consent: contact.push_optin, title_max: 20}
""",
        "templates/cart/reminder.push.j2": """\
---
title: Your basket is still waiting for you
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
title: Your basket waits
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
