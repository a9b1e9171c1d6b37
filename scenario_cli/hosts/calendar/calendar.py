"""The coming weeks of a project's scenarios, with the volumes to expect from a log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from scenario_cli.analysis.periods import midnight
from scenario_cli.analysis.roadmap import key_days, roadmap
from scenario_cli.engine.calendar import local, zone
from scenario_cli.events.staged import StagedLog
from scenario_cli.hosts.calendar.dates import Tick, day_of, is_dated, is_open, opening, opening_days, ticks
from scenario_cli.hosts.calendar.same_weeks import in_the_log, log_weeks
from scenario_cli.hosts.calendar.volumes import volumes
from scenario_cli.hosts.concerned import concerned_log
from scenario_cli.hosts.replay import Replay
from scenario_cli.model.calendar import Calendar, Entry, Week
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import ScheduleTrigger

_WEEK = timedelta(weeks=1)


def calendar_of(project: Project, first: date, end: date) -> Calendar:
    """The calendar of whole weeks from a Monday on, until before another, without expected volumes. Archived scenarios
    are left out.
    """
    ticks_of = ticks_by_scenario(project, first, end)
    # A scenario that began before the first day can be about a key date after it.
    lead = timedelta(days=max((key_date.lead for key_date in project.key_dates.values()), default=0))
    starts = _starts(project, ticks_by_scenario(project, first - lead, end))
    days = key_days(project, first, end - timedelta(days=1), starts)
    weeks = []
    week = first
    while week < end:
        entries = (
            _entry(project.scenarios[name], scenario_ticks, week, project) for name, scenario_ticks in ticks_of.items()
        )
        key_dates = tuple(day for day in days if day.first < week + _WEEK and day.last >= week)
        in_order = sorted((entry for entry in entries if entry is not None), key=lambda entry: entry.first_day)
        weeks.append(Week(week, tuple(in_order), key_dates))
        week += _WEEK
    undated = (name for name, scenario in project.scenarios.items() if scenario.runs and not is_dated(scenario))
    return Calendar(
        project.title or project.name,
        project.timezone,
        first,
        end,
        tuple(weeks),
        days,
        roadmap(project, first),
        tuple(undated),
    )


def with_volumes(
    calendar: Calendar,
    project: Project,
    staged: StagedLog,
    workers: int,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Calendar:
    """The calendar with the messages of the log's same weeks, had the coming dates been in them."""
    tz = zone(project.timezone)
    begins, ends = staged.report.first, staged.report.last
    if tz is None or begins is None or ends is None:
        return calendar
    weeks = log_weeks((week.first for week in calendar.weeks), begins, ends, project.timezone)
    log = day_of(begins, tz), day_of(ends, tz)
    calendar = replace(calendar, log=log)
    if not weeks:
        return calendar
    ticks_of = ticks_by_scenario(project, calendar.first, calendar.end)
    past = ticks_by_scenario(project, log[0], log[1] + timedelta(days=1))
    moved = in_the_log(project, ticks_of, past, weeks, tz)
    names = tuple(
        name
        for name, scenario in project.scenarios.items()
        if scenario.runs and (name in ticks_of or not is_dated(scenario))
    )
    until = min(ends, midnight(max(weeks.values()) + _WEEK, project.timezone))
    job = Replay(moved, names, None, until, begins)
    counts = volumes(job, concerned_log(moved, names, staged, None, until), workers, progress)
    return replace(
        calendar,
        weeks=tuple(_with_volume(week, weeks.get(week.first), counts, calendar, project) for week in calendar.weeks),
    )


def ticks_by_scenario(project: Project, first: date, end: date) -> dict[str, list[Tick]]:
    """The entry times of each scenario, from one day on until before another. Scenarios without a date or schedule,
    archived scenarios and those that no contact can enter by then are left out.
    """
    tz = zone(project.timezone)
    assert tz is not None
    start, stop = (midnight(day, project.timezone) for day in (first, end))
    ticks_of: dict[str, list[Tick]] = {}
    for name, scenario in project.scenarios.items():
        if scenario.status == "archived" or not is_dated(scenario):
            continue
        opens, closes = opening(scenario)
        if (opens is None or opens < end) and (closes is None or closes >= first):
            ticks_of[name] = ticks(scenario, start, stop, tz)
    return ticks_of


def _entry(scenario: Scenario, scenario_ticks: Sequence[Tick], week: date, project: Project) -> Entry | None:
    tz = zone(project.timezone)
    assert tz is not None
    times = tuple(local(at, tz) for at, _ in scenario_ticks if week <= day_of(at, tz) < week + _WEEK)
    within = opening_days(scenario, week, week + _WEEK)
    return Entry(scenario.name, scenario.status, times, within) if times or within else None


def _starts(project: Project, ticks_of: Mapping[str, Sequence[Tick]]) -> dict[str, list[tuple[date, date]]]:
    """The stretches of days by which each running scenario can cover a key date: those that it names. A recurring
    schedule is about no date, unless contacts can enter the scenario only for a limited time.
    """
    tz = zone(project.timezone)
    assert tz is not None
    starts: dict[str, list[tuple[date, date]]] = {}
    for name, scenario_ticks in ticks_of.items():
        opens, closes = opening(project.scenarios[name])
        dated = [at for at, trigger in scenario_ticks if closes is not None or not isinstance(trigger, ScheduleTrigger)]
        stretches = [(day_of(at, tz), day_of(at, tz)) for at in dated]
        if opens is not None and (closes is not None or not scenario_ticks):
            stretches.append((opens, closes or opens))
        if stretches and project.scenarios[name].runs:
            starts[name] = stretches
    return starts


def _with_volume(
    week: Week, log_week: date | None, counts: Mapping[tuple[str, date], int], calendar: Calendar, project: Project
) -> Week:
    if log_week is None:
        return week
    expected = {
        name: count
        for (name, counted), count in counts.items()
        if counted == log_week and name not in calendar.undated and _is_open_in(project.scenarios[name], week.first)
    }
    entering = {entry.scenario for entry in week.entries}
    entries = [
        replace(entry, expected=expected.get(entry.scenario, 0)) if project.scenarios[entry.scenario].runs else entry
        for entry in week.entries
    ]
    # A journey continues in the weeks after it began.
    entries += [
        Entry(name, project.scenarios[name].status, expected=count)
        for name, count in sorted(expected.items())
        if name not in entering
    ]
    others = sum(counts.get((name, log_week), 0) for name in calendar.undated)
    return replace(week, entries=tuple(entries), log_week=log_week, others=others)


def _is_open_in(scenario: Scenario, week: date) -> bool:
    return any(is_open(scenario, week + timedelta(days=day)) for day in range(7))
