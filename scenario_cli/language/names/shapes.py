"""Shapes of the values that an expression reads: the keys of a mapping, the elements of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Any

from scenario_cli.model.built_in import event_type
from scenario_cli.model.project import Property, TrackingPlan
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

_NOWHERE = Span("", 1, 1, 1, 1)

# Nothing is known: anything can be read from it.
ANYTHING = Property("", None, _NOWHERE)


def of_type(kind: str, name: str = "") -> Property:
    return Property(name, kind, _NOWHERE)


def mapping(name: str, fields: Mapping[str, Property]) -> Property:
    return Property(name, "object", _NOWHERE, fields=fields)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Definitions of a project that expressions can name, without its tracking plan."""

    metrics: Property = field(default_factory=lambda: mapping("the metrics", {}))
    segments: Property = field(default_factory=lambda: mapping("the segments", {}))
    tables: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    scenarios: frozenset[str] = frozenset()
    states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of the scenarios that could be read
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the columns by which each table is looked up


@dataclass(frozen=True, slots=True)
class Scope:
    """The meaning of names at one place of an expression.

    `events` are those that can be available, None if none is; `why_no_event` then gives the reason. `names` are the
    further names: captured values, `item`, `past`, and in templates the values of `with`. If `event_alone`, an
    expression reads only the event and reference tables. `since_entry` are the names of instants that are not before
    the journey's entry. `contact_alone` gives the reason why neither event, trigger nor journey can be read,
    `not_entered` why a journey cannot. `states` are those of the journey's scenario, empty if there is no journey. With
    `no_moves`, the calculation cannot follow a journey from state to state. `defined` are the names of `define`, which
    are replaced in the scenario and mean nothing in a template.
    """

    plan: TrackingPlan
    catalogue: Catalogue = field(default_factory=Catalogue)
    trigger: tuple[str, ...] = ()
    events: tuple[str, ...] | None = None
    why_no_event: str = "there is no event here"
    names: Mapping[str, Property] = field(default_factory=dict)
    event_alone: bool = False
    since_entry: frozenset[str] = frozenset()
    contact_alone: str = ""
    not_entered: str = ""
    states: tuple[str, ...] = ()
    no_moves: bool = False
    defined: frozenset[str] = frozenset()

    def at(self, events: Iterable[str] | None, why: str = "") -> Scope:
        return replace(self, events=None if events is None else tuple(events), why_no_event=why or self.why_no_event)

    def beside(self, names: Mapping[str, Property]) -> Scope:
        return replace(self, names={**self.names, **names})


def shape_of_event(plan: TrackingPlan, names: Iterable[str]) -> Property:
    """The keys that `event` has with one of these events; any key if an event is unknown."""
    fields: dict[str, Property] = {}
    listed = tuple(dict.fromkeys(names))
    types = {name: event_type(plan, name) for name in listed}
    for known_type in types.values():
        if known_type is None:
            return ANYTHING
        for key, property_ in known_type.properties.items():
            fields[key] = (
                property_ if key not in fields or fields[key] == property_ else _either(fields[key], property_)
            )
    event_fields = {
        "properties": mapping("event.properties", dict(fields)),
        "event": of_type("string"),
        "timestamp": of_type("datetime"),
        "event_id": of_type("string"),
    }
    quoted = " or ".join(f"'{name.lstrip('@')}'" for name in listed[:3]) + (
        f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    )
    by_time = listed and all(name.startswith("@") for name in listed)
    return mapping(f"the trigger {quoted}" if by_time else f"event {quoted}", {**fields, **event_fields})


def _either(left: Property, right: Property) -> Property:
    same = left.type == right.type
    return Property(left.name, left.type if same else None, left.span, left.items if same else None,
                    {**left.fields, **right.fields} if same and left.fields and right.fields else None)  # fmt: skip


def shape_of_value(value: Any) -> Property:
    """The shape of a literal value; for a list the shape of its elements if all have the same."""
    if isinstance(value, dict):
        return mapping("the mapping", {key: shape_of_value(element) for key, element in value.items()})
    if isinstance(value, list):
        shapes = [shape_of_value(element) for element in value]
        common = shapes[0] if shapes and all(shape == shapes[0] for shape in shapes) else None
        return Property("", "array", _NOWHERE, items=common)
    return of_type(_TYPES[type(value)]) if type(value) in _TYPES else ANYTHING


_TYPES: Mapping[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}


def shape_of_contact(plan: TrackingPlan) -> Property:
    return mapping("the profile", {"id": of_type("string"), **plan.profile})


JOURNEY = mapping(
    "journey",
    {"entered_at": of_type("datetime"), "key": ANYTHING, "state": of_type("string"), "variant": ANYTHING},
)
