"""The agenda of the next committee: its days, the coming dates until the next committee, the results since the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from scenario_cli.analysis.agenda import Achievements, Agenda, Committee, agenda
from scenario_cli.analysis.changes_over_time import changes
from scenario_cli.analysis.periods import midnight
from scenario_cli.analysis.roadmap import planned_day
from scenario_cli.engine.calendar import add, due, local, zone
from scenario_cli.engine.cron import next_match
from scenario_cli.events.staged import StagedLog
from scenario_cli.hosts.calendar.calendar import calendar_of, ticks_by_scenario
from scenario_cli.hosts.calendar.dates import day_of, opening_days
from scenario_cli.hosts.concerned import concerned_log
from scenario_cli.hosts.replay import Replay
from scenario_cli.hosts.results.over_log import figures_of
from scenario_cli.model.calendar import Entry
from scenario_cli.model.project import Project
from scenario_cli.model.triggers import MomentTrigger
from scenario_cli.model.waits import Duration, Wait

_YEAR = timedelta(days=366)


def committee_days(project: Project, today: date, last: date | None) -> Committee:
    """The next committee from a day on. If the project does not set its dates, it is that day, and every month."""
    tz = zone(project.timezone)
    assert tz is not None
    if project.committee is None:
        month_ago, two_ago, following = (
            day_of(add(Duration(months=months), midnight(today, project.timezone), tz), tz) for months in (-1, -2, 1)
        )
        return Committee(today, last or month_ago, _before(today, last) if last else two_ago, following)
    days = [today - 2 * _YEAR, today - _YEAR]  # if the committee is so rare that there was none
    at = midnight(today - _YEAR, project.timezone) - 1
    while days[-1] < today:
        at = _next(project.committee, at, project)
        days.append(local(at, tz).date())
    following = local(_next(project.committee, at, project), tz).date()
    return Committee(days[-1], last or days[-2], _before(days[-1], last) if last else days[-3], following)


def _before(day: date, last: date) -> date:
    """The day before the last committee, at the same distance as the next committee after it."""
    return last - (day - last)


def _next(wait: Wait, after: int, project: Project) -> int:
    tz = zone(project.timezone)
    assert tz is not None
    return next_match(wait.cron, after, tz) if wait.cron else due(wait, after, tz)


def agenda_of(project: Project, today: date, last: date | None) -> Agenda:
    """The agenda without results."""
    committee = committee_days(project, today, last)
    reach = max((key_date.lead for key_date in project.key_dates.values()), default=0)
    days = calendar_of(project, today, committee.following + timedelta(days=reach + 1)).key_days
    agenda_ = agenda(project, committee, days, today)
    return replace(agenda_, coming=tuple(_coming(project, today, committee.following + timedelta(days=1))))


def _coming(project: Project, first: date, end: date) -> list[Entry]:
    """The scenarios with an entry by date, or that open or close, from a day on until before another. Entries by
    schedule and drafts with a planned day are not included.
    """
    tz = zone(project.timezone)
    assert tz is not None
    entries = []
    for name, ticks in ticks_by_scenario(project, first, end).items():
        scenario = project.scenarios[name]
        times = tuple(local(at, tz) for at, trigger in ticks if isinstance(trigger, MomentTrigger))
        events = opening_days(scenario, first, end)
        if (times or events) and planned_day(scenario) is None:
            entries.append(Entry(name, scenario.status, times, events))
    return sorted(entries, key=lambda entry: entry.first_day)


def with_results(
    agenda_: Agenda,
    project: Project,
    today: date,
    names: tuple[str, ...],
    staged: StagedLog,
    workers: int,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Agenda:
    """The agenda with the results of scenarios since the last committee, next to those of as many days after the
    committee before.
    """
    tz = zone(project.timezone)
    first, last = staged.report.first, staged.report.last
    if tz is None or first is None or last is None:
        return agenda_
    start = midnight(agenda_.committee.last, project.timezone)
    until = min(midnight(today + timedelta(days=1), project.timezone) - 1, last)
    if until <= start or first >= until:
        return replace(agenda_, log_end=day_of(last, tz))
    begin = midnight(agenda_.committee.before, project.timezone)
    before = begin, min(begin + until - start, start)
    figures = []
    for begin, end in ((start, until), before):
        job = Replay(project, names, begin, end, first)
        log = concerned_log(project, names, staged, begin, end)
        figures.append(figures_of(job, (), log, workers, progress))
    entered = {
        name: change
        for name, change in changes(figures[0], figures[1]).items()
        if change.now.journeys or change.before.journeys
    }
    scenarios = (project.scenarios[name] for name in entered)
    goals = {scenario.name: scenario.goal.event.text for scenario in scenarios if scenario.goal is not None}
    return replace(agenda_, results=Achievements(start, until, before, entered, goals), log_end=day_of(last, tz))
