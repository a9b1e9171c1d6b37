"""DATA010: a comparison of values whose types never fit."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.language.edit.fixes import unquoted
from scenario_cli.language.names.scopes import ScopedExpression
from scenario_cli.language.rules.support.comparisons import Compared, comparisons
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview, Subject
from scenario_cli.model.diagnostic import Fix
from scenario_cli.model.expression import Const, Expr, path_of
from scenario_cli.model.project import Property

_NUMBERS = frozenset({"number", "integer"})
_DATES = frozenset({"date", "datetime"})
_WORDS = {
    "string": "a text", "number": "a number", "integer": "a number", "boolean": "true or false", "array": "a list",
    "object": "a mapping", "date": "a date", "datetime": "a date and time",
}  # fmt: skip


def check(subject: Subject) -> Findings:
    return _found(subject.scoped_expressions)


def check_project(overview: Overview) -> Findings:
    return _found(overview.scoped_expressions)


def _found(places: Iterable[ScopedExpression]) -> Findings:
    for place in places:
        for compared in comparisons(place.expression.root, place.scope):
            if not _fits(compared):
                always = "always" if compared.operator == "!=" else "never"
                literal, other = compared.right, compared.left_shape
                if not isinstance(literal, Const):
                    literal, other = compared.left, compared.right_shape
                yield RULE.finding(
                    f"{_described(compared.left, compared.left_shape)} and is compared with "
                    f"{_other(compared.right, compared.right_shape)}: that {always} holds",
                    literal.span,
                    hint=_hint(compared),
                    fix=_fix(literal, other),
                )


def _fix(node: Expr, other: Property) -> Fix | None:
    if not isinstance(node, Const) or not isinstance(node.value, str):
        return None
    return unquoted(node.value, node.span, other.type)


def _fits(compared: Compared) -> bool:
    left, right = compared.left_shape.type, compared.right_shape.type
    if left is None or right is None or left not in _WORDS or right not in _WORDS:
        return True
    kinds = {left, right}
    if compared.operator in ("<", "<=", ">", ">="):
        if "boolean" in kinds or "object" in kinds:
            return False
        return left == right or kinds <= _NUMBERS or kinds <= _DATES | {"string"}
    return left == right or kinds <= _NUMBERS or kinds <= _DATES | {"string"}


def _described(node: Expr, shape: Property) -> str:
    if isinstance(node, Const):
        return f"{_other(node, shape)} is written out"
    path = path_of(node)
    return f"'{'.'.join(path)}' is {_WORDS[shape.type or '']}" if path else f"the value is {_WORDS[shape.type or '']}"


def _other(node: Expr, shape: Property) -> str:
    if isinstance(node, Const):
        value = str(node.value).lower() if isinstance(node.value, bool) else repr(node.value)
        return {"string": f"the text {value}", "boolean": value}.get(shape.type or "", f"the number {value}")
    path = path_of(node)
    named = f"'{'.'.join(path)}', " if path else ""
    return f"{named}{_WORDS[shape.type or '']}"


def _hint(compared: Compared) -> str | None:
    for side, shape in ((compared.left, compared.left_shape), (compared.right, compared.right_shape)):
        path = path_of(side)
        if shape.name == "figures" and path is not None:
            return f"it has a figure for each value of 'by': {'.'.join(path)}['...'] is one of them"
    value = compared.right.value if isinstance(compared.right, Const) else None
    if isinstance(value, str) and compared.left_shape.type in _NUMBERS:
        return "a number is written without quotes"
    if isinstance(value, str) and compared.left_shape.type == "boolean":
        return "true and false are written without quotes; or write the name alone"
    if isinstance(value, int | float) and compared.left_shape.type == "string":
        return "a text is written in quotes"
    return "compare values of one type"


RULE = Rule(
    code="DATA010",
    name="types-that-differ",
    severity="error",
    finds=(
        "values of two types compared, by the tracking plan: a number with a text, true or false with a text, a "
        "list with a number"
    ),
    because="the comparison never holds (or, with '!=', always), so a branch is dead and nobody notices",
    mend="write the value as the type that the tracking plan states",
    fixes="takes the quotes from a number, and from true and false",
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
