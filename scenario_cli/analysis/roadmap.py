"""The drafts of a project in the order of their planned start, and the key dates that scenarios cover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from scenario_cli.model.calendar import KeyDay, Planned
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario


def roadmap(project: Project, today: date) -> tuple[Planned, ...]:
    """The drafts that name a batch or a day, by day and batch; those without a day come last."""
    drafts = [
        scenario
        for scenario in project.scenarios.values()
        if scenario.status == "draft" and (scenario.batch or scenario.planned is not None)
    ]
    drafts.sort(key=lambda scenario: (planned_day(scenario) or date.max, scenario.batch, scenario.name))
    return tuple(_planned(scenario, today) for scenario in drafts)


def planned_day(scenario: Scenario) -> date | None:
    """The planned day of a draft's start; for a month, its first day."""
    if scenario.planned is None or scenario.status != "draft":
        return None
    text = scenario.planned.text
    return date.fromisoformat(text if text.count("-") == 2 else f"{text}-01")


def is_overdue(scenario: Scenario, today: date) -> bool:
    """Whether the planned day or month of a draft has passed."""
    day = planned_day(scenario)
    if day is None or scenario.planned is None:
        return False
    by_month = scenario.planned.text.count("-") == 1
    return (day.year, day.month) < (today.year, today.month) if by_month else day < today


def key_days(
    project: Project, first: date, last: date, starts: Mapping[str, Iterable[tuple[date, date]]]
) -> tuple[KeyDay, ...]:
    """The key dates between two days. Each has the scenarios with a span of days, such as the day of entry, that is in
    it or at most its `lead` before it.
    """
    days = []
    for key_date in project.key_dates.values():
        for begin, end in key_date.between(first, last):
            covering = tuple(
                name
                for name, stretches in starts.items()
                if any(stretch[0] <= end and (begin - stretch[1]).days <= key_date.lead for stretch in stretches)
            )
            title = key_date.title or key_date.name
            days.append(KeyDay(key_date.name, title, begin, end, covering, key_date.lead))
    return tuple(sorted(days, key=lambda day: (day.first, day.name)))


def _planned(scenario: Scenario, today: date) -> Planned:
    return Planned(
        scenario.name,
        scenario.title,
        scenario.batch,
        scenario.planned.text if scenario.planned is not None else "",
        scenario.program.text if scenario.program is not None else "",
        scenario.owner,
        is_overdue(scenario, today),
    )
