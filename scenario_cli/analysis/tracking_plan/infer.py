"""A tracking plan from the content of an export: types, required properties, enums, examples. Writes no YAML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field
from typing import Any

from scenario_cli.model.inspection import EventFacts, Inspection, NestedFacts, PropertyFacts, ValueKind
from scenario_cli.model.personal_data import names_a_person
from scenario_cli.model.value_class import dataclass

# A property is required if each of at least so many rows has it.
LEAST_ROWS = 10
# Texts are an enum if there are few different values and each occurs often.
MOST_IN_ENUM = 12
LEAST_EACH = 20
# Values of another look, up to this share, are slips and no second type.
MOST_SLIPS = 0.01
_EXAMPLES = 3
_LONGEST_EXAMPLE = 40
# Values that nearly every row has again (ids, tokens, sessions) show nothing, and can point at a person.
_MOST_DISTINCT = 0.5
_MOST_FIELDS = 40

_PROFILE_NAME = re.compile(
    r"^(identify|identified)$|(profile|contact|customer|user|person|account|traits?).*(updat|chang|identif|set|edit)",
    re.IGNORECASE,
)

# The attributes with a meaning in the language itself, and the addresses of people.
_ATTRIBUTES = {"email", "phone", "mobile", "email_optin", "sms_optin", "push_optin", "push_token", "first_name",
               "last_name", "firstname", "lastname", "timezone", "locale", "birthday"}  # fmt: skip

_CONTEXT = frozenset(("timezone", "locale"))
_SEVERAL = 3  # events: an attribute that most events have identifies none of them

Described = str | dict[str, Any]
ValueFilter = Callable[[str, str], str | None]


@dataclass(frozen=True, slots=True)
class InferredPlan:
    """The content of an events.yaml. `remarks` belong to events (property empty), properties, or attributes of the
    profile (event empty), and name a decision for the reader.
    """

    profile: Mapping[str, Described] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    remarks: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {}
        if self.profile:
            document["profile"] = dict(self.profile)
        document["events"] = {name: dict(event) for name, event in self.events.items()}
        return document


def infer_plan(
    export: Inspection,
    value_filter: ValueFilter,
    profile: Iterable[str] = (),
    broadcast: Collection[str] = (),
    is_allowed: Callable[[str], bool] = lambda name: True,
) -> InferredPlan:
    """A plan for every event of the export.

    `shown` returns a value of a property in the form allowed in a file, None if it is not allowed; `named` states
    whether the name of an event or a property is allowed, and other names are left out with a remark. `profile` are
    events known to change the profile; others are suspected of it by name and properties, and a remark says so.
    `broadcast` are events known to concern no single contact.
    """
    profile_events = set(profile)
    events: dict[str, Mapping[str, Any]] = {}
    attributes: dict[str, Described] = {}
    remarks: dict[tuple[str, str], str] = {}
    unnamed = 0
    carried = _carried(export)
    for event in sorted(export.events, key=lambda facts: (-facts.rows, facts.name)):
        if not is_allowed(event.name):
            unnamed += 1
            continue
        suspected = event.name not in profile_events and _changes_profile(event, carried)
        if suspected or event.name in profile_events:
            if suspected:
                remarks[event.name, ""] = "does it change the profile? Its name or properties look like it"
            events[event.name] = {"profile": True}
            owner, target = "", attributes
        else:
            events[event.name] = {}
            owner, target = event.name, {}
        if left_out := _left_out(event, is_allowed):
            remarks[event.name, ""] = "; ".join(filter(None, (remarks.get((event.name, "")), left_out)))
        properties = [property_facts for property_facts in event.properties if is_allowed(property_facts.name)]
        for property_facts in properties:
            described, remark = _described(property_facts, event.rows, value_filter, is_allowed)
            target.setdefault(property_facts.name, described)
            if remark:
                remarks.setdefault((owner, property_facts.name), remark)
        if owner:
            required = [property_facts.name for property_facts in properties if _is_required(property_facts, event)]
            events[owner] = {
                **({"broadcast": True} if owner in broadcast else {}),
                **({"properties": target} if target else {}),
                **({"required": required} if required else {}),
            }
    table = export.contacts_table
    for property_facts in (
        [property_facts for property_facts in table.properties if is_allowed(property_facts.name)]
        if table is not None
        else ()
    ):
        described, remark = _described(property_facts, table.rows if table else 0, value_filter, is_allowed)
        attributes.setdefault(property_facts.name, described)
        if remark:
            remarks.setdefault(("", property_facts.name), remark)
    if unnamed:
        remarks["", ""] = f"{unnamed:,} events whose names look like data about a person are left out"
    return InferredPlan(attributes, events, remarks)


def _left_out(event: EventFacts, is_allowed: Callable[[str], bool]) -> str:
    unnamed = sum(not is_allowed(property_facts.name) for property_facts in event.properties)
    parts = [f"{unnamed:,} properties whose names look like data about a person are left out"] if unnamed else []
    if event.more:
        parts.append(f"and {event.more:,} more properties that were not analysed")
    return "; ".join(parts)


def _carried(export: Inspection) -> frozenset[str]:
    """The attributes that a tool sends along with every event: zone and locale, and those that most of several events
    have."""
    counts = Counter(property_facts.name.lower() for event in export.events for property_facts in event.properties)
    several = len(export.events) >= _SEVERAL
    most = {name for name, count in counts.items() if several and 2 * count > len(export.events)}
    return _CONTEXT | most


def _changes_profile(event: EventFacts, carried: frozenset[str]) -> bool:
    names = {property_facts.name.lower() for property_facts in event.properties}
    return bool(names) and (bool(_PROFILE_NAME.search(event.name)) or len(names & (_ATTRIBUTES - carried)) >= 2)


def _is_required(property_facts: PropertyFacts, event: EventFacts) -> bool:
    return event.rows >= LEAST_ROWS and property_facts.filled == event.rows


def _described(
    property_facts: PropertyFacts, rows: int, value_filter: ValueFilter, is_allowed: Callable[[str], bool]
) -> tuple[Described, str]:
    """The type as the plan writes it, and a remark if the values do not agree on a type."""
    kind, remark = _kind(property_facts)
    described: dict[str, Any] = {}
    if kind is None:
        # JSON Schema's word for more than one type, which the reader treats as any type.
        described["type"] = sorted({_widened(name) for name in property_facts.kinds})
    else:
        described["type"] = kind
    if kind == "array" or kind == "object":
        described.update(_nested(property_facts.nested, kind, is_allowed))
    elif kind == "string" and _is_enum(property_facts):
        texts = sorted({text for text, _ in property_facts.values})
        # Only some values of an enum would be a wrong enum.
        if all(value_filter(property_facts.name, text) == text for text in texts):
            described["enum"] = texts
    elif kind is not None and kind != "boolean" and not _points_at_a_person(property_facts, kind):
        texts = [
            text for value in property_facts.examples if (text := value_filter(property_facts.name, value)) is not None
        ]
        examples = [_typed(text, kind) for text in texts if len(text) <= _LONGEST_EXAMPLE]
        if examples:
            described["examples"] = examples[:_EXAMPLES]
    return (described["type"] if list(described) == ["type"] and kind is not None else described), remark


def _points_at_a_person(property_facts: PropertyFacts, kind: ValueKind) -> bool:
    unique = kind == "string" and property_facts.distinct > max(_MOST_DISTINCT * property_facts.filled, 1)
    return unique or names_a_person(property_facts.name)


def _kind(property_facts: PropertyFacts) -> tuple[ValueKind | None, str]:
    """The one type of all values, except a few slips that the remark reports; None if there is none."""
    total = sum(property_facts.kinds.values())
    for kind, likes in _WIDER.items():
        good = sum(count for name, count in property_facts.kinds.items() if name in likes)
        if total and good == total:
            return kind, ""
    for kind, likes in _WIDER.items():
        good = sum(count for name, count in property_facts.kinds.items() if name in likes)
        if total and good >= (1 - MOST_SLIPS) * total:
            return kind, f"{total - good:,} of {total:,} values are not of this type"
    return None, "values of several types: which is meant?"


# The narrowest first. Any scalar can be read as a text.
_WIDER: Mapping[ValueKind, frozenset[ValueKind]] = {
    "integer": frozenset({"integer"}),
    "number": frozenset({"integer", "number"}),
    "boolean": frozenset({"boolean"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"date", "datetime"}),
    "array": frozenset({"array"}),
    "object": frozenset({"object"}),
    "string": frozenset({"string", "date", "datetime", "integer", "number", "boolean"}),
}


def _widened(kind: ValueKind) -> str:
    return "string" if kind in ("date", "datetime") else kind


def _is_enum(property_facts: PropertyFacts) -> bool:
    return (
        bool(property_facts.values)
        and 1 < len({text for text, _ in property_facts.values}) <= MOST_IN_ENUM
        and property_facts.filled >= LEAST_EACH * len(property_facts.values)
        and all(text == text.strip() and len(text) <= 40 and text for text, _ in property_facts.values)
    )


def _nested(nested: NestedFacts | None, kind: ValueKind, is_allowed: Callable[[str], bool]) -> dict[str, Any]:
    if nested is None:
        return {}
    fields = {
        name: _common_kind(kinds)
        for name, kinds in list(nested.fields.items())[:_MOST_FIELDS]
        if _common_kind(kinds) is not None and is_allowed(name)
    }
    if kind == "object":
        return {"properties": fields} if fields else {}
    if fields and set(nested.elements) == {"object"}:
        return {"items": {"type": "object", "properties": fields}}
    element_kind = _common_kind(nested.elements)
    return {"items": element_kind} if element_kind else {}


def _common_kind(kinds: Mapping[ValueKind, int]) -> str | None:
    kind_set = set(kinds)
    return next((kind for kind, likes in _WIDER.items() if kind_set and kind_set <= likes), None)


def _typed(text: str, kind: ValueKind) -> Any:
    """A value's text as the type that the plan gives it, as YAML will write it."""
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text) if "." in text else int(text)
        return text
    except ValueError:
        return text
