"""SEND001: marketing mail without the address that a mail program's own unsubscribe button calls."""

from __future__ import annotations

from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.delivery import Smtp
from scenario_cli.model.scenario import requested_by


def check_project(overview: Overview) -> Findings:
    delivery = overview.project.delivery
    if delivery is None:
        return
    for channel in delivery.channels.values():
        if not isinstance(channel.by, Smtp) or channel.unsubscribe:
            continue
        messages = (
            (state, subject.scenario, message)
            for subject in overview.subjects
            if subject.scenario.status == "live"
            for state, message in subject.messages
            if message.channel.text == channel.name and is_marketing(message, overview.project)
        )
        first = next(messages, None)
        if first is not None:
            state, scenario, message = first
            yield RULE.finding(
                f"marketing e-mail is sent on '{channel.name}' without 'unsubscribe'",
                channel.span,
                hint="for example: unsubscribe: https://example.com/unsubscribe/{{ contact.id }}",
                related=[(requested_by(state, scenario), message.span)],
            )


_SENDING = "status: live\nstates: {reminded: {send: {email: note}, end: reminded}}\n"

RULE = Rule(
    code="SEND001",
    name="mail-without-unsubscribe",
    severity="warning",
    finds="a mail server in delivery.yaml without 'unsubscribe' that sends marketing e-mail of live scenarios",
    because=(
        "large mailbox providers require one-click unsubscribe in the header (RFC 8058) and put e-mail "
        "without it into the spam folder"
    ),
    mend="write the address that receives the click, with {{ contact.id }} in it",
    example={
        "delivery.yaml": """\
channels:
  email: {smtp: {host: smtp.example.com}, from: crm@example.com}
""",
        "example.yaml": _SENDING,
    },
    instead={
        "delivery.yaml": """\
channels:
  email:
    smtp: {host: smtp.example.com}
    from: crm@example.com
    unsubscribe: https://example.com/unsubscribe/{{ contact.id }}
""",
        "example.yaml": _SENDING,
    },
    check_project=check_project,
)
