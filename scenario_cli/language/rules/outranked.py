"""POL014: a first message that others of higher priority always use the cap up for."""

from __future__ import annotations

from scenario_cli.analysis.pressure import sent_at_entry
from scenario_cli.analysis.triggering import enter_together
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Message, Scenario
from scenario_cli.model.source import Span


def check_project(overview: Overview) -> Findings:
    project = overview.project
    running = [one for one in project.scenarios.values() if one.status in ("draft", "live")]
    ranked = sorted(running, key=lambda one: (-one.priority, one.name))
    for number, scenario in enumerate(ranked):
        before = [other for other in ranked[:number] if enter_together(other, scenario, project.plan)]
        found = _used_up(before, scenario, project) if before else None
        if found is not None:
            message, others, cap = found
            yield RULE.finding(
                f"the {message.channel} of '{scenario.name}' never leaves: {' and '.join(others)}, which "
                f"{'starts' if len(others) == 1 else 'start'} with the same event, "
                f"{'goes' if len(others) == 1 else 'go'} first and {'uses' if len(others) == 1 else 'use'} the cap up",
                message.span,
                hint="let it wait a day, give it the higher priority, or let it be held ('on_cap: delay')",
                related=[("the cap", cap)],
            )


def _used_up(before: list[Scenario], scenario: Scenario, project: Project) -> tuple[Message, list[str], Span] | None:
    """The first message that comes too late, the scenarios that came before it, and the cap."""
    for cap in project.policy.caps:
        for message in sent_at_entry(cap, scenario, project) if cap.condition is None else ():
            # On its own channel alone: whom another channel does not reach uses no cap up there.
            counted = {
                other.name: sum(one.channel.text == message.channel.text for one in sent_at_entry(cap, other, project))
                for other in before
                if not other.holdout
            }
            if sum(counted.values()) >= cap.most:
                return message, [f"'{name}'" for name, count in counted.items() if count], cap.span
    return None


RULE = Rule(
    code="POL014",
    name="outranked",
    severity="warning",
    finds=(
        "a message at the entry of a scenario that others, of higher priority and started by the same event, "
        "always use a cap up for"
    ),
    because="it is live, and this message reaches nobody",
    mend="let it wait, change the priorities, or have it held instead of dropped",
    example={
        "policy.yaml": """\
policy:
  caps: [{max: 1, per: day}]
""",
        "a.yaml": """\
scenario: reminder
priority: 80
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {told: {send: {email: cart/reminder}, end: told}}
""",
        "b.yaml": """\
scenario: gift
priority: 40
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {told: {send: {email: cart/gift}, end: told}}
""",
    },
    instead={
        "policy.yaml": """\
policy:
  caps: [{max: 1, per: day}]
""",
        "a.yaml": """\
scenario: reminder
priority: 80
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {told: {send: {email: cart/reminder}, end: told}}
""",
        "b.yaml": """\
scenario: gift
priority: 40
trigger: {event: cart_updated}
goal: {event: order_completed}
states:
  waiting: {after: {2d: told}}
  told: {send: {email: cart/gift}, end: told}
""",
    },
    check_project=check_project,
)
