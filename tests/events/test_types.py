"""Values get the type that the tracking plan declares; values that do not fit are missing, and are counted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scenario_cli.model.export import Misfit
from tests.events.exports import Read

MISFIT = object()

CASES: list[tuple[str | None, object, object]] = [
    ("string", "007", "007"),
    ("string", 7, "7"),
    ("string", True, "true"),
    ("string", 'a "b"\né\\', 'a "b"\né\\'),
    ("string", "", ""),
    ("string", [1], MISFIT),
    ("number", 12, 12),
    ("number", 12.5, 12.5),
    ("number", "12.50", 12.5),
    ("number", " 12 ", 12),
    ("number", "1e3", 1000),
    ("number", 9007199254740993, 9007199254740993),
    ("number", "12,5", MISFIT),
    ("number", "1_000", MISFIT),
    ("number", "nan", MISFIT),
    ("number", "inf", MISFIT),
    ("number", "0x10", MISFIT),
    ("number", "", MISFIT),
    ("number", True, MISFIT),
    ("number", {"a": 1}, MISFIT),
    ("integer", 3, 3),
    ("integer", 3.0, 3),
    ("integer", "3", 3),
    ("integer", 3.5, MISFIT),
    ("integer", "5.5", MISFIT),
    ("boolean", True, True),
    ("boolean", False, False),
    ("boolean", "TRUE", True),
    ("boolean", "f", False),
    ("boolean", 1, True),
    ("boolean", "0", False),
    ("boolean", "unsubscribed", MISFIT),
    ("boolean", "", MISFIT),
    ("boolean", -1, MISFIT),
    ("boolean", [], MISFIT),
    ("boolean", 2, MISFIT),
    ("array", [1, {"a": None}], [1, {"a": None}]),
    ("array", "[1, 2]", [1, 2]),
    ("array", {"a": 1}, MISFIT),
    ("array", "[1, 2", MISFIT),
    ("object", {"a": [1]}, {"a": [1]}),
    ("object", "x", MISFIT),
    ("date", "2024-02-29", "2024-02-29"),
    ("date", "1992-03-15T00:00:00Z", "1992-03-15"),
    ("date", "1992-03-15T23:30:00-05:00", "1992-03-15"),
    ("date", "15.03.1992", "1992-03-15"),
    ("date", "1992/3/5", "1992-03-05"),
    ("date", "9999-12-31", "9999-12-31"),
    ("date", "1991-02-29", MISFIT),
    ("date", "03/15/1992", "1992-03-15"),
    ("date", "tomorrow", MISFIT),
    ("datetime", "2025-01-20T15:00:00+01:00", "2025-01-20T15:00:00+01:00"),
    ("datetime", "2025-01-20 15:00", "2025-01-20 15:00"),
    ("datetime", "2025-01-20t15:00:00z", "2025-01-20T15:00:00Z"),
    ("datetime", "2025-01-20 15:00:00 UTC", "2025-01-20T15:00:00Z"),
    ("datetime", "2025/03/10", "2025-03-10"),
    ("datetime", "2025-3-1 9:00", "2025-03-01T09:00:00"),
    ("datetime", "20/01/2025 15:00", "2025-01-20T15:00:00"),
    ("datetime", "1709209815", "2024-02-29T12:30:15Z"),
    ("datetime", 1709209815123, "2024-02-29T12:30:15.123Z"),
    ("datetime", 1709209815000000000, "2024-02-29T12:30:15Z"),
    ("datetime", 45730.5, "2025-03-14T12:00:00"),
    ("datetime", 0, MISFIT),
    ("datetime", "soon", MISFIT),
    ("date", ["2024-02-29"], MISFIT),
    (None, 1.0, 1),
    (None, 1.5, 1.5),
    (None, " x ", "x"),
    ("string", "\tx\u00a0 ", "x"),
    (None, "x", "x"),
    (None, {"a": [True, None]}, {"a": [True, None]}),
    (None, False, False),
]


@pytest.mark.parametrize("nested", [False, True])
def test_json_values_take_the_declared_type(read: Read, nested: bool) -> None:
    lines = []
    for number, (_, value, _) in enumerate(CASES):
        properties: dict[str, Any] = {"properties": {"value": value}} if nested else {"value": value}
        lines.append(json.dumps({"contact_id": number, "event": f"e{number}", "timestamp": number + 1, **properties}))
    types_by_event = {f"e{number}": {"value": declared} for number, (declared, _, _) in enumerate(CASES)}
    log = read({"a.jsonl": "\n".join(lines)}, types_by_event)
    by_row = {int(each.contact_id): each.events[0].properties for each in log.stream()}
    expected: dict[int, dict[str, object]] = {}
    for number, (_, _, result) in enumerate(CASES):
        expected[number] = {} if result is MISFIT else {"value": result}
    assert by_row == expected
    assert {n: type(v["value"]) for n, v in by_row.items() if v} == {
        n: type(v["value"]) for n, v in expected.items() if v
    }
    assert sum(each.count for each in log.report.misfits) == sum(result is MISFIT for _, _, result in CASES)


def test_csv_values_take_the_declared_type_and_empty_ones_are_missing(read: Read) -> None:
    cases = [case for case in CASES if isinstance(case[1], str) and case[1] and "\n" not in case[1]]
    lines = ["contact_id,event,timestamp,value,empty"]
    for number, (_, value, _) in enumerate(cases, 1):
        lines.append(f'{number},e{number},{number},"{str(value).replace(chr(34), chr(34) * 2)}",""')
    types_by_event: dict[str, dict[str, str | None]] = {
        f"e{number}": {"value": declared, "empty": "number"} for number, (declared, _, _) in enumerate(cases, 1)
    }
    log = read("\n".join(lines), types_by_event)
    by_row = {int(each.contact_id): each.events[0].properties for each in log.stream()}
    assert by_row == {
        number: {} if result is MISFIT else {"value": result} for number, (_, _, result) in enumerate(cases, 1)
    }


def test_misfits_are_counted_by_property_with_the_first_example(read: Read) -> None:
    rows = "a,e,1,x\na,e,2,5\na,e,3,y\na,f,4,z\n"
    report = read(f"contact_id,event,timestamp,n\n{rows}", {"e": {"n": "integer"}, "f": {"n": "string"}}).report
    assert report.misfits == (Misfit("e", "n", "integer", 2, "x"),)
    assert report.unusable == ()


def test_a_property_may_have_another_type_in_another_event(read: Read) -> None:
    types_by_event: dict[str, dict[str, str | None]] = {
        "e": {"v": "number", "w": "string"},
        "f": {"v": "string"},
        "g": {"v": "boolean", "w": None},
    }
    log = read("contact_id,event,timestamp,v,w\na,e,1,1,x\na,f,2,1,x\na,g,3,1,x\n", types_by_event)
    (contact,) = log.stream()
    assert [each.properties for each in contact.events] == [{"v": 1, "w": "x"}, {"v": "1"}, {"v": True, "w": "x"}]


def test_properties_are_looked_for_in_the_object_first_then_in_the_column(read: Read) -> None:
    rows = 'a,e,1,9,"{""total"": 7}"\na,e,2,9,\na,e,3,9,{broken\n'
    log = read(f"contact_id,event,timestamp,total,properties\n{rows}", {"e": {"total": "number"}})
    (contact,) = log.stream()
    assert [each.properties for each in contact.events] == [{"total": 7}, {"total": 9}, {"total": 9}]
    assert log.report.misfits == (Misfit("e", "properties", "object", 1, "{broken"),)


def test_a_property_nobody_filled_is_named_with_near_columns(read: Read) -> None:
    report = read(
        "contact_id,event,timestamp,totl\na,order_completed,1,5\n", {"order_completed": {"total": "number"}}
    ).report
    (unfilled,) = report.unfilled
    assert (unfilled.event, unfilled.property, unfilled.near) == ("order_completed", "total", ("totl",))


YES = ("yes", "Y", "on", "OUI", "ja", "sí", "SI", "True", "t", "1", "1.0", " yes ", "vrai", "WAHR", "VERDADERO")
NO = ("no", "N", "Off", "non", "NEIN", "FALSE", "f", "0", "0.0", "no\u00a0", "faux", "FALSCH", "FALSO")


def test_the_usual_words_for_yes_and_no_are_booleans_where_the_plan_declares_one(read: Read) -> None:
    types_by_event = {"e": {"value": "boolean", "same": "string"}}
    words = (*YES, *NO)
    rows = "".join(f"{number},e,1,{text},on\n" for number, text in enumerate(words))
    log = read(f"contact_id,event,timestamp,value,same\n{rows}", types_by_event)
    by_word = {words[int(contact.contact_id)]: contact.events[0].properties for contact in log.stream()}
    assert by_word == {text: {"value": text in YES, "same": "on"} for text in words}
    lines = [
        {"contact_id": f"{number}", "event": "e", "timestamp": 1, "value": text} for number, text in enumerate(words)
    ]
    log = read({"log.jsonl": "".join(json.dumps(line) + "\n" for line in lines)}, types_by_event)
    by_word = {words[int(contact.contact_id)]: contact.events[0].properties for contact in log.stream()}
    assert by_word == {text: {"value": text in YES} for text in words}


# Events whose properties share columns of the log, in different orders, and with different types under the same name.
SHARING: dict[str, dict[str, str | None]] = {
    "cart": {"amount": "number", "note": "string", "paid": "boolean", "seen": "datetime"},
    "card": {"amount": "integer", "day": "date", "note": None, "order_id": "string"},
    "trip": {"back": "date", "day": "datetime", "items": "array", "note": "string", "total": "number"},
    "visit": {"page": "string", "total": "number", "where": "object"},
}
SHARED_VALUES: dict[str, object] = {
    "amount": "12", "back": "2025-03-04", "day": "14/03/2025", "items": [1], "note": " n ", "order_id": 17.0,
    "page": 5, "paid": "ja", "seen": "2025-03-04T10:00:00+02:00", "total": "many", "where": "nowhere",
}  # fmt: skip


@pytest.mark.parametrize("shape", ["object", "row", "csv"])
def test_an_event_is_read_alike_alone_and_beside_others(read: Read, shape: str) -> None:
    rows = []
    for number, event in enumerate(SHARING):
        row = {"contact_id": "a", "event": event, "timestamp": number + 1}
        rows.append({**row, "properties": SHARED_VALUES} if shape == "object" else {**row, **SHARED_VALUES})
    if shape == "csv":
        lines = [",".join(rows[0])] + [",".join(str(value).replace(",", "") for value in row.values()) for row in rows]
        export: dict[str, str | bytes] = {"events.csv": "\n".join(lines) + "\n"}
    else:
        export = {"events.jsonl": "".join(json.dumps(row) + "\n" for row in rows)}
    together = read(export, SHARING)
    (contact,) = together.stream()
    misfits: list[Misfit] = []
    for event, among_others in zip(SHARING, contact.events, strict=True):
        single_log = read(export, {event: SHARING[event]})
        assert among_others.properties == next(iter(single_log.stream())).events[0].properties
        misfits += single_log.report.misfits
    assert together.report.misfits == tuple(sorted(misfits, key=lambda misfit: (misfit.event, misfit.property)))
    assert {"note", "order_id"} < set(contact.events[1].properties)
    assert len(misfits) >= 3
