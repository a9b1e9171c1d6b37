"""Weeks, months and quarters on a project's clock, and the span before a span. Instants are microseconds since 1970."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVERY = ("week", "month", "quarter")
PREVIOUS, LAST_YEAR = "previous", "last_year"
EARLIER = (PREVIOUS, LAST_YEAR)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MONTHS = {"month": 1, "quarter": 3}


def first_day(at: int, every: str, timezone: str) -> date:
    """The first day of the week (a Monday), month or quarter that an instant falls in."""
    return first_day_of(_local(at, timezone).date(), every)


def first_day_of(day: date, every: str) -> date:
    """The first day of the week, month or quarter of a day."""
    if every == "week":
        return day - timedelta(days=day.weekday())
    length = _MONTHS[every]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def following(day: date, every: str, count: int = 1) -> date:
    """The first day of the period that comes `count` periods after the one that begins on a day."""
    return day + timedelta(weeks=count) if every == "week" else _months_on(day, count * _MONTHS[every])


def a_year_before(day: date, every: str) -> date:
    """The first day of the same week, month or quarter of the year before: a week is 52 weeks earlier."""
    return day - timedelta(weeks=52) if every == "week" else _months_on(day, -12)


def period_name(day: date, every: str) -> str:
    """The name of a period by its first day: `2024-W06`, `2024-02`, `2024-Q1`."""
    if every == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return f"{day:%Y-%m}" if every == "month" else f"{day.year}-Q{day.month // 3 + 1}"


def midnight(day: date, timezone: str) -> int:
    """The instant at which a day begins on the project's clock."""
    return _instant(datetime.combine(day, time()), timezone)


def earlier_span(start: int, until: int, comparison: str, timezone: str) -> tuple[int, int]:
    """The span to compare a span with: the same of the year before, or the one of the same length right before.

    Lengths are those of the project's clock, so that a change of it takes no hour away. Whole months are compared with
    as many whole months, although these can be longer or shorter.
    """
    first, end = _local(start, timezone), _local(until, timezone)
    if comparison == LAST_YEAR:
        return tuple(_instant(_a_year_before(each), timezone) for each in (first, end))  # type: ignore[return-value]
    months = (end.year - first.year) * 12 + end.month - first.month
    if months and all(each.day == 1 and each.time() == time() for each in (first, end)):
        return _instant(datetime.combine(_months_on(first.date(), -months), time()), timezone), start
    return _instant(first - (end - first), timezone), start


def _local(at: int, timezone: str) -> datetime:
    return (_EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)


def _instant(wall: datetime, timezone: str) -> int:
    return (wall.replace(tzinfo=ZoneInfo(timezone)) - _EPOCH) // _MICROSECOND


def _a_year_before(wall: datetime) -> datetime:
    """The same day a year before; of 29 February the 28th."""
    return wall.replace(year=wall.year - 1, day=28 if (wall.month, wall.day) == (2, 29) else wall.day)


def _months_on(day: date, months: int) -> date:
    """The first day of a month so many months on from a first day."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
