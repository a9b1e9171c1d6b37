"""The names that expressions can use: functions, filters, tests. The engine carries them out."""

from __future__ import annotations

from collections.abc import Mapping

from scenario_cli.model.value_class import dataclass

# The most columns that can be the key of a reference table together.
MOST_KEYS = 5


@dataclass(frozen=True, slots=True)
class Function:
    """The signature of a function: its number of values, and the place of the value that is calculated again for each
    element of the list before it, with `item` for the element.

    `named` are the values it takes by name. A `history` function reads the contact's past events.
    """

    least: int
    most: int
    per_item: int | None = None
    usage: str = ""
    keywords: frozenset[str] = frozenset()
    history: bool = False


_PAST = frozenset({"within", "since", "where", "of"})

FUNCTIONS: Mapping[str, Function] = {
    "duration": Function(1, 1, usage="duration('3d')"),
    "days_since": Function(1, 1, usage="days_since(contact.signed_up_at)"),
    "date": Function(1, 1, usage="date(contact.birthday)"),
    "any": Function(2, 2, 1, usage="any(cart.items, item.price > 50)"),
    "all": Function(2, 2, 1, usage="all(cart.items, item.qty == 1)"),
    "filter": Function(2, 2, 1, usage="filter(cart.items, item.qty > 1)"),
    "total": Function(2, 2, 1, usage="total(cart.items, item.qty * item.price)"),
    "distance_km": Function(4, 4, usage="distance_km(lat, lon, lat, lon)"),
    "count": Function(1, 1, usage="count('order_completed', within='30d')", keywords=_PAST, history=True),
    "happened": Function(
        1, 1, usage="happened('order_completed', since=trigger.timestamp)", keywords=_PAST, history=True
    ),
    "last": Function(
        1, 2, usage="last('order_completed', n=1, within='90d')", keywords=frozenset({*_PAST, "n"}), history=True
    ),
    "running": Function(
        1, 1, usage="running('welcome'), or running('welcome', state='offer')", keywords=frozenset({"state"})
    ),
    "lookup": Function(2, 1 + MOST_KEYS, usage="lookup('products', event.sku)"),
}

# Jinja's filters that depend on their values alone.
FILTERS = frozenset(
    "abs batch capitalize count d default dictsort first float format groupby int items join last length list "
    "lower map max min reject rejectattr replace reverse round select selectattr slice sort string sum title "
    "trim truncate unique upper wordcount".split()
)

# Filters for shown texts, which templates can use in addition to the others.
TEXT_FILTERS = frozenset(
    "center e escape filesizeformat forceescape indent safe striptags tojson urlencode wordwrap".split()
)


@dataclass(frozen=True, slots=True)
class ReaderFilter:
    """A filter that writes a value as the reader of a message does, by their locale and clock.

    It takes the values `named`, the first `most` of them also by place.
    """

    most: int
    keywords: tuple[str, ...]
    usage: str


PLURALS = ("zero", "one", "two", "few", "many", "other")
LIST_STYLES = ("and", "or", "unit")

# Filters of templates alone; `list` makes a list in expressions and templates alike, which a text shows as its readers
# write one.
READER_FILTERS: Mapping[str, ReaderFilter] = {
    "date": ReaderFilter(1, ("format",), "date('d MMMM y') or date('long')"),
    "time": ReaderFilter(1, ("format",), "time or time('H:mm')"),
    "datetime": ReaderFilter(1, ("format",), "datetime('long') or datetime('d MMMM, H:mm')"),
    "number": ReaderFilter(1, ("digits",), "number or number(2)"),
    "money": ReaderFilter(1, ("currency", "digits"), "money, money('EUR') or money(digits=0)"),
    "percent": ReaderFilter(1, ("digits",), "percent or percent(1)"),
    "plural": ReaderFilter(0, PLURALS, "plural(one='thing', other='things')"),
    "list": ReaderFilter(1, ("style",), "list or list('or')"),
}

# Filters that keep their meaning on a missing value; every other filter gives None for None.
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

# Events of the executor's own: no log can contain one.
MESSAGE_EVENTS = ("message.sent", "message.dropped")
JOURNEY_EVENTS = ("journey.entered", "journey.ended")
PROFILE_UPDATED = "profile.updated"
BUILT_IN_EVENTS = (*MESSAGE_EVENTS, *JOURNEY_EVENTS, PROFILE_UPDATED)

# Names that a captured value cannot take.
RESERVED = ("event", "trigger", "past", "contact", "metric", "segment", "item", "journey", "now", "const")
