"""Settles the attempts that an earlier delivery began and did not end: each such message is uncertain. Sends
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scenario_cli.hosts.deliver import attempts
from scenario_cli.hosts.deliver.lanes import Lane
from scenario_cli.hosts.store.database import Store
from scenario_cli.model.delivery import Webhook

BROKEN_OFF = "the delivery was interrupted"
NOT_AGAIN = "it is unknown whether it was sent; it is not sent again (on_uncertain: skip)"


def settle(store: Store, lanes: Mapping[str, Lane], now: int) -> None:
    """Puts back the messages that can be tried again, and ends the rest.

    A webhook's receiver recognises a message by its key. A file that exists was written.
    """
    for row in attempts.unsettled(store):
        lane = lanes.get(row.channel)
        if lane is None:
            continue
        ended = ((row.id, row.attempt),)
        if lane.writes_files and row.note and Path(row.note).exists():
            attempts.end(store, ended, now, "handed", "handed", row.note)
            lane.count("handed")
        elif isinstance(lane.channel.by, Webhook) or lane.channel.on_uncertain == "resend":
            attempts.end(store, ended, now, "pending", "uncertain", BROKEN_OFF)
            lane.result.again += 1
        else:
            answer = f"{BROKEN_OFF}: {NOT_AGAIN}"
            attempts.end(store, ended, now, "failed", "uncertain", answer)
            lane.trouble(row.message_id, row.address, "skipped", answer)
