"""POL011: quiet hours that leave a channel no open hour."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview


def check_project(overview: Overview) -> Findings:
    policy = overview.project.policy
    for name, channel in overview.project.channels.items():
        about = [one for one in policy.quiet_hours if not one.channels or name in map(str, one.channels)]
        if about and channel.recipient == "contact" and all(overview.quiet(name)):
            yield RULE.finding(
                f"the quiet hours leave no hour in which a marketing message may leave by {name}",
                about[-1].span,
                hint="shorten them: between two windows some time must be open",
                related=[("together with this one", one.span) for one in about[:-1]],
            )


RULE = Rule(
    code="POL011",
    name="never-open",
    severity="error",
    finds="quiet hours that cover the whole week of a channel",
    because="no marketing message ever leaves by it: each is held until it expires",
    mend="leave some hours open, or take the channel out of the scenarios",
    example={
        "policy.yaml": """\
policy:
  quiet_hours:
    - {channels: [sms], from: "18:00", to: "10:00"}
    - {channels: [sms], from: "10:00", to: "18:00"}
""",
    },
    instead={
        "policy.yaml": """\
policy:
  quiet_hours:
    - {channels: [sms], from: "18:00", to: "10:00"}
    - {channels: [sms], on: sun}
""",
    },
    check_project=check_project,
)
