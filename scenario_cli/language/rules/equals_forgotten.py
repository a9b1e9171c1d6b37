"""EXP020: an expression that is passed as a text, because the `=` before it is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from scenario_cli.language.expressions import ExpressionError, parse_expression
from scenario_cli.language.names.scopes import Scopes
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Edit, Fix
from scenario_cli.model.expression import Literal, Ref, walk
from scenario_cli.model.sites import sites
from scenario_cli.model.source import Name, Span
from scenario_cli.model.vocabulary import FUNCTIONS, RESERVED

_NOWHERE = Span("", 1, 1, 1, 1)
_ROOTS = ("event", "trigger", "contact", "metric", "segment", "item", "journey", "const")
_BRACES = re.compile(r"\{\{-?\s*(?P<inside>[^{}]+?)\s*-?\}\}")
_PLAIN = re.compile(r"[\w.()\[\]' *+/|,<>=-]+")  # is without quotes at every place of a value


def check(subject: Subject) -> Findings:
    for name, value in _written_values(subject):
        for text, is_whole_value in _texts(value):
            if not is_whole_value and text.startswith("=") and meant_as_expression(subject, text[1:]) is not None:
                yield RULE.finding(
                    f"'{text}' within '{name.text}' stays a text: only a whole value is calculated",
                    value.span,
                    hint=(
                        f"write '=' before the whole list or mapping, as in '=[event.sku]', or capture {text} "
                        "under its own name"
                    ),
                )
                continue
            expression = meant_as_expression(subject, text)
            if expression is None:
                continue
            yield RULE.finding(
                f"'{name.text}' is the text '{text}', not the value with that name",
                value.span,
                hint=f"write ={expression} to use the value"
                if is_whole_value
                else f"only the whole value of a key is calculated: capture ={expression} under its own name",
                fix=_fix(value, text, expression) if is_whole_value else None,
            )


def meant_as_expression(subject: Subject, text: str) -> str | None:
    """The expression that a text was probably meant to be; None if it is a text."""
    own_names = {name.text for name in Scopes.captured_names(subject.scenario)}
    own_names |= {definition.name.text for definition in subject.scenario.define}
    braces = _BRACES.fullmatch(text.strip())
    expression = braces["inside"] if braces is not None else text
    if braces is None and text not in own_names and not _begins(frozenset(own_names)).match(text):
        return None
    return expression if _is_expression(expression, {*RESERVED, *own_names}, braces is not None) else None


@lru_cache(maxsize=64)
def _begins(own_names: frozenset[str]) -> re.Pattern[str]:
    """The beginning of a text that is an expression rather than a sentence: a name with its parts, a call, or
    one of the scenario's own names and an operator."""
    names = "|".join((*_ROOTS, *map(re.escape, sorted(own_names))))
    operated = "|".join(map(re.escape, sorted(own_names))) or "(?!)"
    return re.compile(
        rf"(?:{names})[.\[]\w|(?:{'|'.join(FUNCTIONS)})\(|now(?:\.[a-z]+)?$"
        rf"|(?:{operated})\s*(?:[-+*/%<>~|]|[=!]=|\b(?:and|or|if|in|is|not)\b)"
    )


def _is_expression(text: str, names: set[str], certain: bool) -> bool:
    """Whether a text is an expression; if it is not `certain` to be an expression, it must read names that exist."""
    try:
        root = parse_expression(Node(_NOWHERE, text)).root
    except ExpressionError:
        return False
    return certain or all(node.name in names for node in walk(root) if isinstance(node, Ref))


def _fix(value: Literal, text: str, expression: str) -> Fix | None:
    if _PLAIN.fullmatch(expression) and "," not in expression and "'" not in expression:
        return Fix(f"write ={expression}", (Edit(value.span, f"={expression}", text),))
    if set(expression) & set('"\\\n'):
        return None  # the author must write what needs escaping
    return Fix(f"write ={expression}", (Edit(value.span, f'"={expression}"', text),))


def _texts(value: Literal) -> Iterator[tuple[str, bool]]:
    """The texts of a value that is written out; `True` with one that is the whole value."""
    waiting = [(value.value, True)]
    while waiting:
        part, is_whole_value = waiting.pop()
        if isinstance(part, str):
            yield part, is_whole_value
        elif isinstance(part, dict):
            waiting += [(field, False) for field in part.values()]
        elif isinstance(part, list):
            waiting += [(field, False) for field in part]


def _written_values(subject: Subject) -> Iterator[tuple[Name, Literal]]:
    """The literal values at places that allow an expression: captures, attributes, events, values for templates."""
    for site in sites(subject.scenario):
        if site.kind in _COMPUTED and site.name is not None and isinstance(site.value, Literal):
            yield site.name, site.value


_COMPUTED = frozenset({"set", "update", "emit", "with"})


RULE = Rule(
    code="EXP020",
    name="equals-forgotten",
    severity="warning",
    finds=(
        "a value under 'set', 'update', 'emit' or 'with' that looks like an expression but has no '=' "
        "before it, or has '=' inside a list or mapping"
    ),
    because="the contact reads 'trigger.total', or the profile contains it",
    mend="write '=' before it; if you mean the text, ignore the finding",
    fixes="writes the '='",
    example="""\
states:
  reminder:
    send: {push: {template: cart/reminder, with: {total: trigger.total}}}
    end: reminded
""",
    instead="""\
states:
  reminder:
    send: {push: {template: cart/reminder, with: {total: =trigger.total}}}
    end: reminded
""",
    check=check,
)
