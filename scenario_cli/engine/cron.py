"""The times that five fields of cron name on a local clock, as instants. Reads no clock."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from croniter import croniter

from scenario_cli.engine.calendar import instant, local
from scenario_cli.engine.state import NEVER

_MONTHS_AHEAD = 12 * 9  # 29 February comes back after eight years at the most
_MONTHS = range(2 * 12, 9_990 * 12)  # so far from either end of the calendar that a match can be looked for


def next_match(fields: str, after: int, tz: ZoneInfo) -> int:
    """The first match that is strictly later, as an instant; `NEVER` if the calendar ends before.

    A local time that a clock change skips is moved on by the length of the gap, one that occurs twice is the
    first, and two matches that fall on one instant are one.
    """
    wall = local(after, tz)
    month = wall.year * 12 + wall.month - 1
    for ahead in range(-1, _MONTHS_AHEAD):
        matches = _of_month(fields, month + ahead, tz)
        index = bisect_right(matches, after)
        if index < len(matches):
            # This month's last may have been moved past the next month's first.
            following = _of_month(fields, month + ahead + 1, tz)
            return min(match for match in (matches[index], *following[:1]) if match > after)
    return NEVER


def last_match(fields: str, at: int, tz: ZoneInfo) -> int:
    """The last match that is not later than an instant; `-NEVER` if there is none within nine years."""
    wall = local(at, tz)
    month = wall.year * 12 + wall.month - 1
    for months_back in range(-1, _MONTHS_AHEAD):
        matches = _of_month(fields, month - months_back, tz)
        index = bisect_right(matches, at)
        if index:
            return matches[index - 1]
    return -NEVER


@lru_cache(maxsize=512)
def _of_month(fields: str, month: int, tz: ZoneInfo) -> list[int]:
    """The instants of all matches whose wall time lies in a month, in order."""
    if month not in _MONTHS:
        return []
    start = datetime(month // 12, month % 12 + 1, 1)
    end = datetime((month + 1) // 12, (month + 1) % 12 + 1, 1)
    instants: set[int] = set()
    matches = croniter(fields, start - timedelta(seconds=1))
    while (wall := matches.get_next(datetime)) < end:
        instants.add(instant(wall, tz))
    return sorted(instants)
