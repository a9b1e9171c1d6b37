"""DATA015: a sum or average of values that are not numbers."""

from __future__ import annotations

from dataclasses import replace

from scenario_cli.language.names.check import Checker
from scenario_cli.language.names.shapes import Scope
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.expression import Expression
from scenario_cli.model.metrics import AGGREGATES, Aggregate, Bins

# Types that make no useful key: they cannot be a key, or each event has a value of its own.
_NO_KEY = {"object": "a mapping", "datetime": "an instant"}
_NO_NUMBER = {"string": "a text", "boolean": "true or false", "array": "a list", "object": "a mapping",
              "date": "a date", "datetime": "a date and time"}  # fmt: skip


def check_project(overview: Overview) -> Findings:
    for metric in overview.project.metrics.values():
        definition = metric.definition
        if isinstance(definition, Aggregate) and definition.by is not None:
            yield from _key_faults(metric.name, definition.by, _scope(overview, definition))
        if (
            isinstance(definition, Aggregate)
            and AGGREGATES[definition.kind].needs_numbers
            and definition.value is not None
        ):
            scope = _scope(overview, definition)
            value, figure = definition.value, f"{definition.kind} of '{definition.value.source}'"
        elif isinstance(definition, Bins):
            scope, value, figure = overview.base, definition.value, f"bin of '{definition.value.source}'"
        else:
            continue
        kind = Checker().shape(value.root, scope).type
        if kind in _NO_NUMBER:
            yield RULE.finding(
                f"metric '{metric.name}' is the {figure}, which is {_NO_NUMBER[kind]}",
                value.span,
                hint="use a number; for other values use 'count', 'distinct', 'list', 'last' or 'mode'",
            )


def _scope(overview: Overview, aggregate: Aggregate) -> Scope:
    return replace(overview.base.at(overview.project.plan.expand(aggregate.event.text)), event_alone=True)


def _key_faults(name: str, by: Expression, scope: Scope) -> Findings:
    shape = Checker().shape(by.root, scope)
    kind = shape.items.type if shape.type == "array" and shape.items is not None else shape.type
    if kind in _NO_KEY:
        list_words = "a list of what is " if shape.type == "array" else ""
        yield RULE.finding(
            f"metric '{name}' is grouped by '{by.source}', which is {list_words}{_NO_KEY[kind]}",
            by.span,
            hint="use a text, a number or true or false, such as event.category or event.timestamp.date",
        )


RULE = Rule(
    code="DATA015",
    name="metric-of-text",
    severity="error",
    finds=(
        "a metric that sums, averages or bins a value that is not a number in the tracking plan, or is "
        "grouped ('by') by a date-time or a mapping"
    ),
    because="the metric has no value for anybody",
    mend="use a number, or another aggregate",
    example={
        "metrics.yaml": """\
metrics:
  spent: {sum: event.coupon, of: order_completed}
""",
        "example.yaml": """\
audience: metric.spent > 100
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    instead={
        "metrics.yaml": """\
metrics:
  spent: {sum: event.total, of: order_completed}
""",
        "example.yaml": """\
audience: metric.spent > 100
states: {waiting: {after: {1d: {end: over}}}}
""",
    },
    check_project=check_project,
)
