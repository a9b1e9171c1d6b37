"""Calculates which segments a contact is in: once after each event that can change it, or at each tick of the clock.

An event can change a membership by giving the profile another value, or by feeding a metric or past-event call that the
segment reads; if time alone can change it, so does a tick of the project's clock. Between these, membership stays as it
was last calculated. Because most memberships are rarely read, each is calculated at its first reading, for the instant
at which it was last due. It has an instant until which it is certain (see `engine.standing`), and is not calculated
again before.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final
from zoneinfo import ZoneInfo

from scenario_cli.engine.cron import last_match, next_match
from scenario_cli.engine.state import NEVER, Condition, ContactState, Membership
from scenario_cli.model.budget import pause, resume

_MOST_TICKS: Final = 65_536  # the most that are remembered: seven years of an hourly clock

# The segments of a trigger that a contact has entered (true) or left.
Memberships = tuple[tuple[str, bool], ...]


class Clock:
    """The project's clock, at whose ticks the segments that time can change are calculated.

    Every contact and every segment asks for the same ticks. So the tick after each is remembered, and so are all ticks
    from the earliest ever requested to the latest.
    """

    __slots__ = ("_following", "_ticks", "fields", "tz")

    def __init__(self, fields: str, tz: ZoneInfo) -> None:
        self.fields = fields
        self.tz = tz
        self._following: dict[int, int] = {}
        self._ticks: list[int] = []

    def next(self, after: int) -> int:
        return next_match(self.fields, after, self.tz)

    def first(self, since: int) -> int:
        """The first tick that is not earlier than an instant."""
        return self.following(since - 1)

    def following(self, tick: int) -> int:
        """The first tick after a tick or another instant."""
        next_tick = self._following.get(tick)
        if next_tick is None:
            if len(self._following) >= _MOST_TICKS:
                self._following.clear()
            next_tick = self._following[tick] = self.next(tick)
        return next_tick

    def last(self, at: int) -> int:
        """The last tick that is not later than an instant."""
        ticks = self._ticks
        if not ticks or at < ticks[0]:
            self._begin_at(last_match(self.fields, at, self.tz))
        while ticks and ticks[-1] <= at and len(ticks) < _MOST_TICKS:
            ticks.append(self.following(ticks[-1]))
        if not ticks or not ticks[0] <= at < ticks[-1]:
            return last_match(self.fields, at, self.tz)
        return ticks[bisect_right(ticks, at) - 1]

    def _begin_at(self, tick: int) -> None:
        """Remembers all ticks from an earlier one on, if these are not too many."""
        earlier = [tick] if tick > -NEVER else []
        while earlier and self._ticks and earlier[-1] < self._ticks[0]:
            if len(earlier) + len(self._ticks) > _MOST_TICKS:
                return
            earlier.append(self.following(earlier[-1]))
        self._ticks[:0] = earlier[:-1] if self._ticks else earlier


class Segment:
    """One segment; `clock` is None if only an event can change its members. It is `compared` if its change is a
    trigger. If it `is_quiet`, it can leave no data warning, and takes no work that counts.
    """

    __slots__ = ("clock", "compared", "holds", "identity", "is_quiet", "name")

    def __init__(self, name: str, identity: str, holds: Condition, clock: Clock | None, is_quiet: bool = False) -> None:
        self.is_quiet = is_quiet
        self.name = name
        self.identity = identity
        self.holds = holds
        self.clock = clock
        self.compared = False

    def read(self, state: ContactState) -> bool:
        """Whether the contact is in the segment, as last computed."""
        now, membership = state.now, state.members.get(self.name)
        if membership is None or now >= membership.until:
            at = state.refreshed_at.get(self.name, state.known_at) or 0
            if self.clock is not None and now > at:
                at = max(at, self.clock.last(now))
            if membership is None or membership.at != at:
                if self.is_quiet:
                    until = state.until
                    state.now, state.until = at, NEVER
                    inside = self.holds(state)
                    membership = Membership(at, inside, NEVER if self.clock is None else state.until)
                    state.now, state.until = now, until
                else:
                    membership = self._worked_out(state, at)
                state.members[self.name] = membership
        if membership.until < state.until:
            state.until = membership.until
        return membership.inside

    def _worked_out(self, state: ContactState, at: int) -> Membership:
        """The answer of a segment that can leave a data warning."""
        now, until = state.now, state.until
        state.now, state.until = at, NEVER
        records = state.records
        before = len(records)
        paused_work = pause()  # the first reader must not pay for an answer that is remembered
        inside = self.holds(state)
        resume(paused_work)
        stands_until = NEVER if self.clock is None else state.until
        state.now, state.until = now, until
        if len(records) > before:
            stands_until = at  # a segment that warns is calculated at each tick, so that each tick warns
            for warning in records[before:]:
                warning.at = now  # records are in order of time
        return Membership(at, inside, stands_until)

    def look_again(self, state: ContactState) -> None:
        """Lets membership be calculated again, after the present event."""
        state.refreshed_at[self.name] = state.now
        state.members.pop(self.name, None)

    def stands(self, state: ContactState) -> bool:
        """Whether the last answer is certain to be valid at present, if the contact has not changed since."""
        membership = state.members.get(self.name)
        return membership is not None and state.now < membership.until
