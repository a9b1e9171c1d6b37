"""POL015: an exclusive group of one."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.diagnostic import nearest


def check_project(overview: Overview) -> Findings:
    members: dict[str, int] = {}
    for scenario in overview.project.scenarios.values():
        members[scenario.exclusive] = members.get(scenario.exclusive, 0) + 1
    groups = {group for group in members if group}
    for scenario in overview.project.scenarios.values():
        group = scenario.exclusive
        if group and members[group] == 1:
            close = nearest(group, groups - {group})
            if not close and (scenario.key is not None or scenario.while_running == "parallel"):
                continue  # it keeps its own journeys from running at the same time
            yield RULE.finding(
                f"scenario '{scenario.name}' is the only one in the exclusive group '{group}'",
                scenario.span,
                hint=f"did you mean '{close}'?" if close else "add the group to other scenarios, or remove it",
            )


RULE = Rule(
    code="POL015",
    name="lonely-group",
    severity="warning",
    finds="an 'exclusive' group with only one scenario and no 'key'",
    because="it excludes nothing: two promotions can run at the same time",
    mend="correct the group's name, or remove it",
    example={
        "a.yaml": """\
scenario: sale
exclusive: promotions
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {waiting: {after: {1d: {end: over}}}}
""",
        "b.yaml": """\
scenario: gift
exclusive: promotion
trigger: {event: product_viewed}
goal: {event: order_completed}
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    instead={
        "a.yaml": """\
scenario: sale
exclusive: promotions
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {waiting: {after: {1d: {end: over}}}}
""",
        "b.yaml": """\
scenario: gift
exclusive: promotions
trigger: {event: product_viewed}
goal: {event: order_completed}
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    check_project=check_project,
)
