"""Messages of a store's outbox that were handed over, contact by contact. Hands none over."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from scenario_cli.analysis.message_index import Sendable
from scenario_cli.events.staged import ContactRange
from scenario_cli.hosts.results.sent_messages import Sending
from scenario_cli.hosts.store.database import opened
from scenario_cli.model.project import Project

_HANDED = "handed"


class Outbox:
    """The messages of a range of contacts. A message counts from the instant at which it was due.

    `statuses` counts all of them by status. Those to staff and to systems are left out. Raises `StoreError`.
    """

    def __init__(self, store: str, project: Project, part: ContactRange) -> None:
        self.statuses: Counter[str] = Counter()
        self.waiting: dict[str, list[Sending]] = {}
        to_contacts = {name for name, channel in project.channels.items() if channel.recipient == "contact"}
        with opened(Path(store), read_only=True) as opened_store:
            for contact, status, channel, at, id_, scenario, state, template, purpose in opened_store.execute(
                *_query(part)
            ):
                if channel not in to_contacts:
                    continue
                self.statuses[status] += 1
                if status == _HANDED:
                    message = Sendable(scenario, state, channel, template, purpose == "marketing")
                    self.waiting.setdefault(contact, []).append(Sending(at, message, id_ or ""))

    def of(self, contact: str) -> list[Sending]:
        """The messages to a contact; each is given once."""
        return self.waiting.pop(contact, [])

    def rest(self) -> list[list[Sending]]:
        """The remaining messages to contacts that were not requested, contact by contact."""
        return [self.waiting[contact] for contact in sorted(self.waiting)]


def _query(part: ContactRange) -> tuple[str, tuple[Any, ...]]:
    parts = ", ".join(f"json_extract(row, '$.{name}')" for name in ("scenario", "state", "template", "purpose"))
    conditions = ["kind = 'message'"]
    bounds = []
    for bound, sign in ((part.first, ">="), (part.end, "<")):
        if bound is not None:
            conditions.append(f"contact {sign} ?")
            bounds.append(bound)
    sql = f"SELECT contact, status, channel, send_at, message_id, {parts} FROM outbox WHERE {' AND '.join(conditions)}"
    return f"{sql} ORDER BY contact, id", tuple(bounds)
