"""Decides by quiet hours and caps whether a marketing message can leave at an instant, and when it can leave next."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from scenario_cli.engine.calendar import at_wall, midnight, wall_date, wall_of, weekday
from scenario_cli.engine.state import ContactState, CountedMessage, Function
from scenario_cli.engine.values import shown, time_of_day
from scenario_cli.model.waits import DAY, MINUTE

POLICY_PLACE = "policy"  # data warnings of the policy's own expressions are filed under it


@dataclass(frozen=True, slots=True)
class Picks:
    """Names that pick messages: every list must have one of a message's names, an empty list picks all."""

    channels: frozenset[str]
    programs: frozenset[str]
    scenarios: frozenset[str]
    tags: frozenset[str]

    def picks(self, message: CountedMessage) -> bool:
        return (
            (not self.channels or message.channel in self.channels)
            and (not self.programs or message.program in self.programs)
            and (not self.scenarios or message.scenario in self.scenarios)
            and (not self.tags or bool(message.tags & self.tags))
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """The messages that quiet hours or a cap concern: the picked ones without the `exempt` ones."""

    picked: Picks
    exempt: Picks | None

    def concerns(self, message: CountedMessage) -> bool:
        return self.picked.picks(message) and (self.exempt is None or not self.exempt.picks(message))


@dataclass(frozen=True, slots=True)
class CompiledQuietHours:
    reach: Reach
    start: int | Function | None
    end: int | Function | None
    days: tuple[int, ...]
    zone: ZoneInfo | None  # of the project; None: the contact's own


@dataclass(frozen=True, slots=True)
class CompiledCap:
    """A cap; if it `is_certain`, it has no condition, or a condition that leaves no warning."""

    text: str
    most: int
    period: str | int
    reach: Reach
    condition: Function | None
    is_certain: bool


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """`remembered` is how far back caps look, in microseconds. `about` remembers the quiet hours and caps that concern
    a message, by its channel, program, scenario and tags."""

    control_group: float
    quiet_hours: tuple[CompiledQuietHours, ...]
    caps: tuple[CompiledCap, ...]
    max_hold: int
    remembered: int
    about: dict[Any, tuple[tuple[CompiledQuietHours, ...], tuple[CompiledCap, ...]]] = field(
        default_factory=dict, compare=False
    )


def _about(
    policy: CompiledPolicy, message: CountedMessage
) -> tuple[tuple[CompiledQuietHours, ...], tuple[CompiledCap, ...]]:
    """The quiet hours and the caps that concern a message."""
    key = (message.channel, message.program, message.scenario, message.tags)
    rules = policy.about.get(key)
    if rules is None:
        rules = policy.about[key] = (
            tuple(quiet for quiet in policy.quiet_hours if quiet.reach.concerns(message)),
            tuple(cap for cap in policy.caps if cap.reach.concerns(message)),
        )
    return rules


def quiet_end(policy: CompiledPolicy, state: ContactState, message: CountedMessage, at: int) -> int | None:
    """The latest end of the quiet hours about the message at an instant; None outside of any."""
    latest: int | None = None
    for quiet in _about(policy, message)[0]:
        end = _window_end(quiet, state, at)
        if end is not None and (latest is None or end > latest):
            latest = end
    return latest


def _window_end(quiet: CompiledQuietHours, state: ContactState, at: int) -> int | None:
    """The end of the window around an instant; None outside of it."""
    hours = _hours(quiet, state)
    if hours is None:
        return None
    start, end = hours
    zone = quiet.zone or state.zone
    wall = wall_of(at, zone)
    today = wall - wall % DAY
    for day in (today - DAY, today):
        if quiet.days and weekday(day) not in quiet.days:
            continue
        window_end = (day if end > start else day + DAY) + end * MINUTE
        # Compared as wall times, which is also right in the hour that occurs twice and after a skipped hour.
        if day + start * MINUTE <= wall < window_end:
            local_end = at_wall(window_end, zone)
            return local_end if local_end > at else at + window_end - wall
    return None


def _hours(quiet: CompiledQuietHours, state: ContactState) -> tuple[int, int] | None:
    """The window's times in minutes after midnight; None, and a warning, if the data has no such time."""
    if isinstance(quiet.start, int) and isinstance(quiet.end, int):
        return quiet.start, quiet.end
    if quiet.start is None or quiet.end is None:
        return 0, 0  # the whole day
    times = []
    for edge in (quiet.start, quiet.end):
        value = edge if isinstance(edge, int) else edge(state)
        minutes = value if isinstance(edge, int) else time_of_day(value)
        if minutes is None:
            state.warn(
                POLICY_PLACE,
                "quiet_hours",
                f"{'missing' if value is None else shown(value)}: no time of day, so these quiet hours do not hold",
            )
            return None
        times.append(minutes)
    return times[0], times[1]


def caps_free(
    policy: CompiledPolicy,
    state: ContactState,
    message: CountedMessage,
    at: int,
    asked_at: int,
) -> tuple[int, str]:
    """The first instant from `at` on that every cap allows at present, and the cap that delayed it.

    The text names the cap and the messages that used it up. It is empty if no cap delayed the message.
    """
    free, detail = at, ""
    count = len(state.counted)
    for cap in _about(policy, message)[1]:
        if cap.is_certain or cap.condition is None:
            if count < cap.most:
                continue
        elif not cap.condition(state):
            continue
        used = _used_up_by(cap, state, at)
        # The condition of a certain cap does not matter before the cap is used up.
        if used is None or (cap.is_certain and cap.condition is not None and not cap.condition(state)):
            continue
        until = _free_again(cap, state, used, at, asked_at)
        if until > free:
            free = until
        if not detail:
            detail = f"{cap.text}: used up by {', '.join([sent.message_id for sent in used])}"
    return free, detail


# No period is so long, with any clock changes.
_LONGEST: Final = {"day": 3 * DAY, "week": 9 * DAY, "month": 33 * DAY}


def _used_up_by(cap: CompiledCap, state: ContactState, at: int) -> list[CountedMessage] | None:
    """The messages that use a cap up at an instant; None if one more can leave."""
    counted = state.counted  # in order of time
    if len(counted) < cap.most:
        return None
    if isinstance(cap.period, int):
        since = at - cap.period
    elif counted[-cap.most].at < at - _LONGEST[cap.period]:
        return None
    else:
        since = _period_start(cap.period, at, state) - 1
    if counted[-cap.most].at <= since:
        return None
    used = [sent for sent in counted if since < sent.at <= at and cap.reach.concerns(sent)]
    return used if len(used) >= cap.most else None


def _free_again(cap: CompiledCap, state: ContactState, used: list[CountedMessage], at: int, asked_at: int) -> int:
    """The instant at which a cap that is used up lets a message leave."""
    if isinstance(cap.period, int):
        return used[len(used) - cap.most].at + cap.period
    time_asked = wall_of(asked_at, state.zone) % DAY
    return at_wall(_next_period(cap.period, at, state) + time_asked, state.zone)


def _period_start(period: str, at: int, state: ContactState) -> int:
    return _begin_of(period, wall_of(at, state.zone) // DAY, state.zone)


@lru_cache(maxsize=16_384)
def _begin_of(period: str, day: int, zone: ZoneInfo) -> int:
    """The instant at which the period begins that a local day is in."""
    return at_wall(_first_day(period, day * DAY), zone)


def _first_day(period: str, wall: int) -> int:
    """The wall time at which the period begins that a wall time is in."""
    day = wall - wall % DAY
    if period == "week":
        return day - weekday(day) * DAY
    return midnight(wall_date(day).replace(day=1)) if period == "month" else day


def _next_period(period: str, at: int, state: ContactState) -> int:
    days = {"day": 1, "week": 7, "month": 32}[period]
    return _first_day(period, _first_day(period, wall_of(at, state.zone)) + days * DAY)


def may_leave_at(
    policy: CompiledPolicy,
    state: ContactState,
    message: CountedMessage,
    asked_at: int,
    latest: int,
    caps_delay: bool,
) -> int | None:
    """The earliest instant from now on that quiet hours allow, and caps too if they delay.

    None if that would be after `latest`.
    """
    at = state.now
    while at <= latest:
        next_free = quiet_end(policy, state, message, at)
        if next_free is None:
            free = caps_free(policy, state, message, at, asked_at)[0] if caps_delay else at
            if free == at:
                return at
            next_free = free
        at = next_free
    return None
