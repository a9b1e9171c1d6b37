"""Klaviyo: answers of its Events API, with the metrics included, and the warehouse table.

https://developers.klaviyo.com/en/reference/get_events (with `include=metric`, so that events have their names)
"""

from __future__ import annotations

from scenario_cli.events.sources.source import Source, Sql, signs

KLAVIYO = Source(
    name="klaviyo",
    title="a Klaviyo export",
    signs=signs(
        "attributes.event_properties relationships.profile",
        "event_name event_properties person statistic_id",
        "person_id metric_id datetime",
    ),
    contact_id=("relationships.profile.data.id", "person_id", "profile_id", "person.id"),
    # The API's own `type` is always "event".
    event=Sql(
        "coalesce({metric_name}, {event_name}, CASE WHEN {metric_id} IS NOT NULL THEN {type} END,"
        " {relationships.metric.data.id})"
    ),
    timestamp=("attributes.datetime", "datetime", "attributes.timestamp", "timestamp"),
    event_id=("id", "uuid"),
    objects=("attributes.event_properties", "event_properties"),
    prefix="property_",
    wrapped={
        "data": "json_merge_patch(item, json_object('metric_name', json_extract_string(list_filter("
        "json_extract(document, '$.included[*]'), lambda other: json_extract_string(other, '$.type') = 'metric' AND"
        " json_extract_string(other, '$.id') = json_extract_string(item, '$.relationships.metric.data.id'))[1],"
        " '$.attributes.name')))"
    },
)
