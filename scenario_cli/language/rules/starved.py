"""POL013: a scenario that others of its group always forestall."""

from __future__ import annotations

from scenario_cli.analysis.time.flow import earliest_end
from scenario_cli.analysis.triggering import starts_with
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview, Subject
from scenario_cli.model.scenario import Scenario


def check_project(overview: Overview) -> Findings:
    running = [
        overview_subject
        for overview_subject in overview.subjects
        if overview_subject.scenario.status in ("draft", "live") and overview_subject.scenario.exclusive
    ]
    for subject in running:
        scenario = subject.scenario
        for rival in running:
            if _always_first(rival, scenario):
                yield RULE.finding(
                    (
                        f"nobody ever enters '{scenario.name}': everybody enters '{rival.scenario.name}' of the "
                        f"same group '{scenario.exclusive}' first"
                    ),
                    scenario.span,
                    hint="give it a higher priority, or narrow the trigger or audience of the other scenario",
                    related=[
                        (f"'{rival.scenario.name}' (priority {rival.scenario.priority}) here", rival.scenario.span)
                    ],
                )
                break


def _always_first(subject: Subject, scenario: Scenario) -> bool:
    """Whether each trigger of a scenario also lets the contact into the other, or finds the contact already in it."""
    rival = subject.scenario
    if rival is scenario or rival.exclusive != scenario.exclusive:
        return False
    if scenario.group_wait is not None or scenario.group_limit > 1:
        return False  # it has its turn after the other, or at the same time
    if (-rival.priority, rival.name) > (-scenario.priority, scenario.name):
        return False
    stays = rival.reentry == "always" and bool(earliest_end(rival, subject.timed_edges))
    return stays and starts_with(rival, scenario, subject.project.plan)


RULE = Rule(
    code="POL013",
    name="starved",
    severity="warning",
    finds=("a scenario of an 'exclusive' group that another scenario with higher priority always precedes"),
    because="it is live, but nobody enters and its figures are zero",
    mend="change the priorities, or narrow the entry of the other scenario",
    example={
        "a.yaml": """\
scenario: sale
priority: 80
exclusive: promotions
reentry: always
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {waiting: {after: {1d: {end: over}}}}
""",
        "b.yaml": """\
scenario: gift
priority: 40
exclusive: promotions
trigger: {event: cart_updated, where: event.total > 50}
goal: {event: order_completed}
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    instead={
        "a.yaml": """\
scenario: sale
priority: 40
exclusive: promotions
reentry: always
trigger: {event: cart_updated}
goal: {event: order_completed}
states: {waiting: {after: {1d: {end: over}}}}
""",
        "b.yaml": """\
scenario: gift
priority: 80
exclusive: promotions
trigger: {event: cart_updated, where: event.total > 50}
goal: {event: order_completed}
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    check_project=check_project,
)
