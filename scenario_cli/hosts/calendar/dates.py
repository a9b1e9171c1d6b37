"""The instants at which contacts enter by the dates and schedules of scenarios, on the project's clock. Replays
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scenario_cli.analysis.roadmap import planned_day
from scenario_cli.engine.calendar import due, local, read_datetime, to_instant
from scenario_cli.engine.cron import next_match
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import MomentTrigger, ScheduleTrigger, Trigger

Timed = MomentTrigger | ScheduleTrigger
Tick = tuple[int, Timed]  # an instant, with the trigger by which contacts enter then


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def day_of(at: int, tz: ZoneInfo) -> date:
    return local(at, tz).date()


def ticks(scenario: Scenario, start: int, end: int, tz: ZoneInfo) -> list[Tick]:
    """The instants in [start, end) at which contacts enter a scenario by a date or a schedule: on days on which it is
    open, and for a draft not before its planned day.
    """
    all_ticks = [
        (at, trigger)
        for trigger in scenario.triggers
        if isinstance(trigger, MomentTrigger | ScheduleTrigger)
        for at in _instants(trigger, start, end, tz)
        if is_open(scenario, day_of(at, tz))
    ]
    return sorted(all_ticks, key=lambda tick: tick[0])


def is_open(scenario: Scenario, day: date) -> bool:
    """Whether contacts can enter a scenario on a day."""
    first, last = opening(scenario)
    return (first is None or first <= day) and (last is None or day <= last)


def opening(scenario: Scenario) -> tuple[date | None, date | None]:
    """The first and the last day on which a scenario takes contacts in, either of them open."""
    first, last = scenario.active
    planned = planned_day(scenario)
    return (max(first or planned, planned) if planned is not None else first), last


def opening_days(scenario: Scenario, first: date, end: date) -> tuple[tuple[str, date], ...]:
    """The days, from one on until before another, on which entry to a scenario begins or ends, each with a word for
    it.
    """
    opens, closes = opening(scenario)
    word = "planned" if opens is not None and opens == planned_day(scenario) else "opens"
    days = ((word, opens), ("closes", closes))
    return tuple((event, day) for event, day in days if day is not None and first <= day < end)


def is_dated(scenario: Scenario) -> bool:
    """Whether a date or a schedule decides when contacts enter, or on which days they can."""
    return any(isinstance(trigger, MomentTrigger | ScheduleTrigger) for trigger in scenario.triggers) or any(
        opening(scenario)
    )


def _instants(trigger: Trigger, start: int, end: int, tz: ZoneInfo) -> Iterator[int]:
    if isinstance(trigger, MomentTrigger):
        moment = read_datetime(trigger.at.text, tz)
        at = to_instant(moment) if moment is not None else end
        if start <= at < end:
            yield at
    elif isinstance(trigger, ScheduleTrigger):
        at = start - 1
        while True:
            wait = trigger.ticks
            at = next_match(wait.cron, at, tz) if wait.cron else due(wait, at, tz)
            if at >= end:
                return
            yield at
