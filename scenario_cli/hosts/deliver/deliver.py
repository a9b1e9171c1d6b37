"""Hands over the outbox of a store, all channels at once, in slices between which a run can write to the store.

Every attempt is written down before it begins and after it ends, so that a killed delivery leaves the fate of at most
one message open (of one file, if it writes files). The clock and sleeping are the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from scenario_cli.engine.calendar import UTC, local, zone
from scenario_cli.hosts.deliver import attempts
from scenario_cli.hosts.deliver.files import MOST_ROWS, file_of, write
from scenario_cli.hosts.deliver.lanes import Lane
from scenario_cli.hosts.deliver.outcomes import Closed, Handed, Later, Outcome, Outgoing, Refused, Uncertain
from scenario_cli.hosts.deliver.settling import NOT_AGAIN, settle
from scenario_cli.hosts.store.database import Store, opened
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.lock import locked
from scenario_cli.model.delivery import FileDrop
from scenario_cli.model.handing import DeliveryResult
from scenario_cli.model.waits import SECOND

ROLE = "deliver"  # the lock that keeps a second delivery out
_SLICE = SECOND  # how long the store is held
_GAP = 0.15  # seconds between two slices, in which anyone who waits for the store gets it
_MOST_ANSWERS = 20  # of 'later' for one message, after which it has failed


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> int:
        """Microseconds since 1970-01-01 UTC."""
        ...

    def sleep(self, seconds: float) -> None: ...

    @property
    def stopping(self) -> bool:
        """Whether the user asked to end: running attempts are finished, and nothing else begins."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """`stale` is the longest time after its due time that a message can leave, in microseconds; `limit` is the most
    messages to try.

    `all_channels` is true if the lanes are all that the project has: then messages on others are missed.
    """

    root: Path
    timezone: str
    stale: int
    limit: int | None = None
    all_channels: bool = True


def deliver(
    path: Path, lanes: Sequence[Lane], settings: Settings, clock: Clock, note: Callable[[str], None]
) -> DeliveryResult:
    """Hands over the waiting messages of a store. `note` gets the reason for waiting once.

    Raises `StoreError` if nothing can begin.
    """
    handing = _Handing(path, lanes, settings, clock, note)
    with locked(path, "deliver", role=ROLE):
        try:
            return handing.result()
        finally:
            for lane in lanes:
                if lane.sender is not None:
                    lane.sender.close()


def too_old(row: Outgoing, now: int, stale: int) -> str | None:
    """The reason why a message is not handed over any more; None if it is handed over."""
    if row.expires_at is not None and now > row.expires_at:
        return "its 'expires' has passed"
    return "it is older than --stale" if now > row.send_at + stale else None


def unreachable(store: Store, lanes: Sequence[Lane]) -> dict[str, int]:
    """The number of messages that wait on each channel without a lane."""
    names = {lane.channel.name for lane in lanes}
    return {name: count for name, count in attempts.waiting_by_channel(store).items() if name not in names}


class _Handing:
    """One delivery running."""

    def __init__(
        self, path: Path, lanes: Sequence[Lane], settings: Settings, clock: Clock, note: Callable[[str], None]
    ) -> None:
        self.path, self.settings, self.clock, self.note = path, settings, clock, note
        self.lanes = lanes
        self.tried = 0
        self.has_noted_wait = False

    def result(self) -> DeliveryResult:
        with self._store() as store:
            settle(store, {lane.channel.name: lane for lane in self.lanes}, self.clock.now())
            for lane in self.lanes:
                lane.load(attempts.waiting(store, lane.channel.name))
            missed = unreachable(store, self.lanes) if self.settings.all_channels else {}
        while not self._is_over():
            with self._store() as store:
                self._slice(store)
            self._leave_store()
        for lane in self.lanes:
            lane.count("left", lane.remaining)
            lane.result.postponed = lane.not_now if lane.again and not lane.is_closed else ""
        return DeliveryResult("delivery", [lane.result for lane in self.lanes], missed, limited=self._at_limit())

    @contextmanager
    def _store(self) -> Iterator[Store]:
        """The store, as soon as no other process writes to it."""
        if not self.has_noted_wait:
            try:
                with locked(self.path, "deliver"):
                    pass
            except StoreError as error:
                self.has_noted_wait = True
                self.note(f"waiting: {error.message}")
        with locked(self.path, "deliver", wait=float("inf")), opened(self.path) as store:
            yield store

    def _at_limit(self) -> bool:
        return self.settings.limit is not None and self.tried >= self.settings.limit

    def _next(self) -> tuple[int, Lane] | None:
        """The lane that can go first, and when."""
        now = self.clock.now()
        ready = [(max(at, now), lane.first_time(), number, lane) for number, lane in enumerate(self.lanes)
                 if (at := lane.next_at()) is not None]  # fmt: skip
        if not ready:
            return None
        at, _, _, lane = min(ready)
        return at, lane

    def _is_over(self) -> bool:
        return self.clock.stopping or self._at_limit() or self._next() is None

    def _leave_store(self) -> None:
        """Leaves the store to others, at least for a moment."""
        following = self._next()
        if following is not None and not self._is_over():
            self.clock.sleep(max(_GAP, (following[0] - self.clock.now()) / SECOND))

    def _slice(self, store: Store) -> None:
        end = self.clock.now() + _SLICE
        while not self._is_over():
            following = self._next()
            now = self.clock.now()
            if following is None or following[0] > end or now > end:
                return
            at, lane = following
            if at > now:
                self.clock.sleep((at - now) / SECOND)
            elif lane.writes_files:
                self._write_file(store, lane)
                return
            else:
                self._send(store, lane)

    def _send(self, store: Store, lane: Lane) -> None:
        now = self.clock.now()
        row = attempts.row(store, lane.take(now))
        if row is None:  # withdrawn by a run in the meantime
            return
        if (why := too_old(row, now, self.settings.stale)) is not None:
            self._drop_stale(store, lane, [row], why)
            return
        assert lane.sender is not None
        obstacle = lane.sender.ready()
        if obstacle is not None:
            self._hinder(lane, row, obstacle)
            return
        (attempt,) = attempts.begin(store, (row.id,), now)
        self.tried += 1
        outcome = lane.sender.send(row, now)
        lane.pace.note_attempt(now)
        self._end(store, lane, row, attempt, outcome)

    def _end(self, store: Store, lane: Lane, row: Outgoing, attempt: int, outcome: Outcome) -> None:
        now = self.clock.now()

        def end(status: str, result: str, answer: str) -> None:
            attempts.end(store, ((row.id, attempt),), now, status, result, answer)

        match outcome:
            case Handed(answer):
                end("handed", "handed", answer)
                lane.pace.succeeded()
                lane.count("handed")
            case Refused(answer):
                end("failed", "failed", answer)
                lane.pace.succeeded()
                lane.trouble(row.message_id, row.address, "failed", answer)
            case Uncertain(answer) if lane.channel.on_uncertain == "skip":
                answer = f"{answer}: {NOT_AGAIN}"
                end("failed", "uncertain", answer)
                lane.trouble(row.message_id, row.address, "skipped", answer)
            case Uncertain(answer):
                end("pending", "uncertain", answer)
                lane.result.again += 1
                self._hinder(lane, row, Later(answer))
            case Later(answer, _, answered) if answered and attempts.answers(store, row.id) + 1 >= _MOST_ANSWERS:
                answer = f"stopped after {_MOST_ANSWERS} attempts: {answer}"
                end("failed", "failed", answer)
                lane.trouble(row.message_id, row.address, "failed", answer)
            case Later(answer, _, answered):
                end("pending", "later" if answered else "unreached", answer)
                self._hinder(lane, row, outcome)
            case Closed(answer):
                end("pending", "closed", answer)
                self._hinder(lane, row, outcome)

    def _hinder(self, lane: Lane, row: Outgoing, obstacle: Later | Closed) -> None:
        """Puts a message back. After a pause it is tried again, or the channel is given up."""
        now = self.clock.now()
        if isinstance(obstacle, Later):
            lane.pace.failed(now, obstacle.after)
            lane.not_now = obstacle.answer
        if isinstance(obstacle, Closed) or lane.pace.is_out(now):
            lane.result.reason = obstacle.answer
        lane.put_back(row, lane.pace.next_at)

    def _drop_stale(self, store: Store, lane: Lane, rows: Sequence[Outgoing], why: str) -> None:
        attempts.make_stale(store, [row.id for row in rows], self.clock.now(), why)
        for row in rows:
            lane.trouble(row.message_id, row.address, "stale", why)

    def _write_file(self, store: Store, lane: Lane) -> None:
        assert isinstance(lane.channel.by, FileDrop)
        now = self.clock.now()
        most = MOST_ROWS if self.settings.limit is None else min(MOST_ROWS, self.settings.limit - self.tried)
        rows: list[Outgoing] = []
        for row in attempts.rows(store, lane.take_many(most)):
            why = too_old(row, now, self.settings.stale)
            if why is not None:
                self._drop_stale(store, lane, [row], why)
            else:
                rows.append(row)
        if not rows:
            return
        self.tried += len(rows)
        day = local(now, zone(self.settings.timezone) or UTC).date()
        number = int(store.value("SELECT coalesce(max(id), 0) + 1 FROM attempts"))
        target = file_of(self.settings.root / lane.channel.by.path, day, number)
        ids = [row.id for row in rows]
        begun_attempts = list(zip(ids, attempts.begin(store, ids, now, str(target)), strict=True))
        try:
            write(rows, target)
        except OSError as error:
            reason = f"{target} cannot be written: {error.strerror or error}"
            attempts.end(store, begun_attempts, self.clock.now(), "pending", "closed", reason)
            lane.result.reason = reason
            for row in rows:
                lane.put_back(row, now)
            return
        attempts.end(store, begun_attempts, self.clock.now(), "handed", "handed", str(target))
        lane.count("handed", len(rows))
        lane.result.files.append(str(target))
