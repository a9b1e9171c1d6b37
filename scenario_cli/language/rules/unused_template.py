"""MSG017: a template that no message names."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.source import whole_file


def check_project(overview: Overview) -> Findings:
    sent = {(message.template.text, message.channel.text) for scenario in overview.project.scenarios.values()
             for message in scenario.messages}  # fmt: skip
    for (name, channel), variants in overview.templates.items():
        if (name, channel) not in sent:
            for template in variants:
                yield RULE.finding(
                    f"no scenario sends {channel} template '{name}'",
                    whole_file(template.file),
                    hint="remove it, or send it; a text that is only included needs no channel in its name",
                )


RULE = Rule(
    code="MSG017",
    name="unused-template",
    severity="info",
    finds="a template that no message uses",
    because="it is maintained for nothing, or a message should use it",
    mend="remove it, or send it",
    example={
        "templates/cart/reminder.push.j2": """\
---
title: Your basket
---
Still here
""",
        "templates/cart/old.push.j2": """\
---
title: Your basket
---
Long ago
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
Still here
""",
        "example.yaml": """\
states:
  reminded: {send: {push: cart/reminder}, end: reminded}
""",
    },
    check_project=check_project,
)
