"""MSG013: a text with a gap if a value is missing."""

from __future__ import annotations

from scenario_cli.analysis.pressure import is_to_contact
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.language.templates.values import holes


def check(subject: Subject) -> Findings:
    for text, hole in holes(subject):
        if hole.uncaptured or not is_to_contact(text.message, subject.project):
            continue
        yield RULE.finding(
            f"'{hole.name}' can be missing, and the text has no fallback: {hole.reason}",
            text.span_of(hole.node),
            hint=(
                f"write {{{{ {hole.name} | default('...', true) }}}}, or put the sentence into "
                f"{{% if {hole.name} %}}...{{% endif %}}"
            ),
            related=[text.sent_at],
        )


RULE = Rule(
    code="MSG013",
    name="no-fallback",
    severity="warning",
    finds=(
        "a value in a message that can be missing (an attribute, or a property that the tracking plan does "
        "not require), without a default or a condition"
    ),
    because="those contacts read 'Hello ,'",
    mend="give it a default, or put the sentence under a condition",
    example={
        "templates/cart/reminder.push.j2": """\
---
title: Your basket
---
Hello {{ contact.first_name }}, it is still here.
""",
        "example.yaml": """\
states:
  reminded: {send: {push: cart/reminder}, end: reminded}
""",
    },
    instead={
        "templates/cart/reminder.push.j2": """\
---
title: Your basket
---
Hello{% if contact.first_name %} {{ contact.first_name }}{% endif %}, it is still here.
""",
        "example.yaml": """\
states:
  reminded: {send: {push: cart/reminder}, end: reminded}
""",
    },
    check=check,
)
