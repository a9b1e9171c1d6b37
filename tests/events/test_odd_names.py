"""Names of events, columns and keys are data: any text. JSON with endless nesting costs only its own row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scenario_cli.events.inspect import inspect
from scenario_cli.model.export import ExportOptions
from tests.events.exports import Read, write, write_parquet

NAMES = [
    "", " ", 'a"b', "it's", "a.b", "a[0]", "a\nb", "*", "$", "$.x", "a\\b", "~", "a/b", "x" * 10_000, "#", "é", "0",
    "{}", "%s", "\t", "NULL", "contact_id.x", "items[]", "\u202e", "::error", "code", "misfit", "j0", "rowid", "select",
]  # fmt: skip


@pytest.mark.parametrize("nested", [False, True])
def test_any_text_is_a_key_or_an_event(read: Read, tmp_path: Path, nested: bool) -> None:
    events = [name for name in NAMES if name.strip() and name != "NULL"]
    lines = []
    for number, event in enumerate(events, 1):
        values = {name: f"v{place}" for place, name in enumerate(NAMES)}
        properties = {"properties": values} if nested else values
        lines.append({"contact_id": "a", "event": event, "timestamp": number, **properties})
    export = "".join(json.dumps(line) + "\n" for line in lines)
    types_by_event = {event.strip(): dict.fromkeys(NAMES, "string") for event in events}
    (contact,) = read({"log.jsonl": export}, types_by_event).stream()
    expected = {name: f"v{place}" for place, name in enumerate(NAMES)}
    assert [event.name for event in contact.events] == [event.strip() for event in events]
    assert contact.events[0].properties == expected
    path = write(tmp_path, "log.jsonl", export)
    inspection = inspect(
        ExportOptions((path,)), tmp_path / "work", declared={events[0]: {'a"b': "string", "": "integer"}}
    )
    assert {event.name for event in inspection.events} == {event.strip() for event in events}


def test_any_text_is_a_column(tmp_path: Path) -> None:
    names = [name for name in NAMES if name and name.lower() not in ("$", "NULL")]
    columns = ", ".join('1 AS "' + name.replace('"', '""') + '"' for name in dict.fromkeys(map(str.lower, names)))
    path = tmp_path / "log.parquet"
    write_parquet(f"SELECT 'a' AS contact_id, 'e' AS event, 1 AS timestamp, {columns}", path)
    assert inspect(ExportOptions((str(path),)), tmp_path / "work").events[0].rows == 1


def test_numbers_declared_as_texts_are_inspected(tmp_path: Path) -> None:
    path = write(tmp_path, "log.csv", "contact_id,event,timestamp,order\na,e,1,12\na,e,2,13\n")
    (event,) = inspect(ExportOptions((path,)), tmp_path / "work", declared={"e": {"order": "string"}}).events
    assert [(each.name, each.filled) for each in event.properties] == [("order", 2)]


@pytest.mark.parametrize(
    "deep", ["[" * 5_000 + "]" * 5_000, '{"a":' * 5_000 + "1" + "}" * 5_000, '[{"a":' * 3_000 + "1" + "}]" * 3_000]
)
def test_json_nested_without_end_costs_its_row_alone(read: Read, tmp_path: Path, deep: str) -> None:
    good = '{"contact_id": "a", "event": "e", "timestamp": 1, "x": [1]}\n'
    export = good + f'{{"contact_id": "a", "event": "e", "timestamp": 2, "x": {deep}}}\n' + good.replace("1,", "3,")
    log = read({"log.jsonl": export}, {"e": {"x": None}})
    (contact,) = log.stream()
    assert len(contact.events) == 2
    assert [reject.count for reject in log.report.unusable] == [1]
    path = write(tmp_path, "log.jsonl", export)
    assert inspect(ExportOptions((path,)), tmp_path / "work").events[0].rows == 2
