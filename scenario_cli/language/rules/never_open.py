"""POL011: quiet hours that leave a channel no open hour."""

from __future__ import annotations

from collections.abc import Sequence

from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.analysis.time.quiet_hours import quiet_about, quiet_minutes
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.policy import QuietHours

# Windows on two clocks cannot be compared: whether an hour is left between them is unknown.
_CLOCKS = (False, True)


def check_project(overview: Overview) -> Findings:
    policy = overview.project.policy
    closed_channels: set[str] = set()
    for name, channel in overview.project.channels.items():
        channel_hours = [hours for hours in policy.quiet_hours if _whole_channel(hours, name)]
        for by_project in _CLOCKS:
            about = [hours for hours in channel_hours if hours.on_project_clock == by_project]
            if name not in closed_channels and channel.recipient == "contact" and all(quiet_minutes(about)):
                closed_channels.add(name)
                yield _finding(f"a marketing message can be sent on {name}", about)
    reported: set[tuple[str, str]] = set()
    for subject in overview.subjects if policy.quiet_hours else ():
        scenario = subject.scenario
        for _, message in subject.messages:
            name = message.channel.text
            if (
                name in closed_channels
                or (scenario.name, name) in reported
                or not is_marketing(message, overview.project)
            ):
                continue
            for by_project in _CLOCKS:
                if all(overview.quiet(message, scenario, by_project)) and (scenario.name, name) not in reported:
                    reported.add((scenario.name, name))
                    quiet = quiet_about(policy, message, scenario, by_project)
                    yield _finding(f"the {name} of '{scenario.name}' can be sent", quiet)


def _whole_channel(quiet: QuietHours, channel: str) -> bool:
    """Whether quiet hours apply to every message of a channel."""
    few = quiet.programs or quiet.scenarios or quiet.tags or quiet.exempt
    return not few and (not quiet.channels or channel in map(str, quiet.channels))


def _finding(subject: str, about: Sequence[QuietHours]) -> Diagnostic:
    return RULE.finding(
        f"the quiet hours leave no hour in which {subject}",
        about[-1].span,
        hint="shorten them: leave some time between two windows",
        related=[("together with this one", hours.span) for hours in about[:-1]],
    )


RULE = Rule(
    code="POL011",
    name="never-open",
    severity="error",
    finds="quiet hours that cover the whole week of a channel, or of a scenario's messages on one",
    because="no marketing message is ever sent: each is held until it expires",
    mend="leave some hours open, or remove the channel from the scenarios",
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
