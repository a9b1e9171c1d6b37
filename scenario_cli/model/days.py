"""Days on which something falls: of the week, or of the month. Knows no clock."""

from __future__ import annotations

import calendar
import itertools
from datetime import date
from functools import lru_cache

from scenario_cli.model.value_class import dataclass

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = tuple(range(7))
WORKING_DAYS = EVERY_DAY[:5]

# In these years two months have followed each other in every form that they can have.
_CYCLE = range(2000, 2029)


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """One day of each month: the `number`-th of those whose day of the week is `among` them, Monday 0.

    A negative `number` counts from the end of the month. `day 31` is the 31st day: a shorter month has no such day.
    """

    number: int
    among: tuple[int, ...] = EVERY_DAY


# A day of the week, Monday 0, or of the month. In a tuple of days, days of the week come first.
Day = int | DayOfMonth


@lru_cache(maxsize=4_096)
def in_month(day: DayOfMonth, year: int, month: int) -> int | None:
    """The day of a month, from 1; None if the month has no such day."""
    first, length = calendar.monthrange(year, month)
    candidates = [number + 1 for number in range(length) if (first + number) % 7 in day.among]
    index = day.number - 1 if day.number > 0 else day.number
    return candidates[index] if -len(candidates) <= index < len(candidates) else None


def falls_on(day: date, days: tuple[Day, ...]) -> bool:
    """Whether a date is one of these days; any date is, if no day is named."""
    if not days or day.weekday() in days:
        return True
    return any(in_month(rule, day.year, day.month) == day.day for rule in days if isinstance(rule, DayOfMonth))


def weekdays_of(days: tuple[Day, ...]) -> tuple[int, ...]:
    """The days of the week, Monday 0, on which any of these days can fall; all seven if no day is named."""
    if not days:
        return EVERY_DAY
    return tuple(
        sorted({number for rule in days for number in (rule.among if isinstance(rule, DayOfMonth) else (rule,))})
    )


@lru_cache(maxsize=256)
def longest_gap(days: tuple[Day, ...]) -> int:
    """The most days from any day to the next of these, that day counted."""
    if not days:
        return 1
    of_week = [day for day in days if isinstance(day, int)]
    if of_week:
        # Some weeks have no other day than these.
        return max(after - before for before, after in itertools.pairwise((*of_week, of_week[0] + 7)))
    of_month = [rule for rule in days if isinstance(rule, DayOfMonth)]
    dates = {
        date(year, month, day).toordinal()
        for year in _CYCLE
        for month in range(1, 13)
        for rule in of_month
        if (day := in_month(rule, year, month)) is not None
    }
    return max(after - before for before, after in itertools.pairwise(sorted(dates)))
