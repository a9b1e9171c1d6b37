"""Customer.io: the posts of its reporting webhooks, kept as JSON lines.

https://docs.customer.io/journeys/webhooks/. The tables of its warehouse integration need a join: `--query`.
"""

from __future__ import annotations

from scenario_cli.events.sources.source import Source, Sql, signs

CUSTOMERIO = Source(
    name="customerio",
    title="a Customer.io export",
    signs=signs("event_id metric object_type timestamp"),
    contact_id=("data.identifiers.id", "data.customer_id", "data.identifiers.email"),
    previous_id=Sql(
        "CASE WHEN coalesce({data.identifiers.id}, {data.customer_id}) IS NOT NULL THEN {data.identifiers.email} END"
    ),
    event=Sql("{object_type} || '_' || {metric}"),
    timestamp=("timestamp",),
    event_id=("event_id",),
    objects=("data",),
    behind=("data.identifiers",),
)
