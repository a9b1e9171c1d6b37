"""Local clocks: instants to wall time and back, and when a wait is due. Reads no clock of its own.

Instants are microseconds since 1970-01-01 UTC. Rules for clock changes: a local time that is skipped is
moved on by the length of the gap; one that occurs twice means the first.
"""

from __future__ import annotations

import calendar
from datetime import datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from scenario_cli.model.waits import Duration, Wait

UTC = ZoneInfo("UTC")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@lru_cache(maxsize=1_024)
def zone(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name, from the tzdata package whatever the system has; None if unknown."""
    parts = name.split("/")
    if not name or any(part in ("", ".", "..") or part.endswith((".tab", ".zi", ".py")) for part in parts):
        return None
    try:
        with files("tzdata.zoneinfo").joinpath(*parts).open("rb") as data:
            return ZoneInfo.from_file(data, key=name)
    except (OSError, ValueError):  # no such file, a folder, a name that no file can have, no zone in it
        return None


def local(at: int, tz: ZoneInfo) -> datetime:
    """An instant on a local clock."""
    return (_EPOCH + timedelta(microseconds=at)).astimezone(tz)


def instant(wall: datetime, tz: ZoneInfo) -> int:
    """The instant at which a local clock shows this time (of which the zone, if any, is ignored)."""
    # PEP 495: with fold=0 a skipped time is read with the offset before the gap, a doubled one as the first.
    return (wall.replace(tzinfo=tz, fold=0) - _EPOCH) // _MICROSECOND


def to_instant(moment: datetime) -> int:
    """The instant of a date-time that knows its zone."""
    return (moment - _EPOCH) // _MICROSECOND


def add(duration: Duration, at: int, tz: ZoneInfo) -> int:
    """The instant a duration later: months, then days on the local calendar, then what elapses."""
    if duration.months or duration.days:
        at = instant(_on_calendar(duration, at, tz), tz)
    return at + duration.microseconds


def around(at: int, duration: Duration | None, before: bool, time_of_day: int | None, tz: ZoneInfo) -> int:
    """An instant from data, moved by a duration, forwards or `before` it, and then to a time of its local day."""
    if duration is not None:
        wall = _on_calendar(duration, at, tz, -1 if before else 1) if duration.calendar else None
        at = at if wall is None else instant(wall, tz)
        at += -duration.microseconds if before else duration.microseconds
    if time_of_day is None:
        return at
    return instant(datetime.combine(local(at, tz).date(), _time(time_of_day)), tz)


def next_time(earliest: int, time_of_day: int, tz: ZoneInfo) -> int:
    """The first instant not before `earliest` at which the clock shows a time, in minutes after midnight."""
    return _on_day(datetime.combine(local(earliest, tz).date(), _time(time_of_day)), (), earliest, tz)


def _on_calendar(duration: Duration, at: int, tz: ZoneInfo, way: int = 1) -> datetime:
    wall = local(at, tz).replace(tzinfo=None)
    if duration.months:
        months = wall.year * 12 + wall.month - 1 + way * duration.months
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        wall = wall.replace(year=year, month=month + 1, day=min(wall.day, last))
    return wall + timedelta(days=way * duration.days)


def due(wait: Wait, begin: int, tz: ZoneInfo) -> int:
    """When a wait that begins at an instant is due; always later than that."""
    duration = wait.duration
    if duration is None:
        return _next_time(begin + 1, wait, tz)
    if not duration.calendar_only:
        reached = add(duration, begin, tz)
        if wait.at is not None:
            return _next_time(reached, wait, tz)
        if wait.days:
            wall = local(reached, tz)
            if wall.weekday() not in wait.days:
                return _on_day(wall, wait.days, reached, tz)
        return reached
    wall = _on_calendar(duration, begin, tz)
    if wait.at is not None:
        wall = datetime.combine(wall.date(), _time(wait.at))
    return _on_day(wall, wait.days, begin + 1, tz)


def due_again(wait: Wait, begin: int, now: int, tz: ZoneInfo) -> int:
    """When a wait is due once the contact's zone has become another: worked out anew from its beginning.

    Where that is past, a plain duration is due now, a time of day or a day of the week at its next match.
    """
    moment = due(wait, begin, tz)
    if moment >= now:
        return moment
    if wait.at is not None:
        return _next_time(now + 1, wait, tz)
    if wait.days:
        time_of_day = local(moment, tz).time()
        return _on_day(datetime.combine(local(now, tz).date(), time_of_day), wait.days, now + 1, tz)
    return now


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _next_time(earliest: int, wait: Wait, tz: ZoneInfo) -> int:
    """The first instant not before `earliest` at which the clock shows the wait's time on one of its days."""
    assert wait.at is not None
    return _on_day(datetime.combine(local(earliest, tz).date(), _time(wait.at)), wait.days, earliest, tz)


def _on_day(wall: datetime, days: tuple[int, ...], earliest: int, tz: ZoneInfo) -> int:
    """The wall time on the first of the days, from its own date on, whose instant is not before `earliest`."""
    while (days and wall.weekday() not in days) or instant(wall, tz) < earliest:
        wall += timedelta(days=1)
    return instant(wall, tz)


def read_datetime(text: str, tz: ZoneInfo) -> datetime | None:
    """A date or date-time in data, on the local clock; None where the text is neither."""
    written = text.strip()
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return local(instant(moment, tz), tz)
    return moment.astimezone(tz)
