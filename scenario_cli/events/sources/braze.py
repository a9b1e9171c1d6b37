"""Braze Currents: JSON of a custom HTTP connector, and the records in its storage as JSON, plain or Avro's.

https://www.braze.com/docs/user_guide/data/distribution/braze_currents. In storage the folder states which event it is.
"""

from __future__ import annotations

from scenario_cli.events.sources.source import Source, Sql, signs

_TYPE = "coalesce({event_type}, {file:event_type})"
_NAME = "coalesce({name.string}, {name}, {properties.name})"

BRAZE = Source(
    name="braze",
    title="a Braze Currents export",
    signs=signs(
        "external_user_id time user_id", "event_type user.user_id time", "event_type user.external_user_id time"
    ),
    contact_id=("external_user_id.string", "external_user_id", "user.external_user_id"),
    anonymous_id=("user_id.string", "user_id", "user.user_id"),
    # A custom event has a name of its own.
    event=Sql(
        f"CASE WHEN coalesce({_TYPE} LIKE '%CustomEvent', true) THEN coalesce({_NAME}, {_TYPE}) ELSE {_TYPE} END"
    ),
    timestamp=("time", "time.long", "time.int"),
    event_id=("id",),
    objects=("properties.custom_properties", "properties.purchase_properties", "properties"),
    # In storage the properties of a custom event or a purchase are a text.
    encoded=("properties.string", "properties"),
    behind=("user",),
    wrapped={"events": "item"},
)
