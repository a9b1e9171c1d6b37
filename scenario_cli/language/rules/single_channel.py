"""CRM006: a scenario on one channel although its program has others."""

from __future__ import annotations

from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario


def check_project(overview: Overview) -> Findings:
    channels_by_program: dict[str, set[str]] = {}
    for scenario in overview.project.scenarios.values():
        if scenario.program is not None and scenario.status != "archived":
            channels_by_program.setdefault(scenario.program.text, set()).update(_channels(scenario, overview.project))
    for scenario in overview.project.scenarios.values():
        channels = _channels(scenario, overview.project)
        if scenario.program is None or len(channels) != 1 or scenario.status == "archived":
            continue
        other_channels = channels_by_program[scenario.program.text] - channels
        if other_channels:
            yield RULE.finding(
                (
                    f"scenario '{scenario.name}' uses only {next(iter(channels))}; its program "
                    f"'{scenario.program}' also uses {' and '.join(sorted(other_channels))}"
                ),
                scenario.span,
                hint="add a second channel for contacts that the first cannot reach: 'send: {first_of: [...]}'",
            )


def _channels(scenario: Scenario, project: Project) -> set[str]:
    return {message.channel.text for message in scenario.messages if is_marketing(message, project)}


RULE = Rule(
    code="CRM006",
    name="single-channel",
    severity="info",
    finds="a scenario with one channel, while other scenarios of its program use more",
    because="contacts without address or consent on this channel receive nothing",
    mend="offer a second channel with 'first_of'",
    example={
        "a.yaml": """\
scenario: reminder
program: conversion
trigger: {event: cart_updated}
goal: {event: order_completed}
states:
  reminded: {send: {email: cart/reminder}, end: reminded}
""",
        "b.yaml": """\
scenario: last_call
program: conversion
trigger: {event: cart_updated}
goal: {event: order_completed}
states:
  reminded: {send: {first_of: [{push: cart/last_call}, {sms: cart/last_call}]}, end: reminded}
""",
    },
    instead={
        "a.yaml": """\
scenario: reminder
program: conversion
trigger: {event: cart_updated}
goal: {event: order_completed}
states:
  reminded: {send: {first_of: [{email: cart/reminder}, {push: cart/reminder}]}, end: reminded}
""",
        "b.yaml": """\
scenario: last_call
program: conversion
trigger: {event: cart_updated}
goal: {event: order_completed}
states:
  reminded: {send: {first_of: [{push: cart/last_call}, {sms: cart/last_call}]}, end: reminded}
""",
    },
    check_project=check_project,
)
