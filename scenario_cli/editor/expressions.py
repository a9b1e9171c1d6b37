"""The candidates for the end of an expression that is being written: names, their parts, filters, tests, functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

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
from scenario_cli.model.vocabulary import DATETIME_PARTS, FUNCTIONS, TESTS


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


def in_expression(
    written: str, scope: Scope, filters: Collection[str], project: Project, offset: int
) -> Iterator[Candidate]:
    """The candidates after the text of an expression that ends at an offset; `filters` are the filters of the place."""
    if (named := _NAMED.search(written)) is not None:
        names = names_of(project)[_OF_FUNCTION.get(named[1], "event")]
        yield from _offered(names, "name", named[2], offset)
        return
    match = _CHAIN.search(written)
    if match is None or _in_quotes(written):
        return
    chain, typed = match[1], match[2]
    before = written[: match.start(1)].rstrip()
    if chain:
        shape = _follow(_roots(scope), chain.rstrip(".").split("."))
        fields = shape.fields or (DATETIME_PARTS if shape.type in ("datetime", "date") else {})
        names = {name: about_property(f) if isinstance(f, Property) else f"({f})" for name, f in fields.items()}
        yield from _offered(names, "property", typed, offset)
    elif before.endswith("|"):
        yield from _offered(dict.fromkeys(sorted(filters), ""), "filter", typed, offset)
    elif re.search(r"\bis( not)?$", before):
        yield from _offered(dict.fromkeys(sorted(TESTS), ""), "test", typed, offset)
    else:
        roots = {name: about_property(shape) for name, shape in _roots(scope).items()}
        yield from _offered(roots, "name", typed, offset)
        start = offset - len(typed)
        for name, function in FUNCTIONS.items():
            yield Candidate(name, "function", function.usage, start, offset, f"{name}(")


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
        if not scope.not_entered:
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
