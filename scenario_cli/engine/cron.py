"""The times that five fields of cron name on a local clock, as instants. Reads no clock."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from croniter import croniter

from scenario_cli.engine.calendar import instant, wall_date, wall_of
from scenario_cli.engine.state import NEVER
from scenario_cli.model.waits import DAY

_MONTHS_AHEAD = 12 * 9  # 29 February comes back after eight years at the most
_MONTHS = range(2 * 12, 9_990 * 12)  # so far from either end of the calendar that a match can be looked for


@lru_cache(maxsize=65_536)
def next_match(fields: str, after: int, tz: ZoneInfo) -> int:
    """The first match that is strictly later, as an instant; `NEVER` if the calendar ends before.

    A local time that a clock change skips is moved on by the length of the gap, a local time that occurs twice is the
    first, and two matches at one instant count as one. All contacts ask after the same ticks, so the answers are
    remembered.
    """
    month = _month_of(after, tz)
    for ahead in range(-1, _MONTHS_AHEAD):
        matches = _of_month(fields, month + ahead, tz)
        index = bisect_right(matches, after)
        if index < len(matches):
            # This month's last match can have been moved past the next month's first.
            following = _of_month(fields, month + ahead + 1, tz)
            return min(match for match in (matches[index], *following[:1]) if match > after)
    return NEVER


def last_match(fields: str, at: int, tz: ZoneInfo) -> int:
    """The last match that is not later than an instant; `-NEVER` if there is none within nine years."""
    month = _month_of(at, tz)
    for months_back in range(-1, _MONTHS_AHEAD):
        matches = _of_month(fields, month - months_back, tz)
        index = bisect_right(matches, at)
        if index:
            return matches[index - 1]
    return -NEVER


def _month_of(at: int, tz: ZoneInfo) -> int:
    """The month in which an instant is on a local clock, counted from the year 0."""
    return _month_of_day(wall_of(at, tz) // DAY)


@lru_cache(maxsize=8_192)
def _month_of_day(day: int) -> int:
    local_date = wall_date(day * DAY)
    return local_date.year * 12 + local_date.month - 1


@lru_cache(maxsize=512)
def _of_month(fields: str, month: int, tz: ZoneInfo) -> list[int]:
    """The instants of all matches whose wall time is in a month, in order."""
    if month not in _MONTHS:
        return []
    start = datetime(month // 12, month % 12 + 1, 1)
    end = datetime((month + 1) // 12, (month + 1) % 12 + 1, 1)
    instants: set[int] = set()
    matches = croniter(fields, start - timedelta(seconds=1))
    while (wall := matches.get_next(datetime)) < end:
        instants.add(instant(wall, tz))
    return sorted(instants)
