"""The time of an event of Mautic: at once, after an interval, or on a date; within hours and on days."""

from __future__ import annotations

from scenario_cli.importing.fields import one_of, texts
from scenario_cli.importing.formats.mautic.export import Event
from scenario_cli.importing.journey import After, End
from scenario_cli.importing.json_nodes import Damaged
from scenario_cli.importing.ledger import Item

_UNITS = {"i": "min", "h": "h", "d": "d", "w": "w", "m": "mo", "y": "y"}
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MODES = ("", "immediate", "interval", "date", "optimized")


def wait_before(event: Event, item: Item) -> After | None:
    """The wait before an event, leading to it; None if it comes at once."""
    fields = event.fields
    mode = one_of(fields.text("trigger_mode", "triggerMode"), _MODES, fields.place("trigger_mode", "triggerMode"),
                  "the trigger mode")  # fmt: skip
    hour = fields.clock("trigger_hour", "triggerHour")
    number = fields.number("trigger_interval", "triggerInterval")
    unit = fields.text("trigger_interval_unit", "triggerIntervalUnit")
    date = fields.moment("trigger_date", "triggerDate")
    start = fields.clock("triggerRestrictedStartHour")
    stop = fields.clock("triggerRestrictedStopHour")
    days = [_day(text, event) for text in texts(fields.items("triggerRestrictedDaysOfWeek"))]
    fields.read |= {"triggerWindow"}
    after = After("", event.id)
    if mode == "date" and date:
        after.wait, after.if_past, after.if_missing = f"date '{date}'", End("too_late"), "never"
        item.approximate(
            "a contact who comes after that date leaves as 'too_late'; Mautic continues at once", after.remarks
        )
        return after
    if mode != "interval":
        if mode == "optimized":
            item.decide("Mautic chooses each contact's best hour, the scenario does not wait: write 'at'")
        return None
    place = fields.place("trigger_interval_unit", "triggerIntervalUnit")
    interval = f"{int(number)}{_UNITS[one_of(unit or 'd', _UNITS, place, 'the unit')]}" if number else ""
    at = hour or start
    if start and not hour:
        item.approximate(f"Mautic allows {start} to {stop or '24:00'}; the scenario waits for {start}", after.remarks)
    on = f"on {','.join(days)}" if days and len(set(days)) < 7 else ""
    if on and not at and not interval:
        at = "09:00"
    after.wait = " ".join(part for part in (interval, f"at {at}" if at else "", on) if part)
    return after if after.wait else None


def _day(text: str, event: Event) -> str:
    if text.isdigit() and int(text) <= 7:
        return _DAYS[int(text) % 7]
    raise Damaged(f"'{text}' is not a day of the week: 0 is Sunday", event.span)
