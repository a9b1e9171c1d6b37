"""Filters that sort values or find equal ones use dates as instants, in expressions and templates alike."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from tests.engine.worlds import value
from tests.messages.test_reader_filters import rendered
from tests.rows import rows

NEW_YORK = "America/New_York"
ZONE = ZoneInfo(NEW_YORK)
DATA: dict[str, Any] = {
    "slots": [
        {"id": "night", "at": "2025-03-10T02:00:00+01:00"},  # 9 March, 21:00 in New York
        {"id": "noon", "at": "2025-03-09 12:00"},
        {"id": "dawn", "at": "2025-03-09T11:00:00Z"},  # 07:00 there
        {"id": "day", "at": "2025-03-09"},  # midnight there
    ],
    "twins": [
        {"id": 1, "at": "2025-03-10T02:00:00+01:00"},
        {"id": 2, "at": "2025-03-09 21:00"},
        {"id": 3, "at": "2025-03-09"},
    ],
    "autumn": ["2025-11-02T01:10:00-05:00", "2025-11-02T01:20:00-04:00"],  # the clock goes back between them
    "texts": ["2025-03-10T02:00:00+01:00", "2025-03-09 21:00", "Whenever", "2025-3-9"],
    "by_day": {"2025-03-10T02:00:00+01:00": "night", "2025-03-09 12:00": "noon"},
    "words": ["b", "C", "a", "A"],
    "none": [],
}
CASES = [
    ("$.slots | sort(attribute='at') | map(attribute='id') | join(' ')", "day dawn noon night"),
    ("$.slots | sort(true, attribute='at') | map(attribute='id') | join(' ')", "night noon dawn day"),
    ("$.slots | sort(attribute='at,id') | map(attribute='id') | first", "day"),
    ("$.slots | map(attribute='at') | sort | last", "2025-03-10T02:00:00+01:00"),
    ("($.slots | max(attribute='at')).id", "night"),
    ("($.slots | min(attribute='at')).id", "day"),
    ("$.slots | map(attribute='at') | min", "2025-03-09"),
    ("$.twins | unique(attribute='at') | map(attribute='id') | join", "13"),
    ("$.twins | map(attribute='at') | unique | length", 2),
    ("$.twins | groupby('at') | map('last') | map('length') | join", "12"),
    ("$.twins | sort(attribute='at') | map(attribute='id') | join", "312"),
    ("$.autumn | sort | first", "2025-11-02T01:20:00-04:00"),
    ("$.by_day | dictsort | map('last') | join(' ')", "noon night"),
    # If a text is not a date, all values are sorted as texts; equal dates stay equal.
    ("$.texts | sort | last", "Whenever"),
    ("$.texts | sort | first", "2025-03-09 21:00"),
    ("$.texts | unique | length", 3),
    ("$.words | sort | join", "aAbC"),
    ("$.words | sort(case_sensitive=true) | join", "ACab"),
    ("$.words | unique | join", "bCa"),
    ("$.words | max", "C"),
    ("$.by_day | dictsort(by='value') | map('last') | first", "night"),
    ("$.none | sort | length", 0),
    ("($.none | max) is none", True),
]


@rows(("filtered", "expected"), CASES)
def test_filters_order_dates_as_instants(filtered: str, expected: Any) -> None:
    assert value(filtered.replace("$", "event.x"), {"x": DATA}, {"timezone": NEW_YORK}) == expected
    names = {"trigger": {"x": DATA}, "expected": expected}
    assert rendered(f"{{{{ ({filtered.replace('$', 'trigger.x')}) == expected }}}}", names, zone=ZONE) == "True"
