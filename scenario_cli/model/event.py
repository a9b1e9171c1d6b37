"""A contact and its events, as the executor is fed them. Knows nothing of files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_BOUNDED = 16 * 1_024  # bytes, the largest `most_bytes`: the size of larger events is not calculated


class Event:
    """One event of one contact.

    `at` is the instant in microseconds since 1970-01-01 UTC. `properties` has those that the tracking plan declares and
    the row has; a missing property is absent. `most_bytes` is a bound on its size, 0 if it is not calculated. Each row
    of a log makes an event, hence the bare slots.
    """

    __slots__ = ("at", "event_id", "most_bytes", "name", "properties")

    def __init__(
        self, name: str, at: int, properties: Mapping[str, Any], event_id: str | None = None, most_bytes: int = 0
    ) -> None:
        self.name = name
        self.at = at
        self.properties = properties
        self.event_id = event_id
        self.most_bytes = most_bytes

    def __repr__(self) -> str:
        return f"Event({self.name!r}, {self.at}, {dict(self.properties)!r}, {self.event_id!r})"


class ContactLog:
    """All data of a log and a contacts table about one contact, in the order of feeding.

    `profile` are the attributes that are valid from the start; `changes` are later rows of the contacts table, each
    with its instant in microseconds; `events` are sorted by instant, ties in the order of the export. `listed` is true
    if the contact has a row in the contacts table, `known_since` is the instant in that row.
    """

    __slots__ = ("changes", "contact_id", "events", "known_since", "listed", "profile")

    def __init__(
        self,
        contact_id: str,
        profile: Mapping[str, Any],
        changes: list[tuple[int, Mapping[str, Any]]],
        events: list[Event],
        listed: bool = False,
        known_since: int | None = None,
    ) -> None:
        self.contact_id = contact_id
        self.profile = profile
        self.changes = changes
        self.events = events
        self.listed = listed
        self.known_since = known_since
