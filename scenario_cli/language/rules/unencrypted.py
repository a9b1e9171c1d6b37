"""SEND003: messages that go over a network for everybody to read."""

from __future__ import annotations

from urllib.parse import urlsplit

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.delivery import Smtp, Webhook, is_local


def check_project(overview: Overview) -> Findings:
    delivery = overview.project.delivery
    for channel in delivery.channels.values() if delivery is not None else ():
        by = channel.by
        if isinstance(by, Smtp) and by.tls == "none" and not is_local(by.host):
            message, hint = f"e-mail is sent to {by.host} without encryption", "write 'tls: starttls', or 'tls: tls'"
        elif isinstance(by, Webhook) and by.url.startswith("http:") and not is_local(_host(by.url)):
            message, hint = (
                f"messages are sent to {_host(by.url)} without encryption",
                "write https:// before the address",
            )
        else:
            continue
        yield RULE.finding(message, by.span, hint=hint)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


RULE = Rule(
    code="SEND003",
    name="unencrypted",
    severity="error",
    finds="a webhook whose address begins with http://, or a mail server with 'tls: none', on another machine",
    because="names, addresses and passwords can be read on the network",
    mend="write https://, or 'tls: starttls'; in a private network, switch the rule off in project.yaml",
    example={
        "delivery.yaml": """\
channels:
  push: {webhook: {url: "http://push.example.com/send"}}
""",
    },
    instead={
        "delivery.yaml": """\
channels:
  push: {webhook: {url: "https://push.example.com/send"}}
""",
    },
    check_project=check_project,
)
