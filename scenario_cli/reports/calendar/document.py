"""The calendar of a relationship plan as a document: the weeks, the key dates, the roadmap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from scenario_cli.model.calendar import Calendar, Entry, KeyDay, Planned, Week
from scenario_cli.reports.document.parts import Document, Grid, Heading, Paragraph, row
from scenario_cli.reports.text import plural

_MOST_TIMES = 2  # times of one week that are written in full
_WEEK = 7  # days


def calendar_document(calendar: Calendar) -> Document:
    title = f"calendar of {plural(len(calendar.weeks), 'week')} from {calendar.first}, {calendar.timezone}"
    document: Document = [Heading(1, calendar.project, title), *map(Paragraph, _about(calendar))]
    document += [Heading(2, "Weeks"), _weeks(calendar)]
    if calendar.key_days:
        document += [Heading(2, "Key dates"), *key_dates(calendar.key_days)]
    if calendar.roadmap:
        document += [Heading(2, "Roadmap"), roadmap(calendar.roadmap)]
    return document


def key_dates(key_days: Sequence[KeyDay]) -> Document:
    """The key dates with the scenarios that cover them, and those that nothing covers."""
    bare = [day for day in key_days if not day.scenarios]
    parts: Document = []
    if bare:
        listed = ", ".join(f"{day.title} ({days_words(day)})" for day in bare)
        parts.append(Paragraph(f"No scenario covers {listed}."))
    rows = [row(days_words(day), day.title, tuple(f"`{name}`" for name in day.scenarios) or "nothing")
            for day in key_days]  # fmt: skip
    return [*parts, Grid(("day", "key date", "covered by"), tuple(rows))]


def roadmap(items: Sequence[Planned]) -> Grid:
    rows = [
        row(
            f"{item.planned} (overdue)" if item.overdue else item.planned,
            item.batch,
            f"`{item.scenario}`",
            item.title,
            item.program,
            item.owner,
        )
        for item in items
    ]
    return Grid(("planned", "batch", "scenario", "title", "program", "owner"), tuple(rows))


def days_words(day: KeyDay) -> str:
    return f"{day.first}" if day.last == day.first else f"{day.first} to {day.last}"


def day_words(day: date) -> str:
    """A day next to its week: `Tue 25 Nov`."""
    return f"{day:%a} {day.day} {day:%b}"


def week_name(week: Week) -> str:
    year, number, _ = week.first.isocalendar()
    return f"{year}-W{number:02}"


def _about(calendar: Calendar) -> list[str]:
    texts = []
    if calendar.undated:
        count = plural(len(calendar.undated), "scenario")
        texts.append(f"{count} without date or schedule: their messages are in the column 'always on'.")
    comparable = sum(week.log_week is not None for week in calendar.weeks)
    if calendar.log is None:
        texts.append("No log is read, so the number of messages is unknown.")
    elif not comparable:
        texts.append(f"The log ({calendar.log[0]} to {calendar.log[1]}) has none of these weeks, so the number of "
                     "messages is unknown.")  # fmt: skip
    else:
        weeks = (
            "all of the weeks"
            if comparable == len(calendar.weeks)
            else f"{comparable} of the {len(calendar.weeks)} weeks"
        )
        texts.append(
            f"The number of messages comes from the same weeks of the log ({calendar.log[0]} to {calendar.log[1]}): a "
            f"replay with the coming dates and the contacts of then. The log has {weeks}."
        )
    return texts


def _weeks(calendar: Calendar) -> Grid:
    with_log = any(week.log_week is not None for week in calendar.weeks)
    head = ("week", "scenarios", *(("messages", "always on") if with_log else ()), "key dates")
    return Grid(head, tuple(_week(week, with_log) for week in calendar.weeks), frozenset({2, 3} if with_log else ()))


def _week(week: Week, with_log: bool) -> tuple[tuple[str, ...], ...]:
    figures = (_count(week.expected), _count(week.others)) if with_log else ()
    return row(
        f"{week_name(week)}, {week.first.day} {week.first:%b}",
        tuple(entry_words(entry) for entry in week.entries),
        *figures,
        tuple(_key_day(day, week) for day in week.key_days),
    )


def entry_words(entry: Entry) -> str:
    """`newsletter` Tue 4 Mar 10:00: 812, the messages that are expected."""
    status = "" if entry.status == "live" else f" ({entry.status})"
    days = [f"{word} {day_words(day)}" for word, day in entry.events] + _times(entry.times)
    if not days:
        days.append("goes on")
    expected = f": {entry.expected:,}" if entry.expected is not None else ""
    return f"`{entry.scenario}`{status} {', '.join(days)}{expected}"


def _times(times: Sequence[datetime]) -> list[str]:
    """The times of a week at which contacts enter: `Tue 25 Nov 10:00`, `Mon Wed Fri 10:00`, `every day 10:00`, `84
    times`.
    """
    if len(times) <= _MOST_TIMES:
        return [f"{day_words(time.date())} {time:%H:%M}" for time in times]
    if len({time.time() for time in times}) > 1:
        return [f"{len(times)} times"]
    days = "every day" if len(times) == _WEEK else " ".join(f"{time:%a}" for time in times)
    return [f"{days} {times[0]:%H:%M}"]


def _key_day(day: KeyDay, week: Week) -> str:
    begins = day.first >= week.first
    name = f"{day.title}, {day_words(day.first)}" if begins else f"{day.title} goes on"
    return name if day.scenarios else f"{name}: not covered"


def _count(count: int | None) -> str:
    return "" if count is None else f"{count:,}"
