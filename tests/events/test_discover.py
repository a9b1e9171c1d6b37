"""Properties are found in the places where each tool keeps them, without knowing their names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scenario_cli.events.inspect import inspect
from scenario_cli.model.export import ExportOptions

SEGMENT = {
    "type": "track", "event": "Order Completed", "userId": "u1", "messageId": "m1",
    "receivedAt": "2025-03-01T10:00:00Z", "timestamp": "2025-03-01T10:00:00Z",
    "properties": {"total": 5.5, "event": "x"},
    "context": {"ip": "1.2.3.4", "traits": {"plan": "pro"}},
}  # fmt: skip
GA4 = {
    "event_timestamp": "1740000000000000", "event_name": "purchase", "user_id": "u1",
    "event_params": [
        {"key": "value", "value": {"double_value": 5.5}}, {"key": "currency", "value": {"string_value": "EUR"}},
    ],
    "geo": {"country": "FR"},
}  # fmt: skip
SHOPIFY = {
    "id": 1, "financial_status": "paid", "line_items": [{"sku": "A"}], "created_at": "2025-03-01T10:00:00Z",
    "customer": {"id": 7}, "total_price": "5.50", "test": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "event", "properties", "absent"),
    [
        (SEGMENT, "Order Completed", {"total": "number", "event": "string", "plan": "string"}, {"messageId", "type"}),
        (GA4, "purchase", {"value": "number", "currency": "string", "country": "string"}, {"event_params"}),
        (SHOPIFY, "order_completed", {"total": "string", "items": "array", "order_id": "integer"}, {"customer"}),
    ],
    ids=["segment", "ga4", "shopify"],
)
def test_the_properties_of_a_tool_are_found_where_it_keeps_them(
    row: dict[str, object], event: str, properties: dict[str, str], absent: set[str], tmp_path: Path
) -> None:
    (tmp_path / "log.jsonl").write_text(json.dumps(row) + "\n")
    export = inspect(ExportOptions((str(tmp_path / "log.jsonl"),)), tmp_path / "work")
    (facts,) = export.events
    assert facts.name == event
    kinds = {each.name: next(iter(each.kinds)) for each in facts.properties}
    assert {name: kinds.get(name) for name in properties} == properties
    assert not absent & kinds.keys()
    assert export.own_clock


def test_anonymous_rows_are_given_to_their_contact_as_in_a_run(tmp_path: Path) -> None:
    before = {**SEGMENT, "userId": None, "anonymousId": "a1", "messageId": "m0", "timestamp": "2025-03-01T09:00:00Z"}
    linked = {**SEGMENT, "anonymousId": "a1"}
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in (before, linked)))
    paths = (str(tmp_path / "log.jsonl"),)
    forward = inspect(ExportOptions(paths), tmp_path / "one")
    backward = inspect(ExportOptions(paths, identity="backward"), tmp_path / "two")
    assert [reject.count for reject in forward.unusable] == [1]
    assert (forward.used, backward.used, backward.contacts) == (1, 2, 1)


def test_dedupe_leaves_out_what_a_run_leaves_out(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text((json.dumps(SEGMENT) + "\n") * 3)
    export = inspect(ExportOptions((str(tmp_path / "log.jsonl"),), dedupe=True), tmp_path / "work")
    assert export.used == 1
    assert [(reject.reason, reject.count) for reject in export.unusable] == [("exact duplicate", 2)]


def test_columns_that_are_counted_some_at_a_time_are_all_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenario_cli.events.discover._COUNTED_AT_ONCE", 5)
    names = [f"p{number}" for number in range(12)]
    cells = ["1" if number % 3 else "" for number in range(12)]
    (tmp_path / "e.csv").write_text(f"contact_id,event,timestamp,{','.join(names)}\na,e,1,{','.join(cells)}\n")
    (event,) = inspect(ExportOptions((str(tmp_path / "e.csv"),)), tmp_path / "work").events
    assert {facts.name for facts in event.properties} == {name for n, name in enumerate(names) if n % 3}
