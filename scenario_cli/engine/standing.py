"""Calculates until when a value that time changes is certain, so that it need not be calculated every day.

Each reading of the time during an expression lowers `ContactState.until` to the first instant at which it can give
another value. The least of these is the instant until which the whole is valid. An instant is never later than the true
instant. It can be earlier, which only costs another calculation.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from scenario_cli.engine.calendar import at_wall, local, midnight, read_datetime, wall_date, wall_of
from scenario_cli.engine.state import NEVER, ContactState
from scenario_cli.engine.values import attr, compare, days_since
from scenario_cli.model.days import WEEKDAYS
from scenario_cli.model.waits import DAY, SECOND

# Arithmetic with fractions of days can be off by less than this.
_ROUNDING: Final = SECOND
# A local time that is so many days from now moves against the clock by less than this, with any clock changes.
_CLOCK_CHANGES: Final = 2 * DAY

# More days than are between any two dates.
_MOST_DAYS: Final = 10_000_000

# Movements on the sides of a comparison: none, days that pass, a local time that goes with the clock.
FIXED: Final = 0
DAYS: Final = 1
CLOCK: Final = 2


def at_once(state: ContactState, value: Any) -> Any:
    """A value that can be another at the next instant."""
    state.until = state.now
    return value


def now_of(state: ContactState) -> datetime:
    """The value of `now`."""
    state.until = state.now
    return local(state.now, state.zone)


def part_of_now(state: ContactState, name: str) -> Any:
    """A part of `now`, which is valid until the month or the day is over."""
    now, tz = state.now, state.zone
    if name not in _PARTS_OF_DAYS:
        state.until = now
        return attr(local(now, tz), name, tz)
    wall = wall_of(now, tz)
    value, ends, offset = _part_of_day(tz, wall // DAY, name)
    _lower(state, ends if offset in (None, wall - now) else now)
    return value


_PARTS_OF_DAYS = frozenset({"year", "month", "day", "weekday", "date"})


def is_part_of_now(state: ContactState, operator: str, name: str, other: Any) -> bool:
    """`now.month == other` or `now.month != other`, likewise of a year, a day and a weekday.

    If the two are the same, the answer is valid until the month or the day is over; else until the first day on which
    they are the same. So a day of the year is calculated on that day, and not every day.
    """
    now, tz = state.now, state.zone
    wall = wall_of(now, tz)
    day = wall // DAY
    value, ends, offset = _part_of_day(tz, day, name)
    same = compare("==", value, other, tz)
    if offset not in (None, wall - now):
        state.until = now
    elif same or type(other) is not type(value):
        _lower(state, ends)
    else:
        _lower(state, _begin_of_part(tz, day, name, other))
    return same == (operator == "==")


# The most days that pass before a part has a value again that it can have.
_COMES_BACK: Final = {"month": 366, "day": 62, "weekday": 7}
_MOST_YEARS: Final = 1_000


@lru_cache(maxsize=16_384)
def _begin_of_part(tz: ZoneInfo, day: int, name: str, part: int | str) -> int:
    """The instant at which the first day after a local day begins that has this part; `NEVER` if none comes."""
    if name == "year":
        ahead = int(part) - wall_date(day * DAY).year
        return at_wall(midnight(date(int(part), 1, 1)), tz) if 0 < ahead < _MOST_YEARS else NEVER
    for later in range(day + 1, day + 1 + _COMES_BACK[name]):
        local_date = wall_date(later * DAY)
        if part == (WEEKDAYS[local_date.weekday()] if name == "weekday" else getattr(local_date, name)):
            return at_wall(later * DAY, tz)
    return NEVER


@lru_cache(maxsize=16_384)
def _part_of_day(tz: ZoneInfo, day: int, name: str) -> tuple[Any, int, int | None]:
    """A part of a local day, the midnight after the day or after the month, and the clock's offset from UTC when the
    day is over. A clock that is set back can show the day before once more; None if that has the same part.
    """
    today = wall_date(day * DAY)
    tonight = at_wall((day + 1) * DAY, tz)
    ends, offset = tonight, wall_of(tonight, tz) - tonight
    value = attr(local(at_wall(day * DAY + DAY // 2, tz), tz), name, tz)
    if name not in ("year", "month"):
        return value, ends, offset
    following = midnight((today.replace(day=1) + timedelta(days=31)).replace(day=1))
    return value, at_wall(following, tz), offset if today.day == 1 else None


def days_of(state: ContactState, value: Any) -> float | None:
    """The value of `days_since(value)`; for a missing date nothing changes."""
    days = days_since(value, state.now, state.zone)
    if days is not None:
        state.until = state.now
    return days


def compare_moving(state: ContactState, left: Any, moves: int, *rest: tuple[str, Callable[[], Any], int]) -> bool:
    """`left operator right operator right ...`, of which some sides move with time, each pair in turn.

    Each right side is an operator, a function that gives the value, and the kind of movement.
    """
    for operator, work_out, right_moves in rest:
        right = work_out()
        holds = compare(operator, left, right, state.zone)
        if moves != right_moves:
            _stands_until_they_meet(state, left, moves, right, right_moves)
        if not holds:
            return False
        left, moves = right, right_moves
    return True


def stands_in_bin(state: ContactState, days: Any, edges: tuple[float, ...]) -> None:
    """A label of days that pass is valid until they reach the next edge, which belongs to the bin below it."""
    for edge in edges:
        if days <= edge:
            _lower(state, _reached_at(state, days, edge))
            return


def _stands_until_they_meet(state: ContactState, left: Any, left_moves: int, right: Any, right_moves: int) -> None:
    if left_moves != FIXED and right_moves != FIXED:
        state.until = state.now
        return
    moving, fixed = (left, right) if left_moves else (right, left)
    if moving is None or fixed is None:
        return
    if (left_moves or right_moves) == DAYS:
        if isinstance(fixed, int | float) and moving <= fixed:
            _lower(state, _reached_at(state, moving, fixed))
        return
    fixed = read_datetime(fixed, state.zone) if isinstance(fixed, str) else fixed
    if not isinstance(moving, datetime) or not isinstance(fixed, datetime):
        state.until = state.now
        return
    ahead = int((fixed.timestamp() - moving.timestamp()) * SECOND)
    if ahead > -_CLOCK_CHANGES:
        _lower(state, max(state.now, state.now + ahead - _CLOCK_CHANGES))


def _reached_at(state: ContactState, days: float, target: float) -> int:
    """The instant before which `days` that pass are certainly fewer than wanted."""
    if target > _MOST_DAYS:
        return NEVER
    return max(state.now, state.now + int((target - days) * DAY) - _ROUNDING)


def _lower(state: ContactState, until: int) -> None:
    if until < state.until:
        state.until = until
