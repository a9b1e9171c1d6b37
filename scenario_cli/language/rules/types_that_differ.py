"""DATA010: a comparison of values whose types never fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scenario_cli.language.edit.fixes import unquoted
from scenario_cli.language.names.scopes import ScopedExpression
from scenario_cli.language.rules.support.comparisons import Compared
from scenario_cli.language.rules.support.misfits import NUMBERS, TYPES, fits, misfits, spelt
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview, Subject
from scenario_cli.model.diagnostic import Edit, Fix
from scenario_cli.model.expression import Const, Expr, path_of
from scenario_cli.model.project import Property
from scenario_cli.model.source import Span


def check(subject: Subject) -> Findings:
    return _findings(subject.scoped_expressions)


def check_project(overview: Overview) -> Findings:
    return _findings(overview.scoped_expressions)


def _findings(expressions: Iterable[ScopedExpression]) -> Findings:
    for scoped in expressions:
        literal_spans: set[Span] = set()
        for compared in misfits(scoped.expression.root, scoped.scope):
            literal, other_shape = _literal(compared)
            if literal.span in literal_spans:
                continue  # one wrong text next to two values, as in 3 < '4' < 5
            literal_spans.add(literal.span)
            always = "always" if compared.operator == "!=" else "never"
            yield RULE.finding(
                (
                    f"{_described(compared)} and is compared with "
                    f"{_shape_words(compared.right, compared.right_shape)}: that is {always} true"
                ),
                literal.span,
                hint=_hint(compared, literal, other_shape),
                fix=_fix(compared, literal, other_shape),
            )


def _literal(compared: Compared) -> tuple[Expr, Property]:
    """The side that must be changed, and the type of the other."""
    left, right = (compared.left, compared.right_shape), (compared.right, compared.left_shape)
    for side in (left, right):
        if spelt(side[0], compared.scope) is not None:
            return side
    return right if isinstance(compared.right, Const) or not isinstance(compared.left, Const) else left


def _fix(compared: Compared, node: Expr, other_shape: Property) -> Fix | None:
    if not isinstance(node, Const) or not isinstance(node.value, str):
        return None
    spelt_shape = spelt(node, compared.scope)
    if spelt_shape is None:
        return unquoted(node.value, node.span, other_shape.type)
    if spelt_shape.type is None or not fits(replace(compared, left_shape=spelt_shape, right_shape=other_shape)):
        return None
    return Fix(f"write {node.value} without quotes", (Edit(node.span, node.value, node.value),))


def _described(compared: Compared) -> str:
    node, shape = compared.left, compared.left_shape
    if isinstance(node, Const):
        return f"{_shape_words(node, shape)} is a fixed value"
    path = path_of(node)
    return f"'{'.'.join(path)}' is {TYPES[shape.type or '']}" if path else f"the value is {TYPES[shape.type or '']}"


def _shape_words(node: Expr, shape: Property) -> str:
    if isinstance(node, Const):
        value = str(node.value).lower() if isinstance(node.value, bool) else repr(node.value)
        return {"string": f"the text {value}", "boolean": value}.get(shape.type or "", f"the number {value}")
    path = path_of(node)
    name_words = f"'{'.'.join(path)}', " if path else ""
    return f"{name_words}{TYPES[shape.type or '']}"


def _hint(compared: Compared, literal: Expr, other_shape: Property) -> str | None:
    for side, shape in ((compared.left, compared.left_shape), (compared.right, compared.right_shape)):
        path = path_of(side)
        if shape.name == "figures" and path is not None:
            return f"it has one number for each value of 'by': use {'.'.join(path)}['...']"
    value = literal.value if isinstance(literal, Const) else None
    if spelt(literal, compared.scope) is not None:
        return f"in quotes it is a text: without quotes {value} is the value with that name"
    if isinstance(compared.left, Const) and isinstance(compared.right, Const):
        return "compare a value of the event or the contact"
    if isinstance(value, str) and other_shape.type in NUMBERS:
        return "write a number without quotes"
    if isinstance(value, str) and other_shape.type == "boolean":
        return "write true and false without quotes, or only the name"
    if isinstance(value, int | float) and other_shape.type == "string":
        return "write a text in quotes"
    return "compare values of the same type"


RULE = Rule(
    code="DATA010",
    name="types-that-differ",
    severity="error",
    finds=(
        "a comparison of values with different types in the tracking plan: a number with a text, true or "
        "false with a text, a list with a number"
    ),
    because="the comparison is never true (or always, with '!='), so a branch is dead",
    mend="write the value with the type of the tracking plan",
    fixes="removes the quotes around a number, true, false, or a name whose value fits",
    example="""\
states:
  asks:
    choose:
      trigger.total > '80': {end: large}
      else: {end: small}
""",
    instead="""\
states:
  asks:
    choose:
      trigger.total > 80: {end: large}
      else: {end: small}
""",
    check=check,
    check_project=check_project,
)
