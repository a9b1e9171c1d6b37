"""MSG014: a captured value in a template that is missing on some path to the message."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.language.templates.values import holes


def check(subject: Subject) -> Findings:
    reported: set[tuple[object, ...]] = set()
    for text, hole in holes(subject):
        name = hole.path[0]
        if not hole.uncaptured or (*text.sent_at, text.field, name) in reported:
            continue
        reported.add((*text.sent_at, text.field, name))
        if text.state is None:
            missing = f"'{name}' is not captured on every path to the event that sends this text"
        else:
            adverb = (
                "not captured on every" if name in subject.captured.sometimes[text.state.name] else "captured on no"
            )
            missing = f"'{name}' is {adverb} path to state '{text.state.name}', which sends this text"
        yield RULE.finding(
            missing,
            text.span_of(hole.node),
            hint=f"capture it on every path, or put the text that uses it into {{% if {name} %}}...{{% endif %}}",
            related=[text.sent_at],
        )


RULE = Rule(
    code="MSG014",
    name="template-not-captured",
    severity="warning",
    finds="a template with a captured value, sent by a state that can be reached without capturing it",
    because="contacts on that path receive a message with a gap",
    mend="capture the value on every path, or add a fallback in the template",
    example={
        "templates/thanks.push.j2": """\
---
title: Thank you
---
Your order {{ order.order_id }} is on its way.
""",
        "example.yaml": """\
states:
  waiting:
    on:
      order_completed: {set: {order: =event}, to: thanks}
    after: {3d: thanks}
  thanks: {send: {push: thanks}, end: thanked}
""",
    },
    instead={
        "templates/thanks.push.j2": """\
---
title: Thank you
---
Your order {{ order.order_id }} is on its way.
""",
        "example.yaml": """\
states:
  waiting:
    on:
      order_completed: {set: {order: =event}, to: thanks}
    after: {3d: {end: no_order}}
  thanks: {send: {push: thanks}, end: thanked}
""",
    },
    check=check,
)
