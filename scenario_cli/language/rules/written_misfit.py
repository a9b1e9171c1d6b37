"""DATA016: a value written to the profile or an event that does not fit the tracking plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenario_cli.language.edit.fixes import quoted, unquoted
from scenario_cli.language.names.shapes import Scope
from scenario_cli.language.rules.equals_forgotten import meant_as_expression
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.expression import Literal, Value
from scenario_cli.model.project import Property
from scenario_cli.model.scenario import Emitted
from scenario_cli.model.source import Name

_WORDS = {
    "string": "a text", "number": "a number", "integer": "a whole number", "boolean": "true or false",
    "array": "a list", "object": "a mapping", "date": "a date", "datetime": "a date and time",
}  # fmt: skip
_FITS = {
    "number": {"number", "integer"}, "integer": {"integer", "number"}, "date": {"date", "datetime", "string"},
    "datetime": {"date", "datetime", "string"},
}  # fmt: skip


def check(subject: Subject) -> Findings:
    for declared, name, value, scope in _written_values(subject):
        kind = _type(value) if isinstance(value, Literal) else subject.scopes.shape(value, scope).type
        if kind is None or declared.type is None or kind in _FITS.get(declared.type, {declared.type}):
            continue
        literal = value.value if isinstance(value, Literal) else None
        if isinstance(literal, str) and meant_as_expression(subject, literal) is not None:
            continue  # it lacks the '=', which has its own finding
        yield RULE.finding(
            (
                f"'{name}' is {_WORDS.get(declared.type, declared.type)} in the tracking plan, but this value "
                f"is {_WORDS.get(kind, kind)}"
            ),
            value.span,
            hint="write a value of that type; a text that starts with '=' is calculated",
            fix=unquoted(literal, value.span, declared.type)
            if isinstance(literal, str)
            else quoted(literal, value.span, declared.type),
        )


def _written_values(subject: Subject) -> Iterator[tuple[Property, Name, Value, Scope]]:
    """The values that a scenario writes, each with its declaration in the tracking plan and its scope."""
    scenario, scopes = subject.scenario, subject.scopes
    for state in subject.states:
        yield from _pairs(subject, state.update, state.emit, scopes.on_entering(state.name))
    for transition in (*scenario.on, *(transition_ for state in subject.states for transition_ in state.on)):
        yield from _pairs(subject, transition.update, transition.emit, scopes.on_event(transition.event.text))


def _pairs(
    subject: Subject, update: tuple[tuple[Name, Value], ...], emit: tuple[Emitted, ...], scope: Scope
) -> Iterator[tuple[Property, Name, Value, Scope]]:
    plan = subject.project.plan
    groups: list[tuple[Mapping[str, Property], tuple[tuple[Name, Value], ...]]] = [(plan.profile, update)]
    groups += [
        (plan.events[emitted.event.text].properties, emitted.values)
        for emitted in emit
        if emitted.event.text in plan.events
    ]
    for properties, values in groups:
        yield from ((properties[name.text], name, value, scope) for name, value in values if name.text in properties)


def _type(value: Literal) -> str | None:
    types = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
    return types.get(type(value.value))


RULE = Rule(
    code="DATA016",
    name="written-misfit",
    severity="error",
    finds="a value under 'update' or 'emit' with another type than in the tracking plan",
    because="conditions with this attribute or event are false",
    mend="write a value of the declared type",
    fixes="removes the quotes around a number, true or false; adds quotes to a whole number that must be a text",
    example="""\
states:
  waiting:
    update: {points: many}
    after: {1d: {end: over}}
""",
    instead="""\
states:
  waiting:
    update: {points: 100}
    after: {1d: {end: over}}
""",
    check=check,
)
