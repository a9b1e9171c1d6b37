"""The topics of a committee: scenarios to review, drafts to decide on, key dates, results.

Reads no clock and no log: the days and the figures are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from scenario_cli.analysis.changes_over_time import Change
from scenario_cli.analysis.roadmap import planned_day, roadmap
from scenario_cli.model.calendar import Entry, KeyDay, Planned
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Committee:
    """The days of a committee: the next time, the last, the one before the last, and the one after the next."""

    day: date
    last: date
    before: date
    following: date


@dataclass(frozen=True, slots=True)
class Review:
    """A scenario to be reviewed. `reviewed` is the day of the last review, None if there was none; `due` is the day on
    which it is out of date, None if the project sets no limit."""

    scenario: str
    title: str
    status: str
    owner: str
    reviewed: date | None
    due: date | None


@dataclass(frozen=True, slots=True)
class Achievements:
    """Results of scenarios from the last committee on, and over the same time from the one `before` it on; instants are
    microseconds since 1970. Scenarios that nobody entered in either are left out; `goals` names the goal's event of
    those that have one.
    """

    start: int
    until: int
    before: tuple[int, int]
    changes: Mapping[str, Change]
    goals: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The whole agenda. `decisions` are the drafts planned until the committee after the next, `bare` the key dates
    that no scenario covers and that must be covered by then; `coming` are the calendar entries that start in between.

    `results` are None without a log, and if the log ends before the last committee; `log_end` is then its end.
    """

    project: str
    timezone: str
    currency: str
    committee: Committee
    review_after: int | None
    reviews: tuple[Review, ...]
    decisions: tuple[Planned, ...]
    bare: tuple[KeyDay, ...]
    coming: tuple[Entry, ...] = ()
    results: Achievements | None = None
    log_end: date | None = None


def agenda(project: Project, committee: Committee, key_days: tuple[KeyDay, ...], today: date) -> Agenda:
    """The agenda without coming dates and without results."""
    due_drafts = {
        name
        for name, scenario in project.scenarios.items()
        if (day := planned_day(scenario)) is not None and day <= committee.following
    }
    return Agenda(
        project.title or project.name,
        project.timezone,
        project.currency,
        committee,
        project.review_after,
        reviews(project, committee.day),
        tuple(item for item in roadmap(project, today) if item.scenario in due_drafts),
        tuple(
            day
            for day in key_days
            if not day.scenarios and day.first - timedelta(days=day.lead) <= committee.following and day.last >= today
        ),
    )


def reviews(project: Project, day: date) -> tuple[Review, ...]:
    """The scenarios that were never reviewed, then those whose review is out of date on a day, the longest first.
    Archived ones are left out.
    """
    due = []
    for scenario in project.scenarios.values():
        review = _review(scenario, project.review_after)
        if scenario.status != "archived" and (
            review.reviewed is None or (review.due is not None and review.due <= day)
        ):
            due.append(review)
    return tuple(sorted(due, key=lambda review: (review.reviewed or date.min, review.scenario)))


def _review(scenario: Scenario, review_after: int | None) -> Review:
    try:
        reviewed = date.fromisoformat(scenario.reviewed)
    except ValueError:
        reviewed = None
    due = reviewed + timedelta(days=review_after) if reviewed is not None and review_after is not None else None
    return Review(scenario.name, scenario.title, scenario.status, scenario.owner, reviewed, due)
