"""DATA012: an event of the tracking plan that nothing listens to."""

from __future__ import annotations

from scenario_cli.analysis.use import heard_events
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview


def check_project(overview: Overview) -> Findings:
    project = overview.project
    awaited = heard_events(project, overview.expressions)
    # Anyone who puts an event into a group means the group to be used.
    grouped = {name for members in project.plan.groups.values() for name in members}
    events = project.plan.events.values()
    unused = [event for event in events if event.name not in awaited | grouped and not event.profile]
    if unused and project.scenarios:
        listed = ", ".join(f"'{event.name}'" for event in unused[:_LISTED])
        rest_words = f" and {len(unused) - _LISTED} more" if len(unused) > _LISTED else ""
        yield RULE.finding(
            f"no scenario, metric or condition uses {listed}{rest_words}",
            unused[0].span,
            hint="remove from events.yaml what nothing else uses either",
        )


# A plan that was inferred from an export has dozens.
_LISTED = 6


RULE = Rule(
    code="DATA012",
    name="unused-event",
    severity="info",
    finds=("events in events.yaml, outside groups, that no trigger, transition, goal, metric or history function uses"),
    because="it costs work for nothing, and unused personal data should not be collected",
    mend="remove it, or use it",
    example={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
""",
        "events.yaml": """\
events:
  cart_updated: {}
  order_completed: {}
  page_scrolled: {}
""",
        "example.yaml": """\
goal: {event: order_completed}
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    instead={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
""",
        "events.yaml": """\
events:
  cart_updated: {}
  order_completed: {}
""",
        "example.yaml": """\
goal: {event: order_completed}
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    check_project=check_project,
)
