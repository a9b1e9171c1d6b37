"""Local clocks for the reference: times on a clock, their instants, ends of waits. Searches, never calculates ahead:
a local time is found by trying offsets, a cron match by trying minutes."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scenario_cli.engine import calendar as tzdata
from scenario_cli.model.days import Day
from scenario_cli.model.waits import Duration

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
zone_named = tzdata.zone  # reads a file and computes nothing
HOUR = 3_600_000_000


def shows(at: int, zone: ZoneInfo) -> datetime:
    """The local time at an instant, as a date-time with its zone."""
    return (EPOCH + timedelta(microseconds=at)).astimezone(zone)


@lru_cache(maxsize=100_000)
def wall(at: int, zone: ZoneInfo) -> datetime:
    return shows(at, zone).replace(tzinfo=None, fold=0)


@lru_cache(maxsize=100_000)
def instant(shown: datetime, zone: ZoneInfo) -> int:
    """The first instant with this local time. A skipped time counts as far after the gap as it lies inside it."""
    as_utc = (shown.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
    offsets = {_offset(as_utc + hours * HOUR, zone) for hours in range(-16, 17, 4)}
    instants = [as_utc - offset for offset in offsets if wall(as_utc - offset, zone) == shown]
    return min(instants) if instants else as_utc - _offset(as_utc - 30 * HOUR, zone)


def _offset(at: int, zone: ZoneInfo) -> int:
    offset = shows(at, zone).utcoffset()
    assert offset is not None
    return offset // MICROSECOND


def read(value: object, zone: ZoneInfo) -> datetime | None:
    """A date or date-time in data; without its own zone it is on the local clock. None if it is neither."""
    if isinstance(value, datetime):
        return _shown(value, zone)
    if isinstance(value, date):
        value = value.isoformat()
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        if moment.year in (1, 9999):
            return _shown(moment.replace(tzinfo=zone), zone)
        return shows(instant(moment, zone), zone)
    return _shown(moment, zone)


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    """A date-time on the clock. If the year would be 0 or 10000: a day or two further in."""
    ends = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
    return min(max(moment, ends[0]), ends[1]).astimezone(zone)


def counted_from(moment: datetime) -> int:
    """The instant of a date from data. One before the year 1000 or after 8999 counts as the edge of that range."""
    ends = datetime(1000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
    return since_epoch(min(max(moment, ends[0]), ends[1]))


def since_epoch(moment: datetime) -> int:
    return (moment.astimezone(UTC) - EPOCH) // MICROSECOND


def stepped(shown: datetime, duration: Duration, backwards: bool = False) -> datetime:
    """A local time moved by months, then by days (or back); a day that the month does not have becomes its last."""
    sign = -1 if backwards else 1
    if duration.months:
        months = shown.year * 12 + shown.month - 1 + sign * duration.months
        year, month = months // 12, months % 12 + 1
        shown = shown.replace(year=year, month=month, day=min(shown.day, calendar.monthrange(year, month)[1]))
    return shown + timedelta(days=sign * duration.days)


def later(at: int, duration: Duration, zone: ZoneInfo, backwards: bool = False) -> int:
    """The instant a duration later (or earlier): first its calendar parts, then its elapsed time."""
    if duration.months or duration.days:
        at = instant(stepped(wall(at, zone), duration, backwards), zone)
    return at - duration.microseconds if backwards else at + duration.microseconds


@dataclass(frozen=True)
class Plain:
    """A wait without values from data, or with these values filled in."""

    duration: Duration | None = None
    at: int | None = None  # minutes after midnight
    days: tuple[Day, ...] = ()
    cron: str = ""

    @property
    def on_a_clock(self) -> bool:
        return bool(self.cron or self.at is not None or self.days or (self.duration and self.duration.calendar))


def time_of(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def is_on(day: date, days: tuple[Day, ...]) -> bool:
    """Whether a day is among the wanted days of the week or month; True if no days are given."""
    return not days or any(_is(day, each) for each in days)


def _is(day: date, pattern: Day) -> bool:
    if isinstance(pattern, int):
        return day.weekday() == pattern
    last = calendar.monthrange(day.year, day.month)[1]
    alike = [number for number in range(1, last + 1) if day.replace(day=number).weekday() in pattern.among]
    # Counted from the first, or back from the last.
    counted = alike if pattern.number > 0 else alike[::-1]
    return dict(enumerate(counted, 1)).get(abs(pattern.number)) == day.day


def _days_from(shown: datetime, days: tuple[Day, ...]) -> Iterator[datetime]:
    """The same time of day on each wanted day, from this day on."""
    for ahead in range(3_000):
        day = shown + timedelta(days=ahead)
        if is_on(day, days):
            yield day


def nearest(shown: datetime, days: tuple[Day, ...], backwards: bool) -> datetime:
    """The same time of day on the first wanted day, from this day on or back from it."""
    steps = (shown + timedelta(days=-step if backwards else step) for step in range(3_000))
    return next(day for day in steps if is_on(day, days))


def _first(shown: datetime, days: tuple[Day, ...], not_before: int, zone: ZoneInfo) -> int:
    return next(at for day in _days_from(shown, days) if (at := instant(day, zone)) >= not_before)


@lru_cache(maxsize=100_000)
def wait_over(wait: Plain, begin: int, zone: ZoneInfo) -> int:
    """The end of a wait that begins at an instant."""
    if wait.cron:
        return cron_next(wait.cron, begin, zone)
    if wait.duration is None:
        assert wait.at is not None
        return _first(datetime.combine(wall(begin, zone).date(), time_of(wait.at)), wait.days, begin + 1, zone)
    if wait.duration.calendar_only:
        shown = stepped(wall(begin, zone), wait.duration)
        if wait.at is not None:
            shown = datetime.combine(shown.date(), time_of(wait.at))
        return _first(shown, wait.days, begin + 1, zone)
    reached = later(begin, wait.duration, zone)
    if wait.at is not None:
        return _first(datetime.combine(wall(reached, zone).date(), time_of(wait.at)), wait.days, reached, zone)
    shown = wall(reached, zone)
    if not is_on(shown, wait.days):
        return _first(shown, wait.days, reached, zone)
    return reached


@lru_cache(maxsize=100_000)
def wait_over_since_move(wait: Plain, begin: int, moved: int, zone: ZoneInfo) -> int:
    """The end of a wait for a contact who has moved to another zone since: computed again from its beginning. If that
    is past, a plain duration is over now, and `at`, `on` and cron at their next match."""
    over = wait_over(wait, begin, zone)
    if over >= moved:
        return over
    if wait.cron:
        return cron_next(wait.cron, moved, zone)
    if wait.at is not None:
        return _first(datetime.combine(wall(moved, zone).date(), time_of(wait.at)), wait.days, moved + 1, zone)
    if wait.days:
        return _first(datetime.combine(wall(moved, zone).date(), wall(over, zone).time()), wait.days, moved + 1, zone)
    return moved


# --- cron ---------------------------------------------------------------------------------------------------

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS = "sun mon tue wed thu fri sat".split()


@lru_cache(maxsize=100_000)
def cron_next(fields: str, after: int, zone: ZoneInfo) -> int:
    """The instant of the next match strictly after another: tries every minute of every day in turn."""
    minute, hour, day, month, weekday = fields.split()
    minutes, hours = _numbers(minute, 0, 59, []), _numbers(hour, 0, 23, [])
    days, months = _numbers(day, 1, 31, []), _numbers(month, 1, 12, ["", *_MONTHS])
    weekdays = {number % 7 for number in _numbers(weekday, 0, 7, _DAYS)}
    begin = wall(after, zone).date() - timedelta(days=2)
    instants: list[int] = []
    enough = 0
    for ahead in range(366 * 9):
        day_ahead = begin + timedelta(days=ahead)
        if day_ahead.month not in months or not _on_day(day_ahead, day, weekday, days, weekdays):
            matches = []
        else:
            matches = [
                at
                for hour_ in sorted(hours)
                for minute_ in sorted(minutes)
                if (at := instant(datetime.combine(day_ahead, time(hour_, minute_)), zone)) > after
            ]
        instants += matches
        # A time in a gap comes later than a time after the gap: so search a little past the first match.
        enough += bool(instants)
        if enough > 2:
            break
    return min(instants)


def _on_day(date_: date, day: str, weekday: str, days: set[int], weekdays: set[int]) -> bool:
    on_day, on_weekday = date_.day in days, date_.isoweekday() % 7 in weekdays
    if day != "*" and weekday != "*":
        return on_day or on_weekday  # cron's old rule: if both fields are restricted, either is enough
    return on_day and on_weekday


def _numbers(field: str, least: int, most: int, names: list[str]) -> set[int]:
    matches: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        begin, _, end = span.partition("-")
        low = least if begin == "*" else _number(begin, names)
        high = most if begin == "*" or (step and not end) else _number(end or begin, names)
        # A range that begins after its end goes past the field's end: nights, or Friday to Monday.
        numbers = range(low, high + 1) if low <= high else (*range(low, most + 1), *range(least, high + 1))
        matches.update(numbers[:: int(step or 1)])
    return matches


def _number(text: str, names: list[str]) -> int:
    return names.index(text) if text in names else int(text)
