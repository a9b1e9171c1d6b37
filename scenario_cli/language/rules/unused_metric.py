"""DATA013: a metric or segment that nothing reads."""

from __future__ import annotations

from scenario_cli.analysis.use import read_metrics
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview


def check_project(overview: Overview) -> Findings:
    project = overview.project
    metrics_read = read_metrics(project, overview.expressions)
    for kind, definitions in (("metric", project.metrics), ("segment", project.segments)):
        for name, definition in definitions.items():
            if (kind, name) not in metrics_read:
                yield RULE.finding(
                    f"{kind} '{name}' is never used",
                    definition.span,
                    hint="remove it from metrics.yaml, or use it",
                )


RULE = Rule(
    code="DATA013",
    name="unused-metric",
    severity="info",
    finds="a metric or segment that no scenario, template, policy or other metric uses",
    because="it is calculated for every contact at every event for nothing",
    mend="remove it, or use it",
    example={
        "metrics.yaml": """\
metrics:
  orders: {count: order_completed}
  revenue: {sum: event.total, of: order_completed}
""",
        "example.yaml": """\
audience: metric.orders > 1
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    instead={
        "metrics.yaml": """\
metrics:
  orders: {count: order_completed}
""",
        "example.yaml": """\
audience: metric.orders > 1
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    check_project=check_project,
)
