"""The weeks of a log that stand for weeks to come, and the project as if its coming dates had been in them.

A week is compared with the last week in the log that is 52 weeks, or a multiple of 52, before it, so that weekdays
stay. Replays nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scenario_cli.analysis.periods import midnight
from scenario_cli.engine.calendar import instant, local
from scenario_cli.hosts.calendar.dates import Tick, day_of, monday
from scenario_cli.model.dates import read_date
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.source import Name
from scenario_cli.model.triggers import MomentTrigger, ScheduleTrigger, Trigger

YEAR = timedelta(weeks=52)
_MOST_YEARS = 60
_MOST_TICKS = 200  # dates set one by one; more frequent ones fall into every week anyway


def log_weeks(weeks: Iterable[date], first: int, last: int, timezone: str) -> dict[date, date]:
    """The Mondays of weeks, each with the Monday of the week to compare with. Only weeks with a whole such week in the
    log.
    """
    earlier_weeks: dict[date, date] = {}
    for week in weeks:
        for years in range(1, _MOST_YEARS):
            earlier = week - years * YEAR
            if midnight(earlier, timezone) < first:
                break
            if midnight(earlier + timedelta(weeks=1), timezone) <= last:
                earlier_weeks[week] = earlier
                break
    return earlier_weeks


def in_the_log(
    project: Project,
    coming: Mapping[str, Sequence[Tick]],
    past: Mapping[str, Sequence[Tick]],
    weeks: Mapping[date, date],
    tz: ZoneInfo,
) -> Project:
    """The project with the coming dates of scenarios as dates in the weeks of the log, those of the past as they are in
    its other weeks, and with all of these scenarios open all the time."""
    log_weeks = set(weeks.values())
    scenarios = dict(project.scenarios)
    for name, ticks in coming.items():
        moved = [(at, trigger) for tick in ticks for at, trigger in _in_log(tick, weeks, tz)]
        unmoved = [tick for tick in past.get(name, ()) if monday(day_of(tick[0], tz)) not in log_weeks]
        scenarios[name] = replace(_with_ticks(scenarios[name], [*unmoved, *moved], tz), active=(None, None))
    return replace(project, scenarios=scenarios)


def _with_ticks(scenario: Scenario, ticks: Sequence[Tick], tz: ZoneInfo) -> Scenario:
    """The scenario with these instants in place of its dates and schedules."""
    scheduled = [trigger for trigger in scenario.triggers if isinstance(trigger, ScheduleTrigger)]
    other_triggers: list[Trigger] = [
        trigger for trigger in scenario.triggers if not isinstance(trigger, ScheduleTrigger | MomentTrigger)
    ]
    # If nothing else is written, a contact enters once by a date, and each time by a schedule.
    mixed = scenario.reentry is None and len(scheduled) not in (0, len(scenario.triggers))
    if len(ticks) > _MOST_TICKS or (scheduled and mixed):
        other_triggers += scheduled
        ticks = [tick for tick in ticks if isinstance(tick[1], MomentTrigger)]
    always = scenario.reentry is None and bool(scheduled) and not mixed
    dated = dict.fromkeys(_moment(tick, tz) for tick in ticks)
    return replace(scenario, triggers=(*other_triggers, *dated), reentry="always" if always else scenario.reentry)


def _in_log(tick: Tick, weeks: Mapping[date, date], tz: ZoneInfo) -> list[Tick]:
    """The instant at the same time on the same weekday of the matching week in the log, if there is one."""
    at, trigger = tick
    week = monday(day_of(at, tz))
    if week not in weeks:
        return []
    return [(instant(local(at, tz) - (week - weeks[week]), tz), trigger)]


def _moment(tick: Tick, tz: ZoneInfo) -> MomentTrigger:
    at, trigger = tick
    moment = Name(local(at, tz).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds"), trigger.span)
    return MomentTrigger(moment, trigger.span, trigger.on_project_clock or _names_a_zone(trigger), trigger.each)


def _names_a_zone(trigger: MomentTrigger | ScheduleTrigger) -> bool:
    moment = read_date(trigger.at.text) if isinstance(trigger, MomentTrigger) else None
    return moment is not None and moment.tzinfo is not None
