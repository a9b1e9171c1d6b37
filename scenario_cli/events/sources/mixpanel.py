"""Mixpanel: the raw export (JSON lines) and the warehouse table.

https://docs.mixpanel.com/reference/raw-event-export. The export that Mixpanel breaks off ends with a bare line.
"""

from __future__ import annotations

from scenario_cli.events.sources.source import Source, Sql, signs

_ID = "coalesce({properties.distinct_id}, {distinct_id})"
_DEVICE = "coalesce({properties.$device_id}, {device_id})"

MIXPANEL = Source(
    name="mixpanel",
    title="a Mixpanel export",
    signs=signs("event properties.distinct_id properties.time", "distinct_id mp_processing_time_ms time"),
    # Before a log-in the id is that of the device, with or without a mark before it.
    contact_id=Sql(
        "coalesce({properties.$identified_id}, {properties.$user_id},"
        f" CASE WHEN NOT starts_with({_ID}, '$device:') AND {_ID} IS DISTINCT FROM {_DEVICE} THEN {_ID} END)"
    ),
    anonymous_id=Sql(
        f"coalesce({{properties.$anon_id}}, {_DEVICE},"
        f" CASE WHEN starts_with({_ID}, '$device:') THEN substring({_ID}, 9) END)"
    ),
    event=("event", "event_name", "name"),
    timestamp=("properties.time", "time"),
    event_id=("properties.$insert_id", "insert_id", "$insert_id"),
    objects=("properties",),
    end_mark="terminated early",
)
