"""Waits as they are written: a duration, a local time of day, days. Calculates nothing."""

from __future__ import annotations

from typing import Final

from scenario_cli.model.days import Day
from scenario_cli.model.expression import Expression
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: `months` and `days` are steps on a local calendar, `microseconds` elapse."""

    months: int = 0
    days: int = 0
    microseconds: int = 0

    @property
    def calendar_only(self) -> bool:
        return self.microseconds == 0 and bool(self.months or self.days)

    @property
    def calendar(self) -> bool:
        """Whether a part of it is stepped on the local calendar."""
        return bool(self.months or self.days)

    @property
    def elapsed(self) -> int:
        """The length in microseconds if a day counts 24 hours; months have no such length."""
        return self.days * DAY + self.microseconds

    def __bool__(self) -> bool:
        return bool(self.months or self.days or self.microseconds)


SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Wait:
    """The end of a wait. One of these is the instant from which it counts:

    - `duration` and `at`, at least one of them: `[DURATION] [at HH:MM] [on DAYS]`;
    - `cron`: the next match of five fields;
    - `date`: an instant from data, moved by `duration` (backwards if `before`), then to `at`, then on to one of the
      `days`, or back to one if `back`;
    - `length`: a text in this grammar, seconds or a date-time from data.

    It counts from the instant at which it begins, or from the earlier one that `since` gives. `at` is in minutes after
    midnight, `at_value` a time of day from data in its place.
    """

    text: str
    span: Span
    duration: Duration | None = None
    at: int | None = None
    days: tuple[Day, ...] = ()
    cron: str = ""
    date: Expression | None = None
    before: bool = False
    length: Expression | None = None
    at_value: Expression | None = None
    back: bool = False
    since: Expression | None = None

    @property
    def values(self) -> tuple[Expression, ...]:
        """The values from data that take part."""
        values = (self.date, self.length, self.at_value, self.since)
        return tuple(value for value in values if value is not None)

    @property
    def from_data(self) -> bool:
        """Whether a value from data takes part, which can be missing or past."""
        return bool(self.values)
