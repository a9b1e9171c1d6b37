"""POL016: marketing on a channel without a question for consent."""

from __future__ import annotations

from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview

# Channels on which a marketing message needs the contact's agreement beforehand.
_CONSENT_CHANNELS = ("email", "sms")


def check_project(overview: Overview) -> Findings:
    project = overview.project
    for name in _CONSENT_CHANNELS:
        channel = project.channels.get(name)
        if channel is None or channel.consent is not None:
            continue
        for subject in overview.subjects:
            sent = [
                message
                for _, message in subject.messages
                if message.channel.text == name and is_marketing(message, project)
            ]
            if sent:
                yield RULE.finding(
                    (
                        f"channel '{name}' has no 'consent', but '{subject.scenario.name}' sends marketing "
                        "messages on it"
                    ),
                    channel.span,
                    hint=f"name the attribute with the consent: 'consent: contact.{name}_optin'",
                    related=[("a message here", sent[0].span)],
                )
                break


RULE = Rule(
    code="POL016",
    name="no-consent",
    severity="info",
    finds="'email' or 'sms' without 'consent' in a project that sends marketing messages on it",
    because="everybody with an address receives messages, also without consent; in many countries this is illegal",
    mend="use the attribute with the consent; if the address itself means consent, write 'consent: true'",
    example={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
channels:
  email: {address: contact.email}
""",
        "example.yaml": """\
states:
  reminded: {send: {email: cart/reminder}, end: reminded}
""",
    },
    instead={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
channels:
  email: {address: contact.email, consent: contact.email_optin}
""",
        "example.yaml": """\
states:
  reminded: {send: {email: cart/reminder}, end: reminded}
""",
    },
    check_project=check_project,
)
