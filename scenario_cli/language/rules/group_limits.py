"""POL018: scenarios of one exclusive group that state different limits for journeys at once."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.scenario import Scenario


def check_project(overview: Overview) -> Findings:
    first: dict[str, Scenario] = {}
    for scenario in overview.project.scenarios.values():
        if not scenario.exclusive:
            continue
        first_scenario = first.setdefault(scenario.exclusive, scenario)
        if scenario.group_limit != first_scenario.group_limit:
            yield RULE.finding(
                (
                    f"the limit of the exclusive group '{scenario.exclusive}' is {scenario.group_limit} here, "
                    f"but {first_scenario.group_limit} in '{first_scenario.name}'"
                ),
                scenario.span,
                hint="write the same 'limit' in all scenarios of the group; the default is 1",
                related=[(f"'{first_scenario.name}' here", first_scenario.span)],
            )


RULE = Rule(
    code="POL018",
    name="group-limits-differ",
    severity="error",
    finds="scenarios of one 'exclusive' group with different limits",
    because="the limit would depend on the scenario that starts",
    mend="write the same 'limit' in all of them",
    example={
        "a.yaml": """\
scenario: sale
exclusive: {group: promotions, limit: 2}
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
    instead={
        "a.yaml": """\
scenario: sale
exclusive: {group: promotions, limit: 2}
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {waiting: {after: {1d: {end: over}}}}
""",
        "b.yaml": """\
scenario: gift
exclusive: {group: promotions, limit: 2}
trigger: {event: product_viewed}
goal: {event: order_completed}
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    check_project=check_project,
)
