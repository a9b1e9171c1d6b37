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
    running = [candidate for candidate in project.scenarios.values() if candidate.status in ("draft", "live")]
    ranked = sorted(running, key=lambda candidate: (-candidate.priority, candidate.name))
    for number, scenario in enumerate(ranked):
        before = [
            earlier_scenario
            for earlier_scenario in ranked[:number]
            if enter_together(earlier_scenario, scenario, project.plan)
        ]
        use = _used_up(before, scenario, project) if before else None
        if use is not None:
            message, users, cap = use
            named = " and ".join(filter(None, (", ".join(users[:-1]), users[-1])))
            yield RULE.finding(
                (
                    f"the {message.channel} of '{scenario.name}' is never sent: {named} "
                    f"{'starts' if len(users) == 1 else 'start'} with the same event, "
                    f"{'goes' if len(users) == 1 else 'go'} first and {'uses' if len(users) == 1 else 'use'} up "
                    "the cap"
                ),
                message.span,
                hint="let it wait a day, give it a higher priority, or hold the message ('on_cap: delay')",
                related=[("the cap", cap)],
            )


def _used_up(before: list[Scenario], scenario: Scenario, project: Project) -> tuple[Message, list[str], Span] | None:
    """The first message that comes too late, the scenarios that came before it, and the cap."""
    for cap in project.policy.caps:
        for message in sent_at_entry(cap, scenario, project) if cap.condition is None else ():
            # On its own channel alone: a contact that another channel cannot reach uses no cap there.
            counts = {
                earlier_scenario.name: sum(
                    sent.channel.text == message.channel.text for sent in sent_at_entry(cap, earlier_scenario, project)
                )
                for earlier_scenario in before
                if not earlier_scenario.holdout
            }
            if sum(counts.values()) >= cap.most:
                return message, [f"'{name}'" for name, count in counts.items() if count], cap.span
    return None


RULE = Rule(
    code="POL014",
    name="outranked",
    severity="warning",
    finds=(
        "a message at entry that is always capped, because scenarios with higher priority and the same "
        "trigger use up the cap"
    ),
    because="the scenario is live, but this message reaches nobody",
    mend="let it wait, change the priorities, or hold it instead of dropping it",
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
states: {reminded: {send: {email: cart/reminder}, end: reminded}}
""",
        "b.yaml": """\
scenario: gift
priority: 40
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {reminded: {send: {email: cart/gift}, end: reminded}}
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
states: {reminded: {send: {email: cart/reminder}, end: reminded}}
""",
        "b.yaml": """\
scenario: gift
priority: 40
trigger: {event: cart_updated}
goal: {event: order_completed}
states:
  waiting: {after: {2d: reminded}}
  reminded: {send: {email: cart/gift}, end: reminded}
""",
    },
    check_project=check_project,
)
