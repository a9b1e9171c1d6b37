"""The candidates for the end of an expression that is being written: names, their parts, filters, tests, functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scenario_cli.editor.open_calls import OpenCall, calls_around
from scenario_cli.language.known_names import about_property, names_of
from scenario_cli.language.names.shapes import (
    ANYTHING,
    JOURNEY,
    Scope,
    mapping,
    of_type,
    shape_of_contact,
    shape_of_event,
    shape_of_value,
)
from scenario_cli.model.project import Project, Property
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.vocabulary import DATETIME_PARTS, FILTERS, FUNCTIONS, READER_FILTERS, TESTS, TEXT_FILTERS


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that can be from `start` to `end`, with its kind and a sentence about it."""

    label: str
    kind: str
    about: str
    start: int
    end: int
    text: str


_CHAIN = re.compile(r"(?:^|[^\w.'\"])((?:[A-Za-z_]\w*\.)*)([A-Za-z_]?\w*)$")
_NAMED = re.compile(r"\b(count|happened|last|lookup|running)\(\s*['\"]([\w./-]*)$")
_OF_FUNCTION = {"lookup": "table", "running": "scenario"}
_OPERATORS = ("and", "or", "in", "not in", "is", "is not", "if", "else")
_WORDS = ("not", "none", "true", "false")
# A value that ends here: a name, a number, a text, a call, a list.
_VALUE = re.compile(r"(?:([A-Za-z_]\w*)|\d|['\"\])}])$")
_BEFORE_VALUE = frozenset({"and", "or", "not", "in", "is", "if", "else", "elif", "set", "for"})
_TAKES_NAMES = frozenset(name for name, function in FUNCTIONS.items() if function.keywords)
_STATEMENTS = ("if", "elif", "else", "endif", "for", "endfor", "set", "block", "endblock", "include", "extends")


def in_expression(
    written: str, scope: Scope, project: Project, offset: int, in_template: bool = False
) -> Iterator[Candidate]:
    """The candidates after the text of an expression that ends at an offset."""
    if (named := _NAMED.search(written)) is not None:
        names = names_of(project)[_OF_FUNCTION.get(named[1], "event")]
        yield from _offered(names, "name", named[2], offset)
        return
    match = _CHAIN.search(written)
    if match is None or _in_quotes(written):
        return
    chain, typed = match[1], match[2]
    before = written[: match.start(1)].rstrip()
    value = _VALUE.search(before)
    roots, calls = _names(written, scope)
    if chain:
        shape = _follow(roots, chain.rstrip(".").split("."))
        fields = shape.fields or (DATETIME_PARTS if shape.type in ("datetime", "date") else {})
        names = {name: about_property(f) if isinstance(f, Property) else f"({f})" for name, f in fields.items()}
        yield from _offered(names, "property", typed, offset)
    elif before.endswith("|"):
        filters = FILTERS | TEXT_FILTERS | READER_FILTERS.keys() if in_template else FILTERS
        yield from _offered(dict.fromkeys(sorted(filters), ""), "filter", typed, offset)
    elif re.search(r"\bis( not)?$", before):
        yield from _offered(dict.fromkeys(sorted(TESTS), ""), "test", typed, offset)
    elif value is not None and value[1] not in _BEFORE_VALUE:
        yield from _offered(dict.fromkeys(_OPERATORS, ""), "operator", typed, offset)
    elif before.endswith(",") and calls and calls[-1].name in _TAKES_NAMES:
        for name in sorted(FUNCTIONS[calls[-1].name].keywords):
            yield Candidate(name, "name", "", offset - len(typed), offset, f"{name}=")
    else:
        yield from _offered({name: about_property(shape) for name, shape in roots.items()}, "name", typed, offset)
        yield from _offered(dict.fromkeys(_WORDS, ""), "operator", typed, offset)
        start = offset - len(typed)
        for name, function in FUNCTIONS.items():
            of_journey = function.history or name == "running"
            if not (of_journey and scope.event_alone) and not (in_template and (of_journey or function.per_item)):
                yield Candidate(name, "function", function.usage, start, offset, f"{name}(")


def in_statement(written: str, scope: Scope, project: Project, offset: int) -> Iterator[Candidate]:
    """The candidates after the text of a statement of a template, from its `{%` on."""
    if first := re.fullmatch(r"-?\s*(\w*)", written):
        yield from _offered(dict.fromkeys(_STATEMENTS, ""), "statement", first[1], offset)
    elif not re.match(
        r"-?\s*(block|end\w+|else|include|extends)\b|-?\s*set\s+\w*$|-?\s*for\s+\w*(\s*,\s*\w*)*$", written
    ):
        yield from in_expression(written, scope, project, offset, in_template=True)


def value_at_end(written: str, scope: Scope) -> Property | None:
    """The value that the last name of an expression's text reads from another; None if it reads none, or is unknown."""
    match = _CHAIN.search(written)
    if match is None or not (match[1] and match[2]) or _in_quotes(written):
        return None
    roots, _ = _names(written, scope)
    value = _follow(roots, f"{match[1]}{match[2]}".split("."))
    return None if value is ANYTHING else value


def _names(written: str, scope: Scope) -> tuple[Mapping[str, Property], list[OpenCall]]:
    """The names at the end of an expression's text, each with its shape, and the calls around that."""
    names, calls = _roots(scope), calls_around(written)
    for call in calls:
        names = {**names, **_within(call, names, scope)}
    return names, calls


def _within(call: OpenCall, roots: Mapping[str, Property], scope: Scope) -> Mapping[str, Property]:
    """The further names within a call: `item` for the elements of a list, `past` for an event."""
    function = FUNCTIONS.get(call.name)
    first = call.values[0].strip()
    if function is not None and len(call.values) - 1 == function.per_item:
        is_chain = re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", first) is not None
        return {"item": (_follow(roots, first.split(".")).items if is_chain else None) or ANYTHING}
    if function is not None and function.history and re.match(r"\s*where\s*=", call.values[-1]):
        return {"past": shape_of_event(scope.plan, scope.plan.expand(first.strip("'\"")))}
    return {}


def _offered(names: Mapping[str, str], kind: str, typed: str, offset: int) -> Iterator[Candidate]:
    for name, about in names.items():
        yield Candidate(name, kind, about, offset - len(typed), offset, name)


def _roots(scope: Scope) -> Mapping[str, Property]:
    """The names that an expression can begin with, each with its shape."""
    catalogue = scope.catalogue
    roots: dict[str, Property] = {}
    if scope.events is not None:
        roots["event"] = shape_of_event(scope.plan, scope.events)
    if not scope.event_alone:
        roots |= {
            "contact": shape_of_contact(scope.plan),
            "metric": catalogue.metrics,
            "segment": catalogue.segments,
            "now": of_type("datetime"),
        }
        if not scope.not_entered and not scope.contact_alone:
            roots["journey"] = JOURNEY
        if scope.trigger:
            roots["trigger"] = shape_of_event(scope.plan, scope.trigger)
    if catalogue.constants:
        roots["const"] = mapping(
            "the constants", {name: shape_of_value(value) for name, value in catalogue.constants.items()}
        )
    return {**roots, **scope.names, **dict.fromkeys(sorted(scope.defined), ANYTHING)}


def _follow(roots: Mapping[str, Property], steps: list[str]) -> Property:
    shape = roots.get(steps[0], ANYTHING)
    for step in steps[1:]:
        shape = (shape.fields or {}).get(step, ANYTHING)
    return shape


def _in_quotes(written: str) -> bool:
    return any(written.count(quote) % 2 for quote in "'\"")
