"""SEND002: a channel that live scenarios send by, and that delivery.yaml leaves out."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.scenario import requested_by


def check_project(overview: Overview) -> Findings:
    project = overview.project
    if project.delivery is None:
        return
    reported: set[str] = set()
    for subject in overview.subjects:
        if subject.scenario.status != "live":
            continue
        for state, message in subject.messages:
            name = message.channel.text
            channel = project.channels.get(name)
            if channel is None or name in project.delivery.channels or name in reported:
                continue
            reported.add(name)
            yield RULE.finding(
                f"delivery.yaml has no channel '{name}', but live scenarios send on it",
                channel.span,
                hint="add it under 'channels' in delivery.yaml; until then its messages stay in the outbox",
                related=[(requested_by(state, subject.scenario), message.span)],
            )


_SENDING = "status: live\nstates: {reminded: {send: {push: note}, end: reminded}}\n"

RULE = Rule(
    code="SEND002",
    name="no-delivery",
    severity="warning",
    finds="a channel of live scenarios that is missing in delivery.yaml",
    because="its messages wait in the outbox, and 'scenario deliver' never sends them",
    mend="add the channel to delivery.yaml; if another tool sends these messages, switch the rule off",
    example={
        "delivery.yaml": """\
channels:
  sms: {file: {path: "out/sms-{date}.csv"}}
""",
        "example.yaml": _SENDING,
    },
    instead={
        "delivery.yaml": """\
channels:
  push: {webhook: {url: "https://push.example.com/send"}}
  sms: {file: {path: "out/sms-{date}.csv"}}
""",
        "example.yaml": _SENDING,
    },
    check_project=check_project,
)
