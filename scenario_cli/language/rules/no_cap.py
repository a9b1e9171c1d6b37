"""CRM005: marketing messages that no frequency cap counts."""

from __future__ import annotations

from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.policy import concerns
from scenario_cli.model.scenario import Message


def check_project(overview: Overview) -> Findings:
    caps = overview.project.policy.caps
    for subject in overview.subjects:
        uncounted: dict[str, Message] = {}
        for _, message in subject.messages:
            if is_marketing(message, overview.project) and not any(
                concerns(cap, message, subject.scenario) for cap in caps
            ):
                uncounted.setdefault(message.channel.text, message)
        for channel, message in uncounted.items():
            qualifier = f" of '{subject.scenario.name}' on {channel}" if caps else ""
            yield RULE.finding(
                f"no frequency cap limits the marketing messages{qualifier}", message.channel.span, hint=_HINT
            )
            if not caps:
                return  # one finding is enough: it is the same for all


_HINT = "add a cap for all in policy.yaml: 'policy: {caps: [{max: 2, per: day}]}'"


RULE = Rule(
    code="CRM005",
    name="no-cap",
    severity="info",
    finds="a channel with marketing messages that no cap of the delivery policy limits",
    because=("each scenario alone sends little; together they send too much, and contacts unsubscribe"),
    mend="add a cap for everything in policy.yaml, even a generous one",
    example="""\
states:
  reminder:
    send: {email: cart/reminder}
    end: reminded
""",
    instead={
        "policy.yaml": """\
policy:
  caps: [{max: 2, per: day}]
""",
        "example.yaml": """\
states:
  reminder:
    send: {email: cart/reminder}
    end: reminded
""",
    },
    check_project=check_project,
)
