"""Local clocks: instants to wall time and back, and when a wait is due. Reads no clock of its own.

Instants are microseconds since 1970-01-01 UTC; a wall time is the time that a local clock shows, in microseconds since
its 1970-01-01 00:00. Rules for clock changes: a local time that is skipped is moved on by the length of the gap; a
local time that occurs twice means the first.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from scenario_cli.model.dates import read_date
from scenario_cli.model.days import Day, falls_on
from scenario_cli.model.waits import DAY, MINUTE, SECOND, Duration, Wait

UTC: Final = ZoneInfo("UTC")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WALL_EPOCH: Final = datetime(1970, 1, 1)
_WALL_EPOCH_ORDINAL: Final = _WALL_EPOCH.toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)
_MONDAY: Final = 3  # 1970-01-01 was a Thursday


@lru_cache(maxsize=1_024)
def zone(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name, from the tzdata package independent of the system; None if unknown."""
    parts = name.split("/")
    if not name or any(part in ("", ".", "..") or part.endswith((".tab", ".zi", ".py")) for part in parts):
        return None
    try:
        with files("tzdata.zoneinfo").joinpath(*parts).open("rb") as data:
            return ZoneInfo.from_file(data, key=name)
    except (OSError, ValueError):  # no such file, a folder, an impossible file name, or no zone in the file
        return None


@lru_cache(maxsize=4_096)
def local(at: int, tz: ZoneInfo) -> datetime:
    """An instant on a local clock. Ticks are the same for many contacts, and several metrics can read one event's."""
    seconds, microseconds = divmod(at, SECOND)
    moment = datetime.fromtimestamp(seconds, tz)
    return moment.replace(microsecond=microseconds) if microseconds else moment


def instant(wall: datetime, tz: ZoneInfo) -> int:
    """The instant at which a local clock shows this time; the time's own zone is ignored."""
    # PEP 495: with fold=0 a skipped time is read with the offset before the gap, a doubled one as the first.
    return (wall.replace(tzinfo=tz, fold=0) - _EPOCH) // _MICROSECOND


def to_instant(moment: datetime) -> int:
    """The instant of a date-time that knows its zone."""
    return (moment - _EPOCH) // _MICROSECOND


# Instants that every clock can show, with a day to spare.
_FIRST = to_instant(datetime(1, 1, 3, tzinfo=UTC))
_LAST = to_instant(datetime(9999, 12, 29, tzinfo=UTC))

_FIRST_DAY = date(1000, 1, 1)
_LAST_DAY = date(9000, 1, 1)
_FIRST_COUNTED = to_instant(datetime(1000, 1, 1, tzinfo=UTC))
_LAST_COUNTED = to_instant(datetime(9000, 1, 1, tzinfo=UTC))


def counted_from(moment: datetime) -> int:
    """The instant of a date from data, as the start of a count.

    A date before the year 1000 or after 9000, such as 9999-12-31 for "no end", is moved to that limit, so that the
    calendar can still count from it.
    """
    return min(max(to_instant(moment), _FIRST_COUNTED), _LAST_COUNTED)


_SPAN: Final = 32  # days that are examined together


@lru_cache(maxsize=65_536)
def _steady_offset(tz: ZoneInfo, day: int) -> int | None:
    """The offset from UTC of a day since 1970 and both its neighbours; None if it changes among them.

    Nearly every day is far from a clock change, and on those a wall time is one addition away.
    """
    offset = _steady_span(tz, day // _SPAN)
    return offset if offset is not None else _common_offset(tz, day - 1, day + 2)


@lru_cache(maxsize=8_192)
def _steady_span(tz: ZoneInfo, span: int) -> int | None:
    """The offset from UTC of a whole span of days and both its neighbours; None if it changes among them."""
    return _common_offset(tz, span * _SPAN - 1, (span + 1) * _SPAN + 1)


def _common_offset(tz: ZoneInfo, first: int, last: int) -> int | None:
    """The offset that a clock has from one midnight UTC to another; None if it changes.

    No clock of the world has ever changed twice within three days, so a look at each midnight finds every change.
    """
    try:
        offsets = {datetime.fromtimestamp(day * 86_400, tz).utcoffset() for day in range(first, last + 1)}
    except (OverflowError, ValueError, OSError):
        return None
    offset = offsets.pop()
    return None if offsets or offset is None else offset // _MICROSECOND


def wall_of(at: int, tz: ZoneInfo) -> int:
    """The wall time that the clock shows at an instant."""
    offset = _steady_offset(tz, at // DAY)
    if offset is not None:
        return at + offset
    return (local(at, tz).replace(tzinfo=None) - _WALL_EPOCH) // _MICROSECOND


def at_wall(wall: int, tz: ZoneInfo) -> int:
    """The instant at which the clock shows a time."""
    offset = _steady_offset(tz, wall // DAY)
    if offset is not None:
        return wall - offset
    return instant(_WALL_EPOCH + timedelta(microseconds=wall), tz)


def weekday(wall: int) -> int:
    """The day of the week of a wall time, Monday 0."""
    return (wall // DAY + _MONDAY) % 7


def wall_date(wall: int) -> date:
    return date.fromordinal(wall // DAY + _WALL_EPOCH_ORDINAL)


def midnight(day: date) -> int:
    """The wall time at which a day begins."""
    return (day.toordinal() - _WALL_EPOCH_ORDINAL) * DAY


def end_of(day: date, tz: ZoneInfo) -> int:
    """The last instant of a local day."""
    clamped = min(max(day, _FIRST_DAY), _LAST_DAY)
    return at_wall(midnight(clamped) + DAY, tz) - 1


def add(duration: Duration, at: int, tz: ZoneInfo) -> int:
    """The instant a duration later: first months, then days on the local calendar, then elapsed time."""
    if duration.months or duration.days:
        at = at_wall(_on_calendar(duration, at, tz), tz)
    return at + duration.microseconds


def around(
    at: int,
    duration: Duration | None,
    before: bool,
    time_of_day: int | None,
    tz: ZoneInfo,
    days: tuple[Day, ...] = (),
    back: bool = False,
) -> int:
    """An instant from data, moved by a duration, forwards or `before` it, then to a time of its local day, then
    forward, or `back`, to the nearest of the days.
    """
    if duration is not None:
        if duration.calendar:
            at = at_wall(_on_calendar(duration, at, tz, -1 if before else 1), tz)
        at += -duration.microseconds if before else duration.microseconds
    if time_of_day is None and (not days or _is_on(wall_of(at, tz), days)):
        return at
    wall = wall_of(at, tz)
    if time_of_day is not None:
        wall = wall - wall % DAY + time_of_day * MINUTE
    while not _is_on(wall, days):
        wall += -DAY if back else DAY
    return at_wall(wall, tz)


def next_time(earliest: int, time_of_day: int, tz: ZoneInfo) -> int:
    """The first instant not before `earliest` at which the clock shows a time, in minutes after midnight."""
    wall = wall_of(earliest, tz)
    return _on_day(wall - wall % DAY + time_of_day * MINUTE, (), earliest, tz)


def _on_calendar(duration: Duration, at: int, tz: ZoneInfo, sign: int = 1) -> int:
    wall = wall_of(at, tz)
    if duration.months:
        wall += (_months_on(wall // DAY, sign * duration.months) - wall // DAY) * DAY
    return wall + sign * duration.days * DAY


@lru_cache(maxsize=16_384)
def _months_on(day: int, months: int) -> int:
    """The day since 1970 so many months after another: the same day of the month, or the month's last."""
    today = wall_date(day * DAY)
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return midnight(today.replace(year=year, month=month + 1, day=min(today.day, last))) // DAY


def due(wait: Wait, begin: int, tz: ZoneInfo) -> int:
    """The instant at which a wait is due; always later than its beginning."""
    duration = wait.duration
    if duration is None:
        return _next_time(begin + 1, wait, tz)
    if duration.microseconds or not (duration.months or duration.days):
        end = add(duration, begin, tz)
        if wait.at is not None:
            return _next_time(end, wait, tz)
        if wait.days:
            wall = wall_of(end, tz)
            if not _is_on(wall, wait.days):
                return _on_day(wall, wait.days, end, tz)
        return end
    wall = _on_calendar(duration, begin, tz)
    if wait.at is not None:
        wall = wall - wall % DAY + wait.at * MINUTE
    return _on_day(wall, wait.days, begin + 1, tz)


def due_again(wait: Wait, begin: int, now: int, tz: ZoneInfo) -> int:
    """The instant at which a wait is due in another zone, calculated again from its beginning.

    If that instant is past, a plain duration is due now, a time of day or a day at its next match.
    """
    moment = due(wait, begin, tz)
    if moment >= now:
        return moment
    if wait.at is not None:
        return _next_time(now + 1, wait, tz)
    if wait.days:
        today = wall_of(now, tz)
        return _on_day(today - today % DAY + wall_of(moment, tz) % DAY, wait.days, now + 1, tz)
    return now


def _next_time(earliest: int, wait: Wait, tz: ZoneInfo) -> int:
    """The first instant not before `earliest` at which the clock shows the wait's time on one of its days."""
    assert wait.at is not None
    wall = wall_of(earliest, tz)
    return _on_day(wall - wall % DAY + wait.at * MINUTE, wait.days, earliest, tz)


def _is_on(wall: int, days: tuple[Day, ...]) -> bool:
    """Whether a wall time is on one of the days; always true if no day is named."""
    if not days or weekday(wall) in days:
        return True
    return not isinstance(days[-1], int) and falls_on(wall_date(wall), days)


def _on_day(wall: int, days: tuple[Day, ...], earliest: int, tz: ZoneInfo) -> int:
    """The wall time on the first of the days, from its own date on, whose instant is not before `earliest`."""
    while True:
        if days:
            wall = _next_on(days, wall // DAY) * DAY + wall % DAY
        candidate = at_wall(wall, tz)
        if candidate >= earliest:
            return candidate
        wall += DAY


def _next_on(days: tuple[Day, ...], day: int) -> int:
    """The first of the days, as a day since 1970, from a day on."""
    if not isinstance(days[-1], int):
        return _next_in_months(days, day)
    while (day + _MONDAY) % 7 not in days:
        day += 1
    return day


@lru_cache(maxsize=16_384)
def _next_in_months(days: tuple[Day, ...], day: int) -> int:
    while not _is_on(day * DAY, days):
        day += 1
    return day


def read_datetime(text: str, tz: ZoneInfo) -> datetime | None:
    """A date or date-time in data, on the local clock; None if the text is neither."""
    moment = read_date(text)
    return None if moment is None else on_clock(moment, tz)


def on_clock(moment: datetime, tz: ZoneInfo) -> datetime:
    """A date-time on a local clock; without a zone, it is read on that clock.

    At either end of the calendar, if a clock would show the year 0 or 10000, it is a day or two further in.
    """
    if moment.tzinfo is not None and 1 < moment.year < 9999:
        return moment.astimezone(tz)
    at = instant(moment, tz) if moment.tzinfo is None else to_instant(moment)
    return local(min(max(at, _FIRST), _LAST), tz)
