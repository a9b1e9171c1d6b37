"""Carries out operators and functions on values, including missing and misfitting values. Knows no contact.

A missing value is None. Ordering against it is false, arithmetic with it is None. A type that does not fit
raises `Misfit`, which the condition or value around it turns into false or None and a data warning.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from scenario_cli.engine import decimals
from scenario_cli.engine.calendar import UTC, on_clock, read_datetime
from scenario_cli.engine.figures import Figures
from scenario_cli.model.budget import MAX_LIST, MAX_TEXT, Misfit, spend, weigh
from scenario_cli.model.cited import shown
from scenario_cli.model.dates import looks_dated
from scenario_cli.model.days import WEEKDAYS
from scenario_cli.model.vocabulary import DATETIME_PARTS
from scenario_cli.model.wait_grammar import WaitError, parse_time_of_day, parse_window

__all__ = ("Misfit", "shown")

# Bounds, so that no expression takes a machine's time or memory: far above the needs of a scenario.
_MAX_POWER: Final = 1_000
_MAX_BITS: Final = 4_096  # of a whole number
_LONG: Final = 64  # elements of a list, from which looking through it counts
_LONG_TEXT: Final = 1_000  # characters of a text


def attr(value: Any, name: str, tz: ZoneInfo) -> Any:
    """`value.name`: a key of a mapping, or a part of a date-time on the clock `tz`; None for any other value."""
    if isinstance(value, Figures):
        return value.figure(name)
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, str) and name in DATETIME_PARTS:
        value = read_datetime(value, tz)
    if isinstance(value, datetime):
        return _part(value.astimezone(tz), name)
    return None


def _part(moment: datetime, name: str) -> Any:
    match name:
        case "weekday":
            return WEEKDAYS[moment.weekday()]
        case "date":
            return moment.date().isoformat()
        case "hour" | "minute" | "day" | "month" | "year":
            return getattr(moment, name)
    return None


def item(value: Any, index: Any) -> Any:
    """`value[index]`: None if there is no such element."""
    if isinstance(value, Figures):
        return value.figure(index) if isinstance(index, str | int | float) else None
    if isinstance(value, dict):
        return value.get(index) if isinstance(index, str | int | float) else None
    if isinstance(value, list | tuple | str) and isinstance(index, int):
        return value[index] if -len(value) <= index < len(value) else None
    return None


def part_of(value: Any, start: Any, stop: Any) -> Any:
    """`value[start:stop]`."""
    if value is None:
        return None
    if not isinstance(value, list | tuple | str):
        raise Misfit(f"{shown(value)} has no parts")
    return bounded(value[start:stop])


_NUMBERS: Final = (int, float)


def _numbers(left: Any, right: Any) -> bool:
    return isinstance(left, int | float) and isinstance(right, int | float)


def bounded(value: Any) -> Any:
    """The value, unless it has grown past a bound; making it counts as work."""
    if type(value) is float or value is None:
        return value
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise Misfit(f"a text of {len(value):,} characters is too long")
        spend(len(value) // 10)
    elif isinstance(value, list):
        if len(value) > MAX_LIST:
            raise Misfit(f"a list of {len(value):,} elements is too long")
        spend(len(value))
    elif isinstance(value, int) and value.bit_length() > _MAX_BITS:
        raise Misfit("a number is too large")
    return value


def _instants(left: str, right: str, tz: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Two texts that are dates, in any notation, as instants; None if one is another text."""
    if not looks_dated(left) or not looks_dated(right):
        return None
    left_moment, right_moment = read_datetime(left, tz), read_datetime(right, tz)
    return None if left_moment is None or right_moment is None else (_elapsed(left_moment), _elapsed(right_moment))


def _comparable(left: Any, right: Any, tz: ZoneInfo) -> tuple[Any, Any]:
    if isinstance(left, str) and isinstance(right, str):
        return _instants(left, right, tz) or (left, right)
    if isinstance(left, datetime) and isinstance(right, str):
        right = read_datetime(right, tz)
    elif isinstance(right, datetime) and isinstance(left, str):
        left = read_datetime(left, tz)
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        raise Misfit(f"{shown(left)} cannot be ordered against {shown(right)}")
    if isinstance(left, datetime) and isinstance(right, datetime):
        return _elapsed(left), _elapsed(right)
    if _numbers(left, right) or any(
        isinstance(left, kind) and isinstance(right, kind) for kind in (str, timedelta, list)
    ):
        _read_both(left, right)
        return left, right
    raise Misfit(f"{shown(left)} cannot be ordered against {shown(right)}")


def _elapsed(moment: datetime) -> datetime:
    """The instant itself: Python compares and subtracts two date-times of one zone by their clock times, which is wrong
    by an hour when a clock goes back.
    """
    return moment.astimezone(UTC)


def compare_all(left: Any, tz: ZoneInfo, *rest: tuple[str, Callable[[], Any]]) -> bool:
    """`left op right op right ...`: each pair in turn, each value calculated once."""
    for operator, work_out in rest:
        right = work_out()
        if not compare(operator, left, right, tz):
            return False
        left = right
    return True


def compare(operator: str, left: Any, right: Any, tz: ZoneInfo) -> bool:
    """`left operator right`."""
    if operator in ("==", "!="):
        return _equal(left, right, tz) == (operator == "==")
    if operator in ("in", "not in"):
        return _contains(right, left, tz) == (operator == "in")
    if left is None or right is None:
        return False
    if type(left) not in (int, float) or type(right) not in (int, float):
        left, right = _comparable(left, right, tz)
    if operator == "<":
        return bool(left < right)
    if operator == "<=":
        return bool(left <= right)
    if operator == ">":
        return bool(left > right)
    return bool(left >= right)


def _equal(left: Any, right: Any, tz: ZoneInfo) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        if left == right:
            return True
        moments = _instants(left, right, tz)
        return moments is not None and moments[0] == moments[1]
    if isinstance(left, datetime) != isinstance(right, datetime) and (isinstance(left, str) or isinstance(right, str)):
        left = read_datetime(left, tz) if isinstance(left, str) else left
        right = read_datetime(right, tz) if isinstance(right, str) else right
    if isinstance(left, datetime) and isinstance(right, datetime):
        return _elapsed(left) == _elapsed(right)
    _read_both(left, right)
    return bool(left == right)


def _read_both(left: Any, right: Any) -> None:
    """Counts two texts or lists that are compared, which their length makes work."""
    if isinstance(left, str):
        if len(left) > _LONG_TEXT and isinstance(right, str):
            spend(min(len(left), len(right)) // 10)
    elif isinstance(left, list | tuple | dict) and isinstance(right, list | tuple | dict):
        weigh(left)
        weigh(right)


def _contains(container: Any, member: Any, tz: ZoneInfo) -> bool:
    if container is None:
        return False
    if isinstance(container, str):
        if member is None:
            return False
        if not isinstance(member, str):
            raise Misfit(f"{shown(member)} cannot be looked for in a text")
        if len(container) > _LONG_TEXT:
            spend(len(container) // 10)
        return member in container
    if isinstance(container, list | tuple):
        if isinstance(member, list | tuple | dict):
            like = [element for element in container if isinstance(element, list | tuple | dict)]
            if like:
                weigh(like)
                spend(len(like) * weigh(member) // 10)
        if len(container) > _LONG:
            spend(len(container))
        if member in container:
            return True
        dated = isinstance(member, datetime) or (isinstance(member, str) and looks_dated(member))
        return dated and any(_equal(part, member, tz) for part in container if isinstance(part, str | datetime))
    if isinstance(container, dict):
        return isinstance(member, str) and member in container
    raise Misfit(f"{shown(container)} holds nothing to look in")


def arithmetic(operator: str, left: Any, right: Any, tz: ZoneInfo = UTC) -> Any:
    """`left operator right`; None for a missing value and for a division by zero.

    A text that is a date counts as one on the clock `tz`, where a date is moved or two are subtracted.
    """
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        return bounded(_number(operator, left, right))
    if operator in "+-" and (isinstance(left, str) or isinstance(right, str)):
        left, right = _dates_read(operator, left, right, tz)
    return bounded(_arithmetic(operator, left, right))


def _dates_read(operator: str, left: Any, right: Any, tz: ZoneInfo) -> tuple[Any, Any]:
    """The two values, with texts as dates if only dates can be meant; two texts are joined by `+`."""
    if isinstance(left, str) and isinstance(right, str):
        return (_instants(left, right, tz) or (left, right)) if operator == "-" else (left, right)
    if isinstance(left, str) and isinstance(right, datetime | timedelta):
        return read_datetime(left, tz) or left, right
    if isinstance(right, str) and isinstance(left, datetime) and operator == "-":
        return left, read_datetime(right, tz) or right
    return left, right


def _arithmetic(operator: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if isinstance(left, bool) or isinstance(right, bool):
        raise Misfit(f"{shown(left)} {operator} {shown(right)} cannot be calculated")
    if _numbers(left, right):
        return _number(operator, left, right)
    if operator == "+" and any(isinstance(left, kind) and isinstance(right, kind) for kind in (str, list, timedelta)):
        return left + right
    if operator in "+-" and isinstance(left, datetime) and isinstance(right, timedelta):
        moved = _elapsed(left) + (right if operator == "+" else -right)
        return moved.astimezone(left.tzinfo)
    if operator == "-" and isinstance(left, datetime) and isinstance(right, datetime):
        return _elapsed(left) - _elapsed(right)
    if operator == "-" and isinstance(left, timedelta) and isinstance(right, timedelta):
        return left - right
    if isinstance(left, timedelta) and isinstance(right, int | float) and operator in ("*", "/"):
        return left * right if operator == "*" else (left / right if right else None)
    raise Misfit(f"{shown(left)} {operator} {shown(right)} cannot be calculated")


def _number(operator: str, left: int | float, right: int | float) -> Any:
    match operator:
        case "+":
            return decimals.plus(left, right)
        case "-":
            return decimals.minus(left, right)
        case "*":
            return decimals.times(left, right)
        case "**":
            if abs(left) > _MAX_POWER or abs(right) > _MAX_POWER:
                raise Misfit(f"{left} ** {right} is too large")
            result = decimals.power(left, right)
            return result if isinstance(result, int | float) else None
    if right == 0:
        return None
    if operator == "/":
        return decimals.divided(left, right)
    return decimals.floor_divided(left, right) if operator == "//" else decimals.remainder(left, right)


def negative(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | timedelta):
        raise Misfit(f"{shown(value)} has no negative")
    return -value


def number(value: Any) -> Any:
    """`+value`."""
    return negative(negative(value))


def length(value: Any) -> int:
    """The number of elements of a list, a mapping or a text; 0 for a missing value."""
    if value is None:
        return 0
    if isinstance(value, list | str | dict | tuple):
        return len(value)
    raise Misfit(f"{shown(value)} has no length")


def _elements(value: Any, work: int) -> list[Any]:
    """The elements of a list, each of which needs `work` steps of calculation."""
    if isinstance(value, list | tuple):
        spend(len(value) * work)
        return list(value)
    raise Misfit(f"{shown(value)} is not a list")


def truth(value: Any) -> bool:
    """A condition's answer: a missing value or a text is false, the rest counts as Jinja counts it."""
    return False if value is None or isinstance(value, str) else bool(value)


def any_of(value: Any, holds: Callable[[Any], Any], work: int) -> bool:
    return value is not None and any(truth(holds(element)) for element in _elements(value, work))


def all_of(value: Any, holds: Callable[[Any], Any], work: int) -> bool:
    """Whether the condition holds for every element; for a missing list it does not."""
    return value is not None and all(truth(holds(element)) for element in _elements(value, work))


def filter_of(value: Any, holds: Callable[[Any], Any], work: int) -> Any:
    return None if value is None else [element for element in _elements(value, work) if truth(holds(element))]


def total_of(value: Any, worth: Callable[[Any], Any], work: int) -> Any:
    """The sum over the elements; missing values are left out."""
    if value is None:
        return None
    sum_so_far: Any = 0
    for element in _elements(value, work):
        worth_of_it = worth(element)
        if worth_of_it is not None:
            sum_so_far = arithmetic("+", sum_so_far, worth_of_it)
    return sum_so_far


def to_datetime(value: Any, tz: ZoneInfo) -> datetime | None:
    """`date(x)`: a date-time on the local clock; None if the value is missing or unreadable."""
    if isinstance(value, datetime):
        return on_clock(value, tz)
    if isinstance(value, date):
        value = value.isoformat()
    return read_datetime(value, tz) if isinstance(value, str) else None


def days_since(value: Any, now: int, tz: ZoneInfo) -> float | None:
    """Elapsed days of 24 hours, with fraction, up to an instant."""
    # Usually a date-time in a metric; its clock makes no difference here.
    moment = value if isinstance(value, datetime) and value.tzinfo is not None else to_datetime(value, tz)
    # Aware date-times of one zone subtract as wall times, which a clock change makes wrong.
    return None if moment is None else (now / 1_000_000 - moment.timestamp()) / 86_400


def duration(value: Any) -> timedelta | None:
    if value is None:
        return None
    try:
        return timedelta(microseconds=parse_window(str(value)).elapsed)
    except WaitError as error:
        raise Misfit(str(error)) from None


def distance_km(lat: Any, lon: Any, other_lat: Any, other_lon: Any) -> float | None:
    """Great-circle distance in kilometres between two places in degrees, on a sphere of 6,371 km."""
    values = (lat, lon, other_lat, other_lon)
    if any(value is None for value in values):
        return None
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        raise Misfit("a latitude or longitude is not a number")
    a, b, c, d = (math.radians(value) for value in values)
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6_371.0 * math.asin(min(1.0, math.sqrt(half)))


def time_of_day(value: Any) -> int | None:
    """Minutes after midnight of an hour (`9`, `9.5`) or a text (`09:30`); None if it is neither."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value * 60) if 0 <= value < 24 else None
    try:
        return parse_time_of_day(value.strip()) if isinstance(value, str) else None
    except WaitError:
        return None


def readable_key(key: Any) -> Any:
    """A journey's key as expressions and templates read it: several parts as a list."""
    return list(key) if isinstance(key, tuple) else key
