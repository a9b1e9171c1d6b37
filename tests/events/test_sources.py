"""Exports of known tools are read without a mapping: records in the shapes that the tools document."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.events.sources import SOURCES
from scenario_cli.events.staged import StagedLog
from tests.events.exports import Read
from tests.events.records import SHAPES, Record, Shape, amplitude, iso, json_lines, segment, snowplow_line

SECOND = 1_740_000_000
Seen = list[tuple[str, str, int, dict[str, Any]]]


def all_events(log: StagedLog) -> Seen:
    return [
        (each.contact_id, event.name, event.at // 1_000_000, dict(event.properties))
        for each in log.stream()
        for event in each.events
    ]


def plan(event: str) -> dict[str, dict[str, str | None]]:
    return {event: {"total": "number", "plan": "string"}}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.make.__name__)
def test_a_tool_is_recognised_and_its_events_read(read: Read, shape: Shape) -> None:
    records = [shape.make("ana", SECOND, 12), shape.make("bob", SECOND + 1, 7)]
    for stated in (None, shape.source):
        # The project's clock does not shift the UTC timestamps of a tool.
        log = read({"a.jsonl": json_lines(records)}, plan(shape.event), source=stated, timezone="Asia/Tokyo")
        assert all_events(log) == [
            ("ana", shape.event, SECOND, {"total": 12, "plan": "pro"}),
            ("bob", shape.event, SECOND + 1, {"total": 7, "plan": "pro"}),
        ]
        assert log.report.unusable == ()
        assert any("was read as" in note for note in log.report.notes) == (stated is None)
        (first, _) = log.stream()
        assert first.events[0].event_id or shape.source == "ga4"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.make.__name__)
def test_parquet_of_a_tool_gives_the_same(read: Read, tmp_path: Path, shape: Shape) -> None:
    (tmp_path / "a.jsonl").write_text(json_lines([shape.make("ana", SECOND, 12), shape.make("bob", SECOND + 1, 7)]))
    duckdb.execute(f"COPY (SELECT * FROM read_json('{tmp_path}/a.jsonl')) TO '{tmp_path}/a.parquet'")
    log = read({"a.parquet": (tmp_path / "a.parquet").read_bytes()}, plan(shape.event), timezone="Asia/Tokyo")
    assert all_events(log) == [
        ("ana", shape.event, SECOND, {"total": 12, "plan": "pro"}),
        ("bob", shape.event, SECOND + 1, {"total": 7, "plan": "pro"}),
    ]


def test_every_tool_is_tried() -> None:
    assert {shape.source for shape in SHAPES} == {source.name for source in SOURCES}


def test_a_mapping_overrides_the_columns_of_a_tool(read: Read) -> None:
    record = {**segment("ana", SECOND, 1), "context": {"traits": {"email": "a@example.com"}}}
    log = read({"a.jsonl": json_lines([record])}, plan("Order Completed"),
               mapping={"contact_id": "context.traits.email", "total": "messageId"})  # fmt: skip
    assert [each.contact_id for each in log.stream()] == ["a@example.com"]
    assert [misfit.property for misfit in log.report.misfits] == ["total"]


def test_a_stated_time_zone_overrides_that_of_the_tool(read: Read) -> None:
    log = read({"a.jsonl": json_lines([amplitude("ana", SECOND, 1)])}, plan("Order Completed"),
               timezone="Asia/Tokyo", timezone_stated=True)  # fmt: skip
    assert all_events(log)[0][2] == SECOND - 9 * 3600


def test_plain_column_names_are_not_those_of_a_tool(read: Read) -> None:
    record = {**segment("ana", SECOND, 1), "contact_id": "c1"}
    log = read({"a.jsonl": json_lines([record])}, {"Order Completed": {}})
    assert [each.contact_id for each in log.stream()] == ["c1"]
    assert log.report.notes == ()


def test_generic_reads_by_the_columns_names_whatever_it_looks_like(read: Read) -> None:
    with pytest.raises(ExportError, match="has no column 'contact_id'"):
        read({"a.jsonl": json_lines([segment("ana", SECOND, 1)])}, {"x": {}}, source="generic")


def test_a_file_of_another_tool_is_an_error_with_the_expected_columns(read: Read) -> None:
    with pytest.raises(ExportError) as error:
        read("id,name\n1,x\n", {"x": {}}, source="ga4")
    assert "cannot be read as a Google Analytics 4 export: it has no" in error.value.message
    assert "event in 'event_name'; timestamp in 'event_timestamp'" in error.value.message
    assert error.value.hint == (
        "its columns: id, name\nmap it: --map contact_id=COLUMN --map event=COLUMN --map timestamp=COLUMN\n"
        "or read it by column names: --source generic"
    )


# Details of single tools.


def of_type(kind: str, **more: object) -> Record:
    return {**segment("ana", SECOND, 1), "type": kind, "event": None, **more}


def test_segment_calls_other_than_track_are_named_by_their_type(read: Read) -> None:
    calls = [
        of_type("page", name="Home", properties={"title": "Home"}),
        of_type("identify", traits={"email": "ana@example.com"}, properties=None),
        of_type("group", groupId="g1", traits={"seats": 3}),
        of_type("screen"),
    ]
    types_by_event: dict[str, dict[str, str | None]] = {
        "page": {"title": "string", "name": "string"},
        "identify": {"email": "string", "plan": "string"},
        "group": {"seats": "integer", "groupId": "string"},
        "screen": {},
    }
    assert [
        (name, values) for _, name, _, values in all_events(read({"a.jsonl": json_lines(calls)}, types_by_event))
    ] == [
        ("page", {"title": "Home", "name": "Home"}),
        ("identify", {"email": "ana@example.com", "plan": "pro"}),
        ("group", {"seats": 3, "groupId": "g1"}),
        ("screen", {}),
    ]


def test_segment_takes_the_corrected_of_its_four_timestamps(read: Read) -> None:
    wrong = {"originalTimestamp": iso(1), "sentAt": iso(2), "receivedAt": iso(SECOND + 9)}
    rows = [{**segment("a", SECOND, 1), **wrong}, {**segment("b", SECOND, 1), **wrong, "timestamp": None}]
    assert [at for _, _, at, _ in all_events(read({"a.jsonl": json_lines(rows)}, plan("Order Completed")))] == [
        SECOND,
        1,
    ]


def test_the_warehouse_table_of_segment(read: Read) -> None:
    text = (
        "id,anonymous_id,user_id,event,event_text,original_timestamp,received_at,sent_at,timestamp,total,context_ip\n"
        "m1,a1,ana,order_completed,Order Completed,2025-03-01 10:00:00,2025-03-01 10:00:01,2025-03-01 10:00:01,"
        "2025-03-01 10:00:00,12.5,1.1.1.1\n"
    )
    log = read(text, plan("Order Completed"), timezone="Europe/Paris")
    assert all_events(log) == [("ana", "Order Completed", 1_740_823_200, {"total": 12.5})]


def test_an_amplitude_archive(read: Read) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for hour in range(3):
            lines = gzip.compress(json_lines([amplitude("ana", SECOND + hour, hour)]).encode())
            archive.writestr(f"12345/12345_2025-02-19_{hour}#458.json.gz", lines)
    log = read({"export.zip": whole.getvalue()}, plan("Order Completed"))
    assert [values["total"] for _, _, _, values in all_events(log)] == [0, 1, 2]
    assert log.report.notes[0].startswith("3 files were read as an Amplitude export")


def test_an_incomplete_mixpanel_export_is_reported(read: Read, tmp_path: Path) -> None:
    text = '{"event": "x", "properties": {"time": 1, "distinct_id": "a"}}\nterminated early\n'
    log = read({"a.jsonl": text}, {"x": {}})
    assert (log.report.rows, log.report.used) == (2, 1)
    message = f"{tmp_path}/export0/a.jsonl was cut off by the tool at line 2: export the rest again"
    assert message in log.report.notes


def test_the_pairs_of_ga4_keep_their_types_and_nested_ecommerce_is_found(read: Read, tmp_path: Path) -> None:
    values = {
        "s": {"string_value": "x", "int_value": None}, "i": {"int_value": "42"}, "d": {"double_value": 0.5},
        "f": {"float_value": 1.5}, "null": {"string_value": None},
    }  # fmt: skip
    record = {
        "event_timestamp": "1740000000000000", "event_name": "purchase", "user_id": "ana",
        "event_params": [{"key": key, "value": value} for key, value in values.items()],
        "ecommerce": {"transaction_id": "T1"}, "items": [{"item_id": "A"}],
    }  # fmt: skip
    types_by_event: dict[str, dict[str, str | None]] = {
        "purchase": {**dict.fromkeys(values), "transaction_id": "string", "items": "array"}
    }
    expected = {"s": "x", "i": 42, "d": 0.5, "f": 1.5, "transaction_id": "T1", "items": [{"item_id": "A"}]}
    content = json_lines([record])
    assert all_events(read({"a.jsonl": content}, types_by_event))[0][3] == expected
    (tmp_path / "a.jsonl").write_text(content)
    duckdb.execute(f"COPY (SELECT * FROM read_json('{tmp_path}/a.jsonl')) TO '{tmp_path}/a.parquet'")
    assert all_events(read({"a.parquet": (tmp_path / "a.parquet").read_bytes()}, types_by_event))[0][3] == expected


def test_answers_of_the_klaviyo_api_with_their_metrics(read: Read) -> None:
    def event(number: int, metric: str) -> Record:
        return {
            "type": "event", "id": f"e{number}",
            "attributes": {"timestamp": SECOND, "datetime": "2025-02-19 21:20:00+00:00", "uuid": "u",
                           "event_properties": {"$value": 9.5, "Items": ["Lamp"]}},
            "relationships": {"profile": {"data": {"type": "profile", "id": "P1"}},
                              "metric": {"data": {"type": "metric", "id": metric}}},
        }  # fmt: skip

    metric = {"type": "metric", "id": "M1", "attributes": {"name": "Placed Order"}}
    pages = [
        {"data": [event(1, "M1"), event(2, "M2")], "included": [metric], "links": {"next": None}},
        {"data": [event(3, "M1")], "included": [metric]},
    ]
    for content in (json.dumps(pages[0], indent=2), "".join(json.dumps(page) + "\n" for page in pages)):
        log = read({"a.json": content}, {"Placed Order": {"$value": "number", "Items": "array"}})
        assert all_events(log)[0] == ("P1", "Placed Order", SECOND, {"$value": 9.5, "Items": ["Lamp"]})
        assert log.report.unwanted == (("M2", 1),)


def test_a_document_that_cannot_be_read_is_counted(read: Read) -> None:
    event = {
        "type": "event", "id": "e", "attributes": {"datetime": "2025-02-19", "event_properties": {}},
        "relationships": {"profile": {"data": {"id": "P"}}, "metric": {"data": {"id": "M"}}},
    }  # fmt: skip
    page = {"data": [event]}
    report = read({"a.jsonl": json.dumps(page) + '\n{"data": [{"type": "ev\n' + json.dumps(page)}, {"M": {}}).report
    assert (report.rows, report.used) == (3, 2)
    assert [(reject.reason, reject.count) for reject in report.unusable] == [("broken line", 1)]


def test_braze_storage_takes_the_event_from_its_folder(read: Read) -> None:
    record = {"id": "1", "user_id": "b1", "external_user_id": {"string": "ana"}, "time": SECOND, "app_id": None}
    path = "event_type=users.messages.email.Open/date=2025-02-19-21/part-0.json"
    log = read({path: json_lines([record])}, {"users.messages.email.Open": {}})
    assert all_events(log) == [("ana", "users.messages.email.Open", SECOND, {})]


ENRICHED = {
    "app_id": "shop", "platform": "web", "collector_tstamp": "2013-11-26 00:02:05", "event_id": "c6ef3124",
    "v_collector": "ssc", "user_id": "jon", "derived_tstamp": "2013-11-26 00:03:57.886",
    "page_title": '"Best" lamps of 27" and more',
}  # fmt: skip
WHEN = 1_385_424_237


def test_the_enriched_stream_of_snowplow(read: Read) -> None:
    self_described = {
        "schema": "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0",
        "data": {"schema": "iglu:com.acme/add_to_cart/jsonschema/1-0-0", "data": {"sku": "A\t1", "price": 9.5}},
    }
    lines = [
        {**ENRICHED, "event": "page_view", "event_name": "page_view"},
        {**ENRICHED, "event": "unstruct", "event_name": "add_to_cart", "unstruct_event": json.dumps(self_described)},
        {**ENRICHED, "event": "struct", "event_name": "event", "se_action": "play", "se_label": "intro"},
    ]
    types_by_event: dict[str, dict[str, str | None]] = {
        "page_view": {"page_title": "string"},
        "add_to_cart": {"sku": "string", "price": "number"},
        "play": {"se_label": "string"},
    }
    text = "".join(map(snowplow_line, lines))
    for name in ("a.tsv", "part-00000"):
        log = read({name: text}, types_by_event, timezone="Europe/Paris")
        assert all_events(log) == [
            ("jon", "page_view", WHEN, {"page_title": '"Best" lamps of 27" and more'}),
            ("jon", "add_to_cart", WHEN, {"sku": "A\t1", "price": 9.5}),
            ("jon", "play", WHEN, {"se_label": "intro"}),
        ]
    broken = read({"a.tsv": text + "two\tfields\n" + text}, types_by_event)
    assert (broken.report.used, [(reject.reason, reject.count) for reject in broken.report.unusable]) == (
        6,
        [("broken line", 1)],
    )


def test_shopify_orders_and_checkouts_of_its_api(read: Read) -> None:
    order = {
        "id": 450789469, "created_at": "2025-02-19T16:20:00-05:00", "processed_at": None, "financial_status": "paid",
        "total_price": "409.94", "currency": "USD", "test": False, "line_items": [{"sku": "IPOD", "quantity": 1}],
        "customer": {"id": 207119551, "email": "bob@example.com"}, "email": "bob@example.com", "name": "#1001",
    }  # fmt: skip
    guest = {**order, "id": 2, "customer": None, "email": "eva@example.com"}
    checkout = {
        "id": 3, "token": "t3", "abandoned_checkout_url": "https://shop/c/t3", "created_at": "2025-02-19T21:20:00Z",
        "line_items": [], "customer": {"id": 207119551}, "email": "bob@example.com", "total_price": "10.00",
    }  # fmt: skip
    files = {
        "checkouts.json": json.dumps({"checkouts": [checkout]}),
        "orders.json": json.dumps({"orders": [order, guest, {**order, "id": 4, "test": True}]}, indent=1),
    }
    types_by_event: dict[str, dict[str, str | None]] = {
        "order_completed": {"total": "number", "items": "array", "order_id": "string"},
        "checkout_started": {"total": "number", "cart_id": "string"},
    }
    log = read(files, types_by_event)
    assert all_events(log) == [
        ("207119551", "checkout_started", SECOND, {"total": 10, "cart_id": "t3"}),
        ("207119551", "order_completed", SECOND,
         {"total": 409.94, "items": [{"sku": "IPOD", "quantity": 1}], "order_id": "450789469"}),
        ("eva@example.com", "order_completed", SECOND,
         {"total": 409.94, "items": [{"sku": "IPOD", "quantity": 1}], "order_id": "2"}),
    ]  # fmt: skip
    assert log.report.unwanted == (("test_order", 1),)


def test_the_csv_of_shopify_has_a_line_for_each_item(read: Read) -> None:
    text = (
        "Name,Email,Financial Status,Paid at,Currency,Total,Discount,Created at,Lineitem quantity,Lineitem name,Id\n"
        "#1001,ana@example.com,paid,2025-02-19 22:20:00 +0100,EUR,53.91,WELCOME,2025-02-19 22:20:00 +0100,3,Lamp,74\n"
        "#1001,ana@example.com,,,,,,2025-02-19 22:20:00 +0100,1,Bulb,\n"
    )
    log = read(text, {"order_completed": {"total": "number", "order_id": "string", "order_number": "string"}})
    assert all_events(log) == [
        ("ana@example.com", "order_completed", SECOND, {"total": 53.91, "order_id": "74", "order_number": "#1001"})
    ]
    assert log.report.unwanted == (("order_line", 1),)


def test_woocommerce_orders_by_their_status(read: Read) -> None:
    events = {
        "completed": "order_completed", "pending": "order_pending", "failed": "order_failed",
        "checkout-draft": "order_checkout_draft", "refunded": "order_completed",
    }  # fmt: skip
    orders = [
        {
            "id": 727 + number, "status": status, "order_key": "wc_order_58d2d042d1d", "total": "29.35",
            "customer_id": 0, "date_created_gmt": f"2025-02-19T21:20:0{number}",
            "billing": {"email": "john@example.com"}, "line_items": [{"sku": "A"}],
        }
        for number, status in enumerate(events)
    ]  # fmt: skip
    types: dict[str, str | None] = {"total": "number", "items": "array", "email": "string"}
    log = read({"orders.json": json.dumps(orders)}, dict.fromkeys(events.values(), types))
    values = {"total": 29.35, "items": [{"sku": "A"}], "email": "john@example.com"}
    assert all_events(log) == [
        ("john@example.com", event, SECOND + number, values) for number, event in enumerate(events.values())
    ]
