"""One event an order: its rows are lines under `items`, and a number of the plan is their sum."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.events.inspect import inspect
from scenario_cli.model.export import ExportOptions
from tests.events.exports import Read, write

WHO = {"contact_id": "x", "event": "order"}
LINES = """InvoiceNo,StockCode,Quantity,Price,InvoiceDate,Customer,Country
536365.0,007,2,24.90,2010-12-01 08:26,17850.0,UK
536365,71053,1,25.30,2010-12-01 08:26,17850,UK
,X,1,1.00,2010-12-02 08:00,17850,UK
536366,22752,3,24.90,2010-12-03 09:00,13047,FR
"""
MAP = {"contact_id": "Customer", "timestamp": "InvoiceDate", "event": "'order'"}
WANTED = {"order": {"Price": "number", "Country": "string", "items": "array", "InvoiceNo": "string"}}
FIRST = {
    "Price": 50.2,
    "Country": "UK",
    "InvoiceNo": "536365",
    "items": [
        {"InvoiceNo": "536365.0", "StockCode": "007", "Quantity": 2, "Price": 24.9, "Customer": "17850.0"},
        {"InvoiceNo": "536365", "StockCode": "71053", "Quantity": 1, "Price": 25.3, "Customer": "17850"},
    ],
}


def test_the_rows_of_an_order_are_one_event(read: Read) -> None:
    log = read(LINES, WANTED, mapping=MAP, group="InvoiceNo")
    events = [(contact.contact_id, event.properties) for contact in log.stream() for event in contact.events]
    assert [(contact, properties["Price"]) for contact, properties in events] == [
        ("13047", 24.9), ("17850", 50.2), ("17850", 1),
    ]  # fmt: skip
    assert {**events[1][1], "items": None} == {**FIRST, "items": None}
    lines = [{key: line[key] for key in ("StockCode", "Quantity", "Price")} for line in events[1][1]["items"]]
    assert lines == [
        {"StockCode": "007", "Quantity": 2, "Price": 24.9},
        {"StockCode": "71053", "Quantity": 1, "Price": 25.3},
    ]


@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
def test_json_and_parquet_are_grouped_alike(read: Read, tmp_path: Path, format_: str) -> None:
    rows = [("o1", "a", 1, 2.5), ("o1", "b", 1, 3.5), ("o2", "a", 2, 1.0)]
    if format_ == "jsonl":
        content: str | bytes = "".join(
            json.dumps({"order_id": o, "sku": s, "timestamp": t, "amount": v, "contact_id": "x", "event": "order"})
            + "\n"
            for o, s, t, v in rows
        )
    else:
        file = tmp_path / "made.parquet"
        listed = ", ".join(f"('{o}', '{s}', {t}, {v}::DOUBLE, 'x', 'order')" for o, s, t, v in rows)
        names = "order_id, sku, timestamp, amount, contact_id, event"
        duckdb.execute(f"COPY (SELECT * FROM (VALUES {listed}) t({names})) TO '{file}' (FORMAT parquet)")
        content = file.read_bytes()
    log = read({f"e.{format_}": content}, {"order": {"amount": "number", "items": "array"}}, group="order_id")
    (contact,) = log.stream()
    assert [event.properties for event in contact.events] == [
        {"amount": 6, "items": [{"sku": "a", "amount": 2.5}, {"sku": "b", "amount": 3.5}]},
        {"amount": 1, "items": [{"sku": "a", "amount": 1.0}]},
    ]


def test_a_missing_column_is_an_error(read: Read) -> None:
    with pytest.raises(ExportError, match="has no column 'Invoice'"):
        read(LINES, WANTED, mapping=MAP, group="Invoice")


def test_an_inspection_asks_whether_rows_of_one_instant_are_lines_of_an_order(tmp_path: Path) -> None:
    rows = "".join(f"o{n},s{k},2025-03-{n + 1:02} 10:00,a,order\n" for n in range(20) for k in range(3))
    path = write(tmp_path, "e.csv", f"order_no,sku,timestamp,contact_id,event\n{rows}")
    export = inspect(ExportOptions((path,)), tmp_path / "work")
    (note,) = (note for note in export.notes if "--group" in note)
    assert "60 rows" in note and "20 different" in note and note.endswith("--group order_no")
    assert not [n for n in inspect(ExportOptions((path,), group="order_no"), tmp_path / "w2").notes if "--group" in n]
