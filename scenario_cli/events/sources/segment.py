"""Segment and RudderStack: their JSON messages (track, page, screen, identify, group, alias) and the warehouse tables.

https://segment.com/docs/connections/spec/common/ and https://www.rudderstack.com/docs/event-spec/standard-events/
"""

from __future__ import annotations

from scenario_cli.events.sources.source import Source, Sql, Tables, signs

SEGMENT = Source(
    name="segment",
    title="a Segment or RudderStack export",
    also=("rudderstack",),
    signs=signs(
        "messageId type receivedAt",
        "messageId type originalTimestamp",
        "messageId type sentAt",
        "anonymous_id original_timestamp received_at sent_at",
    ),
    contact_id=("userId", "user_id"),
    anonymous_id=("anonymousId", "anonymous_id"),
    previous_id=("previousId", "previous_id"),
    # Only a track call has a name of its own.
    event=Sql("CASE coalesce({type}, 'track') WHEN 'track' THEN {event} ELSE {type} END"),
    # Segment corrects `timestamp` for wrong clocks: receivedAt - (sentAt - originalTimestamp).
    timestamp=(
        "timestamp", "originalTimestamp", "original_timestamp", "receivedAt", "received_at", "sentAt", "sent_at",
    ),
    event_id=("messageId", "message_id", "id"),
    objects=("properties", "traits"),
    behind=("context.traits", "context"),
    wrapped={"batch": "item"},
    # A column `type` of a table is a property; `event` is the name of the table, `event_text` that of the event.
    tables=Tables(
        raw=frozenset(("messageId", "userId", "anonymousId", "originalTimestamp", "receivedAt", "sentAt")),
        event=("event_text", "event"),
        calls={
            "pages": "page",
            "screens": "screen",
            "identifies": "identify",
            "groups": "group",
            "aliases": "alias",
        },
        others={
            "users": (
                "it has users, not events; use it as contacts table: --contacts {file} --contacts-map "
                "contact_id=id"
            ),
            "accounts": "it has accounts, not events",
            "rudder_discards": "it has values that did not fit their columns in the warehouse",
        },
    ),
)  # fmt: skip
