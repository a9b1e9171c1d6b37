"""MSG016: a marketing e-mail without an unsubscribe link."""

from __future__ import annotations

from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.expression import Literal
from scenario_cli.model.scenario import requested_by
from scenario_cli.model.source import whole_file


def check(subject: Subject) -> Findings:
    unsubscribe_names = subject.project.conventions.unsubscribe
    for state, message in subject.messages:
        if message.channel.text != "email" or not is_marketing(message, subject.project):
            continue
        handed = " ".join(str(value.value) for _, value in message.values if isinstance(value, Literal)).lower()
        for template in subject.overview.templates.get((message.template.text, "email"), ()):
            words = subject.overview.words(template)
            if not any(word in words or word in handed for word in unsubscribe_names):
                yield RULE.finding(
                    f"marketing e-mail '{template.name}' has no unsubscribe link",
                    whole_file(template.file),
                    hint=(
                        "add one, best in the layout of all e-mails; the words that count are in 'conventions: "
                        "{unsubscribe: [...]}' in project.yaml"
                    ),
                    related=[(requested_by(state, subject.scenario), message.span)],
                )


RULE = Rule(
    code="MSG016",
    name="no-unsubscribe",
    severity="warning",
    finds=("a marketing e-mail without the word 'unsubscribe', or its translation, in the template and its layout"),
    because=("the law requires an unsubscribe link in every marketing e-mail; without it people press the spam button"),
    mend="put the link into the layout of all e-mails; if your sending tool adds it, switch the rule off",
    example={
        "templates/cart/reminder.email.j2": """\
---
subject: Your basket
---
<p>It is still here.</p>
""",
        "example.yaml": """\
states:
  reminded: {send: {email: cart/reminder}, end: reminded}
""",
    },
    instead={
        "templates/layout.html": """\
{% block content %}{% endblock %}
<a href="https://example.com/unsubscribe">Unsubscribe</a>
""",
        "templates/cart/reminder.email.j2": """\
---
subject: Your basket
---
{% extends 'layout.html' %}
{% block content %}<p>It is still here.</p>{% endblock %}
""",
        "example.yaml": """\
states:
  reminded: {send: {email: cart/reminder}, end: reminded}
""",
    },
    check=check,
    of_sound_scenarios=False,
)
