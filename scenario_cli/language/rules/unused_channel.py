"""MSG018: a channel by which nothing is sent."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview


def check_project(overview: Overview) -> Findings:
    project = overview.project
    used_channels = {message.channel.text for scenario in project.scenarios.values()
            for message in scenario.messages}  # fmt: skip
    for name, channel in project.channels.items():
        if used_channels and name not in used_channels:
            yield RULE.finding(
                f"no scenario sends on channel '{name}'",
                channel.span,
                hint="remove it from project.yaml, or use it when another channel does not reach the contact",
            )


RULE = Rule(
    code="MSG018",
    name="unused-channel",
    severity="info",
    finds="a channel of project.yaml that no message uses",
    because="consent and addresses are collected for it, but nothing is sent on it",
    mend="remove it, or use it",
    example={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
channels:
  push: {address: contact.push_token, consent: contact.push_optin}
  sms: {address: contact.phone, consent: contact.sms_optin}
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
  push: {address: contact.push_token, consent: contact.push_optin}
""",
        "example.yaml": """\
states:
  reminded: {send: {push: cart/reminder}, end: reminded}
""",
    },
    check_project=check_project,
)
