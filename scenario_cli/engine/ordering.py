"""Jinja's filters that order elements or find equal elements, by the rules of `==` and `<`: dates are instants.

Each takes the environment that finds attributes, and the clock on which a date without a zone is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import groupby as grouped_by
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from jinja2.environment import Environment
from jinja2.filters import _GroupTuple, make_attrgetter, make_multi_attrgetter

from scenario_cli.engine.calendar import UTC, on_clock, read_datetime
from scenario_cli.model.budget import Misfit
from scenario_cli.model.cited import shown
from scenario_cli.model.dates import looks_dated

Clock = Callable[[], ZoneInfo]


def sort(
    environment: Environment, clock: Clock, value: Iterable[Any], reverse: bool = False, case_sensitive: bool = False,
    attribute: Any = None,
) -> list[Any]:  # fmt: skip
    """The elements in order, by one attribute or several (`'day,name'`); equal ones keep their order."""
    elements = list(value)
    several = make_multi_attrgetter(environment, attribute)
    columns = zip(*(several(element) for element in elements), strict=True)
    keys = [_ordered(list(column), clock, case_sensitive) for column in columns]
    return _by_key(elements, list(zip(*keys, strict=True)), reverse)


def dictsort(
    environment: Environment, clock: Clock, value: Mapping[Any, Any], case_sensitive: bool = False, by: str = "key",
    reverse: bool = False,
) -> list[Any]:  # fmt: skip
    """The pairs of a mapping, in order of their keys or values."""
    if by not in ("key", "value"):
        raise Misfit("dictsort: 'by' is key or value")
    pairs = list(value.items())
    keys = _ordered([pair[by == "value"] for pair in pairs], clock, case_sensitive)
    return _by_key(pairs, keys, reverse)


def least(
    environment: Environment, clock: Clock, value: Iterable[Any], case_sensitive: bool = False, attribute: Any = None
) -> Any:
    """The first of the smallest elements; None of an empty list."""
    return _outermost(min, environment, clock, value, case_sensitive, attribute)


def greatest(
    environment: Environment, clock: Clock, value: Iterable[Any], case_sensitive: bool = False, attribute: Any = None
) -> Any:
    """The first of the largest elements; None of an empty list."""
    return _outermost(max, environment, clock, value, case_sensitive, attribute)


def unique(
    environment: Environment, clock: Clock, value: Iterable[Any], case_sensitive: bool = False, attribute: Any = None
) -> list[Any]:
    """The elements without those that equal an earlier element."""
    first_elements: dict[Any, Any] = {}
    getter = make_attrgetter(environment, attribute)
    for element in value:
        key = getter(element)
        moment = _moment(key, clock)
        first_elements.setdefault(_folded(key, case_sensitive) if moment is None else moment, element)
    return list(first_elements.values())


def groupby(
    environment: Environment, clock: Clock, value: Iterable[Any], attribute: Any, default: Any = None,
    case_sensitive: bool = False,
) -> list[Any]:  # fmt: skip
    """The elements in groups with the same value of an attribute, in order; each group with the value of its first."""
    elements = list(value)
    getter = make_attrgetter(environment, attribute, default=default)
    keys = _ordered([getter(element) for element in elements], clock, case_sensitive)
    order = _in_order(keys)
    groups = [[elements[index] for index in indexes] for _, indexes in grouped_by(order, keys.__getitem__)]
    return [_GroupTuple(getter(group[0]), group) for group in groups]


def _outermost(
    choose: Callable[..., int], environment: Environment, clock: Clock, value: Iterable[Any], case_sensitive: bool,
    attribute: Any,
) -> Any:  # fmt: skip
    elements = list(value)
    getter = make_attrgetter(environment, attribute)
    keys = _ordered([getter(element) for element in elements], clock, case_sensitive)
    try:
        return elements[choose(range(len(elements)), key=keys.__getitem__)] if elements else None
    except TypeError:
        raise _unlike(keys) from None


def _by_key(elements: list[Any], keys: list[Any], reverse: bool) -> list[Any]:
    return [elements[index] for index in _in_order(keys, reverse)]


def _in_order(keys: list[Any], reverse: bool = False) -> list[int]:
    """The places of the keys in their order."""
    try:
        return sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)
    except TypeError:
        raise _unlike(keys) from None


def _unlike(keys: list[Any]) -> Misfit:
    """The reason why keys have no order: the first that is of another kind than the key before it."""
    columns = [list(column) for column in zip(*keys, strict=True)] if isinstance(keys[0], tuple) else [keys]
    for column in columns:
        for left, right in pairwise(column):
            if type(left) is not type(right) and {type(left), type(right)} != {int, float}:
                left_text, right_text = ("a missing value" if key is None else shown(key) for key in (left, right))
                return Misfit(f"{left_text} cannot be ordered against {right_text}")
    return Misfit("the elements have no order")


def _ordered(keys: list[Any], clock: Clock, case_sensitive: bool) -> list[Any]:
    """The keys of an order: instants if each is a date. One other text makes all of them texts, since dates and
    other texts have no common order."""
    moments: list[Any] = []
    for key in keys:
        moment = _moment(key, clock)
        if moment is None:
            return [_folded(text_key, case_sensitive) for text_key in keys]
        moments.append(moment)
    return moments


def _folded(key: Any, case_sensitive: bool) -> Any:
    return key.lower() if isinstance(key, str) and not case_sensitive else key


def _moment(value: Any, clock: Clock) -> datetime | None:
    """The instant of a value; None if it is not a date."""
    if isinstance(value, str):
        moment = read_datetime(value, clock()) if looks_dated(value) else None
    else:
        moment = on_clock(value, clock()) if isinstance(value, datetime) else None
    # Python compares two date-times of one zone by their clock times, which is wrong when a clock goes back.
    return None if moment is None else moment.astimezone(UTC)


# By the name of the filter.
ORDERING: Mapping[str, Callable[..., Any]] = {
    "sort": sort, "dictsort": dictsort, "min": least, "max": greatest, "unique": unique, "groupby": groupby,
}  # fmt: skip
