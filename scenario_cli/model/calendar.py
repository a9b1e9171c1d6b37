"""The coming weeks of a relationship plan: starts of scenarios, expected messages, key dates. Calculates nothing."""

from __future__ import annotations

from datetime import date, datetime

from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A scenario in one week. `times` are when contacts enter, on the project's clock; `events` are days on which
    entry to the scenario begins or ends, each with a word: `opens`, `closes`, `planned`.

    `expected` are the messages of the log's same week; None if the log has no such week.
    """

    scenario: str
    status: str
    times: tuple[datetime, ...] = ()
    events: tuple[tuple[str, date], ...] = ()
    expected: int | None = None

    @property
    def first_day(self) -> date:
        """The first of its days; it has at least one."""
        return min([*(time.date() for time in self.times), *(day for _, day in self.events)])


@dataclass(frozen=True, slots=True)
class KeyDay:
    """One time that a key date takes place, with the scenarios that cover it."""

    name: str
    title: str
    first: date
    last: date
    scenarios: tuple[str, ...]
    lead: int


@dataclass(frozen=True, slots=True)
class Week:
    """One week, by its Monday. `log_week` is the Monday of the week of the log that it is compared with; `others` are
    the messages in it of the scenarios that no date or schedule starts. Both are None if there is no such week.
    """

    first: date
    entries: tuple[Entry, ...]
    key_days: tuple[KeyDay, ...]
    log_week: date | None = None
    others: int | None = None

    @property
    def expected(self) -> int | None:
        """The messages of the scenarios in the calendar."""
        return None if self.log_week is None else sum(entry.expected or 0 for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Planned:
    """A draft on the roadmap. `planned` is a day or a month as written; `overdue`: it has passed."""

    scenario: str
    title: str
    batch: str
    planned: str
    program: str
    owner: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar of a project from its first day on, until before `end`. `log` are the first and the last day of the
    log, None without one. `undated` are the scenarios that run and that no date or schedule starts."""

    project: str
    timezone: str
    first: date
    end: date
    weeks: tuple[Week, ...]
    key_days: tuple[KeyDay, ...]
    roadmap: tuple[Planned, ...]
    undated: tuple[str, ...]
    log: tuple[date, date] | None = None
