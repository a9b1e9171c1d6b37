"""Amplitude: files of the Export API (a ZIP of gzipped JSON lines) and the warehouse table.

https://amplitude.com/docs/apis/analytics/export; all of its times are UTC.
"""

from __future__ import annotations

from scenario_cli.events.sources.source import Source, signs

AMPLITUDE = Source(
    name="amplitude",
    title="an Amplitude export",
    signs=signs("amplitude_id event_type event_time", "$insert_id event_type event_time"),
    contact_id=("user_id",),
    anonymous_id=("device_id",),
    event=("event_type",),
    timestamp=("event_time", "client_event_time"),
    # `event_id` counts the events of a device and names none.
    event_id=("$insert_id", "_insert_id", "insert_id", "uuid"),
    objects=("event_properties",),
    behind=("user_properties",),
)
