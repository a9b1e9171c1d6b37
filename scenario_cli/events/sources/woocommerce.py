"""WooCommerce: orders as its REST API gives them.

https://woocommerce.github.io/woocommerce-rest-api-docs/#orders; `customer_id` is 0 for guests.
"""

from __future__ import annotations

from scenario_cli.events.sources.source import Source, Sql, signs

WOOCOMMERCE = Source(
    name="woocommerce",
    title="a WooCommerce export",
    signs=signs("order_key line_items billing date_created_gmt"),
    contact_id=Sql("coalesce(nullif({customer_id}, '0'), {billing.email})"),
    previous_id=Sql("CASE WHEN {customer_id} <> '0' THEN {billing.email} END"),
    # An order that was not paid for, or not finished, does not count as a purchase.
    event=Sql(
        "CASE WHEN {status} IN ('processing', 'completed', 'on-hold', 'refunded') THEN 'order_completed'"
        " ELSE 'order_' || replace({status}, '-', '_') END"
    ),
    timestamp=("date_created_gmt",),
    event_id=("id",),
    renamed={"items": ("line_items",), "order_id": ("id",), "order_number": ("number",)},
    behind=("billing",),
)
