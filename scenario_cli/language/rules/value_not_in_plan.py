"""DATA011: a comparison with a value that the tracking plan does not list."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.language.edit.fixes import respelt_text
from scenario_cli.language.names.check import Checker
from scenario_cli.language.names.scopes import ScopedExpression
from scenario_cli.language.rules.support.comparisons import comparisons, literal
from scenario_cli.language.rules.support.misfits import spelt
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview, Subject
from scenario_cli.model.diagnostic import Fix, did_you_mean
from scenario_cli.model.expression import Attr, Const, Item, path_of, walk


def check(subject: Subject) -> Findings:
    return _findings(subject.scoped_expressions)


def check_project(overview: Overview) -> Findings:
    return _findings(overview.scoped_expressions)


def _findings(expressions: Iterable[ScopedExpression]) -> Findings:
    for scoped in expressions:
        yield from _figures(scoped)
        for compared in comparisons(scoped.expression.root, scoped.scope):
            for shape, compared_node in ((compared.left_shape, compared.right), (compared.right_shape, compared.left)):
                value = literal(compared_node)
                if compared.operator not in ("==", "!=") or not shape.enum or value is None:
                    continue
                if value.value not in shape.enum and spelt(value, compared.scope) is None:
                    yield RULE.finding(
                        f"'{value.value}' is not one of the values of '{shape.name}' in the tracking plan",
                        value.span,
                        hint=did_you_mean(str(value.value), map(str, shape.enum), "its values"),
                        fix=_fix(value, shape.enum),
                    )


def _figures(scoped: ScopedExpression) -> Findings:
    """The figures of a metric with `by` for values that never come."""
    for node in walk(scoped.expression.root):
        if not isinstance(node, Attr | Item):
            continue
        path = path_of(node.base)
        if path is None or len(path) != 2 or path[0] != "metric":
            continue
        figures = Checker().shape(node.base, scoped.scope)
        key = node.name if isinstance(node, Attr) else node.index.value if isinstance(node.index, Const) else None
        listed = [str(label) for label in figures.enum]
        if figures.name == "figures" and listed and isinstance(key, str) and key not in listed:
            yield RULE.finding(
                f"'{key}' is not one of the values that group 'metric.{path[1]}' in the tracking plan",
                node.span,
                hint=did_you_mean(key, listed, "its values"),
            )


def _fix(value: Const, listed: Iterable[object]) -> Fix | None:
    if not isinstance(value.value, str):
        return None
    return respelt_text(value.value, value.span, (text for text in listed if isinstance(text, str)))


RULE = Rule(
    code="DATA011",
    name="value-not-in-plan",
    severity="warning",
    finds=(
        "a value that is not in the 'enum' of its property in events.yaml, in a comparison or as the key of a metric"
    ),
    because="the comparison is never true, or the metric has no value: the value is misspelt or no longer used",
    mend="write one of the listed values, or add it to the tracking plan",
    fixes="writes the listed value if the two differ only in case, space, '-' and '_'",
    example={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
""",
        "events.yaml": """\
events:
  cart_updated: {properties: {device: {type: string, enum: [desktop, mobile, app]}}}
  review_written: {}
""",
        "example.yaml": """\
audience: event.device == 'tablet'
states:
  waiting:
    after: {1d: {end: over}}
""",
    },
    instead={
        "project.yaml": """\
project: shop
timezone: Europe/Paris
""",
        "events.yaml": """\
events:
  cart_updated: {properties: {device: {type: string, enum: [desktop, mobile, app]}}}
  review_written: {}
""",
        "example.yaml": """\
audience: event.device == 'mobile'
states:
  waiting:
    after: {1d: {end: over}}
""",
    },
    check=check,
    check_project=check_project,
)
