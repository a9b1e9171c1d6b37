"""EXP020: an expression that is handed on as a text, because the `=` before it is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scenario_cli.language.expressions import ExpressionError, parse_expression
from scenario_cli.language.names.scopes import Scopes
from scenario_cli.language.reader import Node
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.diagnostic import Edit, Fix
from scenario_cli.model.expression import Literal, Value
from scenario_cli.model.scenario import Emitted
from scenario_cli.model.source import Name, Span
from scenario_cli.model.vocabulary import FUNCTIONS

_NOWHERE = Span("", 1, 1, 1, 1)
_ROOTS = ("event", "trigger", "contact", "metric", "segment", "item", "journey")
_BRACES = re.compile(r"\{\{-?\s*(?P<inside>[^{}]+?)\s*-?\}\}")
_PLAIN = re.compile(r"[\w.()\[\]' *+/|,<>=-]+")  # stands without quotes wherever a value stands


def check(subject: Subject) -> Findings:
    for name, value in _written(subject):
        for text, whole in _texts(value):
            meant = meant_as_expression(subject, text)
            if meant is None:
                continue
            yield RULE.finding(
                f"'{name.text}' is the text '{text}' as it stands, not the value of that name",
                value.span,
                hint=f"write ={meant} to have it worked out"
                if whole
                else f"only the whole value of a key is worked out: capture ={meant} under a name of its own",
                fix=_fix(value, text, meant) if whole else None,
            )


def meant_as_expression(subject: Subject, text: str) -> str | None:
    """The expression that a text was probably meant to be; None where it is a text."""
    captured = {name.text for name in Scopes.captured_names(subject.scenario)}
    names = "|".join((*_ROOTS, *map(re.escape, sorted(captured))))
    begins = re.compile(rf"(?:{names})[.\[]\w|(?:{'|'.join(FUNCTIONS)})\(|now(?:\.[a-z]+)?$")
    braces = _BRACES.fullmatch(text.strip())
    meant = braces["inside"] if braces is not None else text
    if braces is None and text not in captured and not begins.match(text):
        return None
    return meant if _is_expression(meant) else None


def _is_expression(text: str) -> bool:
    try:
        parse_expression(Node(_NOWHERE, text))
    except ExpressionError:
        return False
    return True


def _fix(value: Literal, text: str, meant: str) -> Fix | None:
    if not _PLAIN.fullmatch(meant) or "," in meant or "'" in meant:
        return None
    return Fix(f"write ={meant}", (Edit(value.span, f"={meant}", text),))


def _texts(value: Literal) -> Iterator[tuple[str, bool]]:
    """The texts of a value that is written out; `True` with one that is the whole value."""
    waiting = [(value.value, True)]
    while waiting:
        part, whole = waiting.pop()
        if isinstance(part, str):
            yield part, whole
        elif isinstance(part, dict):
            waiting += [(field, False) for field in part.values()]
        elif isinstance(part, list):
            waiting += [(field, False) for field in part]


def _written(subject: Subject) -> Iterator[tuple[Name, Literal]]:
    """The literal values where an expression is allowed: captures, attributes, events, values for templates."""
    scenario = subject.scenario
    values: list[tuple[Name, Value]] = []
    for actor in scenario.acts:
        values += [*actor.set, *actor.update, *_of(actor.emit)]
    values += [value for message in scenario.messages for value in message.values]
    yield from ((name, value) for name, value in values if isinstance(value, Literal))


def _of(emitted: tuple[Emitted, ...]) -> Iterator[tuple[Name, Value]]:
    for event in emitted:
        yield from event.values


RULE = Rule(
    code="EXP020",
    name="equals-forgotten",
    severity="warning",
    finds="a value under 'set', 'update', 'emit' or 'with' that reads like an expression and has no '=' before it",
    because="'trigger.total' is then what the contact reads, or what stands in the profile",
    mend="write '=' before it; where the text is meant as it stands, ignore the finding",
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
