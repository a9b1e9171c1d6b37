"""The instant at which a made-up contact could enter by a trigger, and the stand-in for its event. Lets no contact
enter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.engine import calendar
from scenario_cli.engine.values import to_datetime
from scenario_cli.engine.waits import due
from scenario_cli.model.expression import path_of
from scenario_cli.model.triggers import AbsenceTrigger, DateTrigger, MomentTrigger, ScheduleTrigger, Trigger, kind_of


def sample_entry(
    trigger: Trigger, profile: Mapping[str, Any], start: int, zone: ZoneInfo
) -> tuple[int, Mapping[str, Any]]:
    """The instant, counted from `start` if the trigger names none, and the properties that depend on it."""
    date: int | None = None
    match trigger:
        case ScheduleTrigger():
            at = due(trigger.ticks, start - 1, zone)
        case AbsenceTrigger():
            return due(trigger.length, start, zone), {}
        case MomentTrigger():
            local_time = calendar.read_datetime(trigger.at.text, zone)
            at = start if local_time is None else calendar.counted_from(local_time)
        case DateTrigger():
            at, date = _on_date(trigger, profile, start, zone)
        case _ if kind_of(trigger).stand_in is None:
            return start, {}
        case _:
            at = start
    properties: dict[str, Any] = {"at": calendar.local(at, zone)}
    return at, properties if date is None else {**properties, "date": calendar.local(date, zone)}


def _on_date(trigger: DateTrigger, profile: Mapping[str, Any], start: int, zone: ZoneInfo) -> tuple[int, int]:
    """The instant at which the trigger fires, and the date: the profile's own if the trigger reads one, else that of
    `start`.
    """
    path = path_of(trigger.date.root)
    value = profile.get(path[1]) if path is not None and len(path) == 2 and path[0] == "contact" else None
    local_time = to_datetime(value, zone)
    date = start if local_time is None else calendar.counted_from(local_time)
    anniversary = date
    if trigger.yearly:
        # If the offset goes back a year, the next anniversary still fires before `start`.
        for year in range(calendar.local(start, zone).year - 1, calendar.local(start, zone).year + 3):
            anniversary = calendar.instant(_in_year(calendar.local(date, zone), year), zone)
            if _moved(trigger, anniversary, zone) >= start:
                break
    return _moved(trigger, anniversary, zone), date


def _moved(trigger: DateTrigger, date: int, zone: ZoneInfo) -> int:
    return calendar.around(date, trigger.offset, trigger.before, trigger.at, zone)


def _in_year(wall: datetime, year: int) -> datetime:
    """The same local day in another year; 29 February becomes the 28th in a year without it."""
    wall = wall.replace(tzinfo=None)
    try:
        return wall.replace(year=year)
    except ValueError:
        return wall.replace(year=year, day=28)
