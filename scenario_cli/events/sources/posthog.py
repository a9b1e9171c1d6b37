"""PostHog: batch exports as Parquet or JSON lines, and events of its API.

https://posthog.com/docs/cdp/batch-exports/s3
"""

from __future__ import annotations

from scenario_cli.events.sources.source import Source, Sql, signs

_ANONYMOUS = (
    "(coalesce({properties.$is_identified} = 'false', false) OR"
    " coalesce({distinct_id} = {properties.$device_id}, false))"
)

POSTHOG = Source(
    name="posthog",
    title="a PostHog export",
    signs=signs("uuid event distinct_id properties timestamp"),
    contact_id=Sql(f"CASE WHEN NOT {_ANONYMOUS} THEN {{distinct_id}} END"),
    anonymous_id=Sql(f"coalesce({{properties.$anon_distinct_id}}, CASE WHEN {_ANONYMOUS} THEN {{distinct_id}} END)"),
    previous_id=Sql("CASE WHEN {event} IN ('$create_alias', '$merge_dangerously') THEN {properties.alias} END"),
    event=("event",),
    timestamp=("timestamp",),
    event_id=("uuid",),
    objects=("properties", "properties.$set"),
    behind=("person_properties", "person.properties"),
    wrapped={"results": "item"},
)
