"""The minutes of the week in which a message is held back, by the delivery policy. Looks at no contact."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.model.expression import Literal
from scenario_cli.model.policy import Policy, QuietHours, concerns
from scenario_cli.model.scenario import Message, Scenario

DAY = 24 * 60
WEEK = 7 * DAY


def quiet_about(
    policy: Policy, message: Message, scenario: Scenario, on_project_clock: bool = False
) -> tuple[QuietHours, ...]:
    """The quiet hours, on one of the two clocks, that apply to a marketing message of a scenario."""
    rules = (quiet for quiet in policy.quiet_hours if quiet.on_project_clock == on_project_clock)
    return tuple(quiet for quiet in rules if concerns(quiet, message, scenario))


def quiet_minutes(rules: Iterable[QuietHours]) -> bytearray:
    """Whether each minute from Monday 00:00 is certainly in some quiet hours; windows with hours from data are left
    out.
    """
    week = bytearray(WEEK)
    for quiet in rules:
        for begin, length in _windows(quiet):
            for minute in range(begin, begin + length):
                week[minute % WEEK] = 1
    return week


def _windows(quiet: QuietHours) -> list[tuple[int, int]]:
    """The minute of the week at which each window of these quiet hours begins, and its length in minutes."""
    days = quiet.days or tuple(range(7))
    start, end = quiet.start, quiet.end
    if start is None and end is None:
        return [(day * DAY, DAY) for day in days]
    if not isinstance(start, Literal) or not isinstance(end, Literal):
        return []
    length = (end.value - start.value) % DAY or DAY
    return [(day * DAY + start.value, length) for day in days]


def always_quiet(week: bytearray, minute: int, days: tuple[int, ...] = ()) -> bool:
    """Whether a time of day (in minutes) is quiet on every one of the days; on all seven if no day is named."""
    return all(week[day * DAY + minute] for day in days or range(7))


def opens_after(week: bytearray, minute: int, days: tuple[int, ...] = ()) -> int:
    """The fewest minutes from a time of day, on any of the days, until the silence ends."""
    fewest = WEEK
    for day in days or range(7):
        at = day * DAY + minute
        fewest = min(fewest, next((gap for gap in range(WEEK) if not week[(at + gap) % WEEK]), WEEK))
    return fewest
