"""MSG019: an e-mail without a subject."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.diagnostic import nearest
from scenario_cli.model.scenario import requested_by
from scenario_cli.model.source import whole_file


def check(subject: Subject) -> Findings:
    for state, message in subject.messages:
        if message.channel.text != "email":
            continue
        for template in subject.overview.templates.get((message.template.text, "email"), ()):
            subject_line = template.fields.get("subject")
            if subject_line is not None and subject_line.text.strip():
                continue
            similar = nearest("subject", template.fields)
            slip = f"did you mean 'subject' instead of '{similar}'? " if similar not in (None, "subject") else ""
            yield RULE.finding(
                f"e-mail '{template.name}' has no subject",
                subject_line.span if subject_line is not None else whole_file(template.file),
                hint=f"{slip}start the file with the lines '---', 'subject: ...', '---'",
                related=[(requested_by(state, subject.scenario), message.span)],
            )


RULE = Rule(
    code="MSG019",
    name="no-subject",
    severity="warning",
    finds="an e-mail whose template has no 'subject' in its front matter, or an empty one",
    because="an e-mail without a subject looks broken, few people open it, and spam filters catch it",
    mend="write the subject into the front matter of the template",
    example={
        "templates/cart/reminder.email.j2": "---\nsubjct: Your basket\n---\n<p>It is still here. Unsubscribe</p>\n",
        "example.yaml": "states:\n  reminded: {send: {email: cart/reminder}, end: reminded}\n",
    },
    instead={
        "templates/cart/reminder.email.j2": "---\nsubject: Your basket\n---\n<p>It is still here. Unsubscribe</p>\n",
        "example.yaml": "states:\n  reminded: {send: {email: cart/reminder}, end: reminded}\n",
    },
    check=check,
    of_sound_scenarios=False,
)
