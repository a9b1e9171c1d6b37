"""Sample values from the tracking plan: its examples if it has some, else a value that fits the type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenario_cli.model.built_in import event_type
from scenario_cli.model.project import Property, TrackingPlan

SAMPLE_CONTACT = "example"

# The name of a property without a declared example suggests a value.
_BY_NAME = {
    "email": "ana@example.com",
    "first_name": "Ana",
    "last_name": "Martin",
    "phone": "+33600000000",
    "country": "FR",
    "city": "Paris",
    "currency": "EUR",
    "url": "https://www.example.com/",
    "link": "https://www.example.com/",
}
_BY_TYPE: Mapping[str | None, Any] = {
    "number": 49.9,
    "integer": 2,
    "boolean": True,
    "date": "2025-03-14",
    "datetime": "2025-03-14T14:30:00",
    "object": {},
}


def sample_profile(plan: TrackingPlan, timezone: str) -> dict[str, Any]:
    """A contact's attributes, with a time zone that exists and every consent given."""
    profile = {name: sample_value(property_) for name, property_ in plan.profile.items() if name != "locale"}
    return profile | ({"timezone": timezone} if "timezone" in profile else {})


def sample_properties(plan: TrackingPlan, event: str) -> dict[str, Any]:
    """An event's properties: every one that the plan declares."""
    declared = event_type(plan, event) or event_type(plan, f"@{event}")  # or a pseudo-event, such as a tick
    return {name: sample_value(described) for name, described in (declared.properties if declared else {}).items()}


def sample_value(property_: Property) -> Any:
    """A value of a property: the first of its examples, of its allowed values, else one that fits its type."""
    if property_.example is not None:
        return property_.example
    if property_.fields is not None:
        return {name: sample_value(inner) for name, inner in property_.fields.items()}
    if property_.type == "array":
        return [sample_value(property_.items)] if property_.items is not None else []
    if property_.type in _BY_TYPE:
        return _BY_TYPE[property_.type]
    name = property_.name.removesuffix("[]")
    for ending in ("_url", "_link"):
        name = ending[1:] if name.endswith(ending) else name
    return _BY_NAME.get(name, name)
