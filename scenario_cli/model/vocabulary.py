"""The names that expressions may use: functions, filters, tests. What they do stands in the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """How a function is called: how many values it takes, and the place of the one that is worked out anew
    for each element of the list before it, with `item` for the element."""

    least: int
    most: int
    per_item: int | None = None
    usage: str = ""


FUNCTIONS: Mapping[str, Function] = {
    "duration": Function(1, 1, usage="duration('3d')"),
    "days_since": Function(1, 1, usage="days_since(contact.signed_up_at)"),
    "date": Function(1, 1, usage="date(contact.birthday)"),
    "any": Function(2, 2, 1, usage="any(cart.items, item.price > 50)"),
    "all": Function(2, 2, 1, usage="all(cart.items, item.qty == 1)"),
    "filter": Function(2, 2, 1, usage="filter(cart.items, item.qty > 1)"),
    "total": Function(2, 2, 1, usage="total(cart.items, item.qty * item.price)"),
    "distance_km": Function(4, 4, usage="distance_km(lat, lon, lat, lon)"),
}

# In the language, but not carried out by this version.
FUNCTIONS_TO_COME = ("count", "happened", "last", "running", "lookup")
NAMES_TO_COME = {"metric": "metrics", "segment": "segments", "past": "history functions"}

# Jinja's filters that depend on nothing but their values.
FILTERS = frozenset(
    "abs batch capitalize count d default dictsort first float format groupby int items join last length list "
    "lower map max min reject rejectattr replace reverse round select selectattr slice sort string sum title "
    "trim truncate unique upper wordcount".split()
)

# Filters for texts that are shown, which templates may use beside the others.
TEXT_FILTERS = frozenset(
    "center e escape filesizeformat forceescape indent safe striptags tojson urlencode wordwrap".split()
)

# Filters that keep their meaning on a missing value; every other gives none for none.
ON_NONE = frozenset({"default", "d", "length", "count"})

TESTS = frozenset(
    "boolean defined divisibleby even false float integer iterable lower mapping none number odd sequence "
    "string true undefined upper in eq ne lt le gt ge equalto".split()
)

# The parts of a date-time, all on the contact's local clock.
DATETIME_PARTS: Mapping[str, str] = {
    "hour": "integer",
    "minute": "integer",
    "weekday": "string",
    "day": "integer",
    "month": "integer",
    "year": "integer",
    "date": "date",
}

# Events of the executor's own: no log may bring one.
BUILT_IN_EVENTS = ("message.sent", "message.dropped", "journey.entered", "journey.ended", "profile.updated")

# Names that a captured value may not take.
RESERVED = ("event", "trigger", "past", "contact", "metric", "segment", "item", "journey", "now")
