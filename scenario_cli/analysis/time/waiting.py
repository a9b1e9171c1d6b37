"""How long a wait lasts, at least and at most, whatever the instant it begins at. Knows no clock and no contact."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from scenario_cli.model.exits import Exit
from scenario_cli.model.waits import DAY, HOUR, MINUTE, Duration, Wait


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

# By so much a clock change may make a wait on the calendar shorter or longer than its bounds say.
CLOCK_CHANGE = HOUR


def length(duration: Duration) -> Bounds:
    """A day has 24 hours here, a month 28 to 31 days, twelve of them 365 or 366; see `CLOCK_CHANGE`."""
    years, months = divmod(duration.months, 12)
    least = (years * 365 + months * 28 + duration.days) * DAY + duration.microseconds
    most = (years * 366 + months * 31 + duration.days) * DAY + duration.microseconds
    return Bounds(least, most)


def bounds(wait: Wait) -> Bounds:
    """How long a wait lasts, from the instant at which its state is settled."""
    if wait.cron or wait.date is not None or wait.length is not None:
        return ANY_TIME
    days = longest_gap(wait.days)
    if wait.duration is None:
        return Bounds(0, days * DAY)
    plain = length(wait.duration)
    assert plain.most is not None
    if wait.at is None and wait.at_value is None:
        return Bounds(plain.least, plain.most + (days - 1) * DAY) if wait.days else plain
    if not wait.duration.calendar_only:
        return Bounds(plain.least, plain.most + days * DAY)
    # The time of day is set on the day reached: up to a day back from where the duration alone leads.
    earliest, latest = (wait.at * MINUTE,) * 2 if wait.at is not None else (0, DAY)
    return Bounds(max(plain.least - DAY + earliest, 0), plain.most + latest + (days - 1) * DAY)


def is_sure(one: Exit) -> bool:
    """Whether a wait's exit is taken whatever the data says, once the wait is over."""
    return one.wait is not None and one.condition is None and one.fallback is None and not one.wait.from_data


def longest_gap(days: tuple[int, ...]) -> int:
    """The most days from any day to the next of these, that day counted."""
    if not days:
        return 1
    around = [*sorted(days), min(days) + 7]
    return max(after - before for before, after in itertools.pairwise(around))
