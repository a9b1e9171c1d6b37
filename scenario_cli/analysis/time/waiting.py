"""The length of a wait: least, most, usual, and from a known arrival on. Knows no clock and no contact."""

from __future__ import annotations

from dataclasses import replace

from scenario_cli.model.days import longest_gap
from scenario_cli.model.exits import Exit
from scenario_cli.model.expression import path_of
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.waits import DAY, HOUR, MINUTE, Duration, Wait

# The time after entry, in microseconds, and the time of day then, if every path there ends at one.
Arrival = tuple[int, int | None]

# Replaces the rest of a wait until a time of day, a day or an instant from data, which can be near or far.
UNTIL_A_TIME = 4 * HOUR


@dataclass(frozen=True, slots=True)
class Bounds:
    """A stretch of time in microseconds: it lasts at least `least` and at most `most`, None: without limit."""

    least: int
    most: int | None

    def __add__(self, other: Bounds) -> Bounds:
        ends = None if self.most is None or other.most is None else self.most + other.most
        return Bounds(self.least + other.least, ends)


AT_ONCE = Bounds(0, 0)
ANY_TIME = Bounds(0, None)

# A clock change can make a wait on the calendar this much shorter or longer than its bounds.
CLOCK_CHANGE = HOUR


def length(duration: Duration) -> Bounds:
    """A day has 24 hours here, a month 28 to 31 days, twelve of them 365 or 366; see `CLOCK_CHANGE`."""
    years, months = divmod(duration.months, 12)
    least = (years * 365 + months * 28 + duration.days) * DAY + duration.microseconds
    most = (years * 366 + months * 31 + duration.days) * DAY + duration.microseconds
    return Bounds(least, most)


# Instants that are known in every journey and are at its entry, or before it.
OF_ENTRY = (("journey", "entered_at"), ("trigger", "timestamp"))


def since_entry(wait: Wait) -> bool:
    """Whether a wait is a literal and counts from the entry."""
    forms = (wait.date, wait.length, wait.at_value)
    return wait.since is not None and path_of(wait.since.root) in OF_ENTRY and all(form is None for form in forms)


def bounds(wait: Wait) -> Bounds:
    """The length of a wait, from the instant at which its state is settled."""
    if wait.since is None:
        return counted_bounds(wait)
    return Bounds(0, counted_bounds(wait).most) if since_entry(wait) else ANY_TIME


def counted_bounds(wait: Wait) -> Bounds:
    """The length of a wait, from the instant from which it counts."""
    if wait.cron or wait.date is not None or wait.length is not None:
        return ANY_TIME
    days = longest_gap(wait.days)
    if wait.duration is None:
        return Bounds(0, days * DAY)
    base = length(wait.duration)
    assert base.most is not None
    if wait.at is None and wait.at_value is None:
        return Bounds(base.least, base.most + (days - 1) * DAY) if wait.days else base
    if not wait.duration.calendar_only:
        return Bounds(base.least, base.most + days * DAY)
    # The time of day is set on the day reached: up to a day before the end of the duration alone.
    earliest, latest = (wait.at * MINUTE,) * 2 if wait.at is not None else (0, DAY)
    return Bounds(max(base.least - DAY + earliest, 0), base.most + latest + (days - 1) * DAY)


def shortest(wait: Wait) -> int:
    """The usual least time of a wait, in microseconds; see `UNTIL_A_TIME`."""
    if wait.from_data or wait.duration is None:
        return UNTIL_A_TIME
    least = length(wait.duration).least
    if wait.at is not None and wait.duration.calendar_only:
        # From the last moment of a day to that time of the day reached.
        return max(least - DAY, 0) + wait.at * MINUTE
    return least


def latest_end(wait: Wait, arrival: Arrival) -> Arrival | None:
    """The latest end of a wait that begins at an arrival, and the time of day then, if that is known; None if it can
    last any time.
    """
    if since_entry(wait):
        since = latest_end(replace(wait, since=None), (0, None))
        return None if since is None else (max(since[0], arrival[0]), None)
    if wait.from_data or wait.cron:
        return None
    at, time = arrival
    extra_days = (longest_gap(wait.days) - 1) * DAY
    moved = length(wait.duration).most or 0 if wait.duration is not None else 0
    if wait.at is None:
        time_of_end = time if wait.duration is None or wait.duration.calendar_only else _later(time, moved)
        return at + moved + extra_days, time_of_end
    clock_time = wait.at * MINUTE
    if wait.duration is not None and wait.duration.calendar_only:
        return at + moved + extra_days + clock_time - (time or 0), clock_time
    time_reached = _later(time, moved)
    gap = DAY if time_reached is None else (clock_time - time_reached) % DAY
    if wait.duration is None and gap == 0:
        gap = DAY  # strictly later
    return at + moved + gap + extra_days, clock_time


def _later(time: int | None, span: int) -> int | None:
    return None if time is None else (time + span) % DAY


def latest_after(wait: Wait) -> int | None:
    """The latest end of a wait for a date, in microseconds after that date (before it: negative); None: at any time."""
    if wait.at_value is not None:
        return None
    day = DAY if wait.at is not None else 0
    if wait.days and not wait.back:
        day += (longest_gap(wait.days) - 1) * DAY
    if wait.duration is None:
        return day
    moved = length(wait.duration)
    return day - moved.least if wait.before else None if moved.most is None else moved.most + day


def is_sure(exit_: Exit) -> bool:
    """Whether a wait's exit is taken with any data, either when the wait is over or, if it is past, at once."""
    if exit_.wait is None or exit_.timeout is None or exit_.condition is not None or exit_.fallback is not None:
        return False
    return not exit_.wait.from_data or (since_entry(exit_.wait) and exit_.timeout.if_past != "never")
