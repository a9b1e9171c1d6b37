"""Records in the shapes that the tools document, one for each tool: contact, instant and a number can be set.

`None` for a contact leaves the tool's ids out; `None` for an instant its timestamps.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scenario_cli.events.sources.snowplow import SNOWPLOW

Record = dict[str, Any]


def iso(second: int | None, end: str = "Z", between: str = "T") -> str | None:
    if second is None:
        return None
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%d{between}%H:%M:%S}.000{end}"


def segment(contact: str | None, second: int | None, value: object) -> Record:
    return {
        "anonymousId": None, "channel": "browser", "context": {"traits": {"plan": "pro"}, "ip": "1.1.1.1"},
        "event": "Order Completed", "messageId": f"m{second}-{contact}-{value}", "originalTimestamp": iso(second),
        "properties": {"total": value, "products": [{"sku": "A"}]}, "receivedAt": iso(second), "sentAt": iso(second),
        "timestamp": iso(second), "type": "track", "userId": contact, "version": "1.1",
    }  # fmt: skip


def amplitude(contact: str | None, second: int | None, value: object) -> Record:
    return {
        "event_type": "Order Completed", "event_time": iso(second, "", " "), "user_id": contact, "device_id": None,
        "event_properties": {"total": value}, "user_properties": {"plan": "pro"}, "amplitude_id": 98, "event_id": 1,
        "$insert_id": f"i{second}-{contact}-{value}", "uuid": None, "client_event_time": None,
    }  # fmt: skip


def mixpanel(contact: str | None, second: int | None, value: object) -> Record:
    properties = {"time": second, "distinct_id": contact, "$insert_id": f"i{second}-{contact}-{value}", "total": value}
    return {"event": "Order Completed", "properties": {**properties, "plan": "pro"}}


def posthog(contact: str | None, second: int | None, value: object) -> Record:
    return {
        "uuid": f"u{second}-{contact}-{value}", "event": "Order Completed", "distinct_id": contact,
        "properties": {"total": value, "$is_identified": True}, "person_properties": {"plan": "pro"},
        "timestamp": iso(second), "person_id": "0190",
    }  # fmt: skip


def snowplow(contact: str | None, second: int | None, value: object) -> Record:
    return {
        "app_id": "shop", "platform": "web", "event": "unstruct", "event_name": "Order Completed", "user_id": contact,
        "collector_tstamp": iso(second), "derived_tstamp": iso(second), "event_id": f"e{second}-{contact}-{value}",
        "v_collector": "ssc-2.8", "domain_userid": None, "event_vendor": "com.acme",
        "unstruct_event_com_acme_order_completed_1": {"total": value, "plan": "pro"},
    }  # fmt: skip


def ga4(contact: str | None, second: int | None, value: object) -> Record:
    typed = {"string_value": value} if isinstance(value, str) else {"int_value": str(value), "string_value": None}
    return {
        "event_date": "20250301", "event_timestamp": None if second is None else str(second * 1_000_000),
        "event_name": "Order Completed", "user_id": contact, "user_pseudo_id": None,
        "event_params": [{"key": "page", "value": {"string_value": "x"}}, {"key": "total", "value": typed}],
        "user_properties": [{"key": "plan", "value": {"string_value": "pro"}}],
    }  # fmt: skip


def klaviyo(contact: str | None, second: int | None, value: object) -> Record:
    return {
        "type": "event", "id": f"k{second}-{contact}-{value}",
        "attributes": {"timestamp": second, "datetime": iso(second, "+00:00"), "uuid": "u",
                       "event_properties": {"total": value, "plan": "pro"}},
        "relationships": {"profile": {"data": {"type": "profile", "id": contact}},
                          "metric": {"data": {"type": "metric", "id": "Order Completed"}}},
    }  # fmt: skip


def braze(contact: str | None, second: int | None, value: object) -> Record:
    return {
        "event_type": "users.behaviors.CustomEvent", "id": f"b{second}-{contact}-{value}", "time": second,
        "user": {"user_id": None, "external_user_id": contact, "timezone": "Europe/Paris"},
        "properties": {"name": "Order Completed", "custom_properties": {"total": value, "plan": "pro"}},
    }  # fmt: skip


def braze_avro(contact: str | None, second: int | None, value: object) -> Record:
    """The record as Avro's JSON encoding writes it in storage: optional fields with their types."""
    return {
        "id": f"b{second}-{contact}-{value}", "user_id": None, "time": second, "name": "Order Completed",
        "external_user_id": None if contact is None else {"string": contact}, "app_id": "a",
        "properties": {"string": json.dumps({"total": value, "plan": "pro"})},
    }  # fmt: skip


def customerio(contact: str | None, second: int | None, value: object) -> Record:
    return {
        "event_id": f"c{second}-{contact}-{value}", "metric": "Completed", "object_type": "Order", "timestamp": second,
        "data": {"identifiers": {"id": contact, "cio_id": "d9"}, "customer_id": contact, "total": value, "plan": "pro"},
    }  # fmt: skip


def shopify(contact: str | None, second: int | None, value: object) -> Record:
    return {
        "id": f"{second}-{contact}-{value}", "created_at": iso(second, "+00:00"), "processed_at": iso(second, "+00:00"),
        "financial_status": "paid", "total_price": None if value is None else str(value), "test": False,
        "line_items": [{"sku": "A", "quantity": 1}], "email": None,
        "customer": None if contact is None else {"id": contact, "plan": "pro"}, "order_number": 1001,
    }  # fmt: skip


def woocommerce(contact: str | None, second: int | None, value: object) -> Record:
    return {
        "id": f"{second}-{contact}-{value}", "status": "processing", "order_key": "wc_order", "total": value,
        "customer_id": contact or 0, "billing": {"email": "", "plan": "pro"}, "line_items": [],
        "date_created_gmt": iso(second, ""), "date_created": "2001-01-01T00:00:00",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """The maker of a tool's records, the tool's name, and its name of an order."""

    source: str
    make: Callable[[str | None, int | None, object], Record]
    event: str = "Order Completed"


SHAPES = (
    Shape("segment", segment),
    Shape("amplitude", amplitude),
    Shape("mixpanel", mixpanel),
    Shape("posthog", posthog),
    Shape("snowplow", snowplow),
    Shape("ga4", ga4),
    Shape("klaviyo", klaviyo),
    Shape("braze", braze),
    Shape("braze", braze_avro),
    Shape("customerio", customerio, "Order_Completed"),
    Shape("shopify", shopify, "order_completed"),
    Shape("woocommerce", woocommerce, "order_completed"),
)


def json_lines(records: list[Record]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def snowplow_line(values: dict[str, str]) -> str:
    """A line of the enriched stream: 131 fields with tabs between, without quotes."""
    return "\t".join(values.get(name, "") for name in SNOWPLOW.header) + "\n"
