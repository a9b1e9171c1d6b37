"""Shopify: orders and abandoned checkouts as its Admin API gives them, and the CSV of its orders page.

https://shopify.dev/docs/api/admin-rest/latest/resources/order. In the CSV an order has a line for each of its items,
and only the first has the amount paid.
"""

from __future__ import annotations

from scenario_cli.events.sources.source import Source, Sql, signs

SHOPIFY = Source(
    name="shopify",
    title="a Shopify export",
    signs=(
        *signs("financial_status line_items created_at", "abandoned_checkout_url line_items created_at"),
        frozenset(("Name", "Email", "Financial Status", "Lineitem quantity")),
    ),
    contact_id=("customer.id", "email", "contact_email", "Email"),
    # A guest who buys again with an account is one contact: the customer's id replaces the address.
    previous_id=Sql("CASE WHEN {customer.id} IS NOT NULL THEN coalesce({email}, {contact_email}) END"),
    event=Sql(
        "CASE WHEN {abandoned_checkout_url} IS NOT NULL THEN 'checkout_started' WHEN {test} = 'true' THEN 'test_order'"
        " WHEN {Lineitem name} IS NOT NULL AND {Financial Status} IS NULL THEN 'order_line' ELSE 'order_completed' END"
    ),
    # An order imported from another shop keeps its day in processed_at.
    timestamp=("processed_at", "created_at", "Created at"),
    event_id=("id", "Id"),
    renamed={
        "total": ("total_price", "Total"),
        "items": ("line_items",),
        "order_id": ("id", "Id", "Name"),
        "order_number": ("order_number", "Name"),
        "cart_id": ("cart_token", "token"),
    },
    behind=("customer",),
    wrapped={"orders": "item", "checkouts": "item"},
)
