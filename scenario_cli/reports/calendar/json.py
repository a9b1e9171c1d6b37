"""The calendar of a relationship plan as JSON; its schema is `map-calendar.output.schema.json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenario_cli.model.calendar import Calendar, Entry, KeyDay, Planned, Week
from scenario_cli.reports.calendar.document import week_name
from scenario_cli.reports.json_text import json_text

FORMAT_VERSION = 1


def calendar_json(calendar: Calendar) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "command": "map",
        "project": calendar.project,
        "timezone": calendar.timezone,
        "from": calendar.first.isoformat(),
        "until": calendar.end.isoformat(),
        "log": {"first": calendar.log[0].isoformat(), "last": calendar.log[1].isoformat()} if calendar.log else None,
        "weeks": [_week(week) for week in calendar.weeks],
        "key_dates": key_dates_values(calendar.key_days),
        "roadmap": roadmap_values(calendar.roadmap),
        "always_on": list(calendar.undated),
    }
    return json_text(document)


def key_dates_values(days: Sequence[KeyDay]) -> list[dict[str, Any]]:
    return [
        {
            "name": day.name,
            "title": day.title,
            "first": day.first.isoformat(),
            "last": day.last.isoformat(),
            "lead_days": day.lead,
            "scenarios": list(day.scenarios),
        }
        for day in days
    ]


def roadmap_values(items: Sequence[Planned]) -> list[dict[str, Any]]:
    return [
        {
            "scenario": item.scenario,
            "title": item.title,
            "batch": item.batch or None,
            "planned": item.planned or None,
            "program": item.program or None,
            "owner": item.owner or None,
            "overdue": item.overdue,
        }
        for item in items
    ]


def _week(week: Week) -> dict[str, Any]:
    return {
        "week": week_name(week),
        "first": week.first.isoformat(),
        "log_week": week.log_week.isoformat() if week.log_week is not None else None,
        "messages": week.expected,
        "always_on_messages": week.others,
        "scenarios": [entry_values(entry) for entry in week.entries],
        "key_dates": [{"name": day.name, "first": day.first.isoformat()} for day in week.key_days],
    }


def entry_values(entry: Entry) -> dict[str, Any]:
    return {
        "scenario": entry.scenario,
        "status": entry.status,
        "times": [time.isoformat() for time in entry.times],
        "days": [{"event": word, "day": day.isoformat()} for word, day in entry.events],
        "messages": entry.expected,
    }
