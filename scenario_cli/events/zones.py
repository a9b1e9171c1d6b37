"""A time zone's offsets from the tzdata package, as SQL that turns local clock readings into UTC. Reads no rows.

The database's own zone data differs from version to version; the tzdata package is the one that the
project pins, so the same export gives the same instants on every machine.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from scenario_cli.events.errors import ExportError
from scenario_cli.events.sql_text import constant_list
from scenario_cli.model.diagnostic import did_you_mean

# Times on a local clock, so without a zone. The timestamps' own bounds are within.
_EPOCH = datetime(1970, 1, 1)
_FIRST, _LAST = datetime(1899, 12, 1), datetime(2100, 2, 1)
_DAY, _ONE_SECOND = timedelta(days=1), timedelta(seconds=1)
# In microseconds, about.
_HALF = 180 * 86_400_000_000


def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name, from the tzdata package."""
    try:
        with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
            return ZoneInfo.from_file(data, key=name)
    except (OSError, ValueError):
        pass
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        suggestion = did_you_mean(name, available_timezones()).split("? ")
        hint = f"{suggestion[0]}?" if len(suggestion) > 1 else "use an IANA name such as 'Europe/Paris'"
        raise ExportError(f"unknown time zone '{name}'", hint) from None


def utc_offset_sql(name: str, local: str) -> str:
    """SQL for the difference to subtract from `local`, microseconds on that zone's clock, to get microseconds UTC.

    A local time that a clock change skips moves on by the gap; a time that occurs twice is the first.
    """
    first, changes = _offset_changes(name)
    return _offset_sql(local, changes, first)


@lru_cache(maxsize=8)
def _offset_changes(name: str) -> tuple[int, list[tuple[int, int]]]:
    """The first offset, and the local times from which other offsets apply, in microseconds.

    Looks at every day and halves the days between whose ends the offset changed, down to the second. Python handles a
    local time (`fold` 0) as needed: with the offset from before the change, if it is skipped or occurs twice (PEP 495).
    """
    offset_at = zone(name).utcoffset
    day, end = _FIRST, _LAST
    offset = offset_at(day)
    first, changes = _microseconds(offset), []
    while day < end:
        if (following := offset_at(day + _DAY)) != offset:
            before, change = day, day + _DAY
            while change - before > _ONE_SECOND:
                middle = before + (change - before) // _ONE_SECOND // 2 * _ONE_SECOND
                before, change = (middle, change) if offset_at(middle) == offset else (before, middle)
            changes.append((_microseconds(change - _EPOCH), _microseconds(following)))
            offset = following
        day += _DAY
    return first, changes


def _microseconds(length: timedelta | None) -> int:
    return (length or timedelta()) // timedelta(microseconds=1)


def _offset_sql(reading: str, changes: list[tuple[int, int]], before: int) -> str:
    """The offset by the number of changes up to the reading: those before its half year, and the few within it."""
    if not changes:
        return str(before)
    starts, offsets = [start for start, _ in changes], [before, *(offset for _, offset in changes)]
    first, last = starts[0], starts[-1]
    earlier = [bisect_left(starts, first + half * _HALF) for half in range((last - first) // _HALF + 1)]
    most = max(after - before for before, after in pairwise([*earlier, len(starts)]))
    # The clamped reading: the distance of any other can be too long for a number.
    half = f"(greatest(least({reading}, {last}), {first}) - {first}) // {_HALF}"
    number = f"{constant_list(str(earlier), 'BIGINT[]')}[{half} + 1]"
    listed = constant_list(str(starts), "BIGINT[]")
    within = (
        f" + CASE WHEN {listed}[{number} + {place}] <= {reading} THEN 1 ELSE 0 END" for place in range(1, most + 1)
    )
    return f"{constant_list(str(offsets), 'BIGINT[]')}[{number}{''.join(within)} + 1]"


def local_offset_sql(name: str, utc: str) -> str:
    """SQL for the difference to add to `utc`, microseconds UTC, to get microseconds on that zone's clock."""
    first, changes = _offset_changes(name)
    before, boundaries = first, []
    for reading, after in changes:
        # The change is dated by the clock before it; for a gap, by the first time after it.
        boundaries.append((reading - max(before, after), after))
        before = after
    return _offset_sql(utc, boundaries, first)
