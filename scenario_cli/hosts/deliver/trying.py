"""Reads an outbox, or sends it to one address, and leaves the store unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scenario_cli.hosts.deliver import attempts
from scenario_cli.hosts.deliver.deliver import Clock, Settings, too_old, unreachable
from scenario_cli.hosts.deliver.lanes import Lane
from scenario_cli.hosts.deliver.outcomes import Closed, Handed, Later
from scenario_cli.hosts.store.database import opened
from scenario_cli.model.delivery import Smtp
from scenario_cli.model.handing import DeliveryResult
from scenario_cli.model.waits import SECOND

_PART = 500  # rows that are read at a time


def look(path: Path, lanes: Sequence[Lane], settings: Settings, now: int) -> DeliveryResult:
    """The messages that a delivery would hand over. Raises `StoreError`."""
    limit, stale = settings.limit, settings.stale
    result = DeliveryResult("dry", [lane.result for lane in lanes])
    with opened(path, read_only=True) as store:
        for lane in lanes:
            ids, _ = attempts.waiting(store, lane.channel.name)
            room = len(ids) if limit is None else max(limit - sum(lane.result.fates["handed"] for lane in lanes), 0)
            for first in range(0, len(ids), _PART):
                for row in attempts.rows(store, ids[first : first + _PART]):
                    if (why := too_old(row, now, stale)) is not None:
                        lane.trouble(row.message_id, row.address, "stale", why)
                    elif lane.is_closed or lane.result.fates["handed"] >= room:
                        lane.count("left")
                    else:
                        lane.count("handed")
        by_name = {lane.channel.name: lane for lane in lanes}
        for open_ in attempts.unsettled(store):
            if open_.channel in by_name:
                by_name[open_.channel].result.again += 1
        if settings.all_channels:
            result.unreachable = unreachable(store, lanes)
    result.limited = limit is not None
    return result


def rehearse(path: Path, lanes: Sequence[Lane], limit: int, clock: Clock) -> DeliveryResult:
    """Sends waiting mail to the one address that the senders were made with; every message in the store stays
    unchanged.
    """
    mail = [lane for lane in lanes if isinstance(lane.channel.by, Smtp)]
    result = DeliveryResult("rehearsal", [lane.result for lane in mail], limited=True)
    with opened(path, read_only=True) as store:
        rows = [
            (lane, row)
            for lane in mail
            for row in attempts.rows(store, list(attempts.waiting(store, lane.channel.name)[0][:limit]))
        ]
    rows.sort(key=lambda pair: (pair[1].send_at, pair[1].id))
    try:
        for number, (lane, row) in enumerate(rows):
            if clock.stopping or lane.is_closed or number >= limit:
                lane.count("left")
                continue
            assert lane.sender is not None
            if lane.pace.next_at > clock.now():
                clock.sleep((lane.pace.next_at - clock.now()) / SECOND)
            outcome = lane.sender.ready() or lane.sender.send(row, clock.now())
            lane.pace.note_attempt(clock.now())
            if isinstance(outcome, Handed):
                lane.count("handed")
            elif isinstance(outcome, Later | Closed):
                lane.result.reason = outcome.answer
                lane.count("left")
            else:
                lane.trouble(row.message_id, row.address, "failed", outcome.answer)
    finally:
        for lane in mail:
            if lane.sender is not None:
                lane.sender.close()
    return result
