"""Firing of triggers, and the due instants of those that time fires: section "Triggers"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scenario_cli.model.event import Event
from scenario_cli.model.scenario import OWN_OUTCOMES, Scenario
from scenario_cli.model.triggers import (
    AbsenceTrigger,
    AttributeTrigger,
    DateTrigger,
    EventTrigger,
    MomentTrigger,
    OutcomeTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    Trigger,
)
from scenario_cli.model.waits import Wait
from tests.reference.clock import (
    Plain,
    counted_from,
    instant,
    later,
    read,
    shows,
    time_of,
    wait_over,
    wait_over_since_move,
    wall,
)
from tests.reference.reading import holds, value_of

if TYPE_CHECKING:
    from tests.reference.interpreter import Contact


@dataclass
class Fired:
    """The firings so far of one trigger for one contact."""

    last: int | None = None  # the instant of its last firing
    since: set[int] = field(default_factory=set)  # for an absence: the events of the history for which it fired
    value: tuple[Any, int | None] | None = None  # for a date: the date for which it fired, or which was past
    years: set[int] = field(default_factory=set)


@dataclass
class Change:
    """Changes of the contact by one input, for the triggers that react to them."""

    attributes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    segments: Mapping[str, bool] = field(default_factory=dict)  # whether the contact is in the segment now


def fires(contact: Contact, scenario: Scenario, trigger: Trigger, event: Event | None, change: Change) -> Event | None:
    """The event of entry if this input fires the trigger, else None."""
    plan = contact.project.plan
    match trigger:
        case EventTrigger() if event is not None and event.name in plan.expand(trigger.event.text):
            return event if holds(trigger.where, contact.names(None, event, scenario)) else None
        case OutcomeTrigger() if event is not None and event.name == "journey.ended":
            outcome, outcomes = event.properties["outcome"], [outcome.text for outcome in trigger.outcomes]
            named = outcome in outcomes if outcomes else outcome not in OWN_OUTCOMES
            return event if named and event.properties["scenario"] == trigger.scenario.text else None
        case AttributeTrigger() if trigger.attribute.text in change.attributes:
            before, after = change.attributes[trigger.attribute.text]
            properties = {"attribute": trigger.attribute.text, "before": before, "after": after}
            cause = Event("attribute", contact.now, {"at": shows(contact.now, contact.zone), **properties})
            return cause if holds(trigger.where, contact.names(None, cause, scenario)) else None
        case SegmentTrigger() if change.segments.get(trigger.segment.text) is not trigger.left:
            if trigger.segment.text in change.segments:
                return of_segment(contact, trigger)
    return None


def of_segment(contact: Contact, trigger: SegmentTrigger) -> Event:
    """The event of entry for a contact who enters or leaves a segment."""
    properties = {"segment": trigger.segment.text, "change": "left" if trigger.left else "entered"}
    return Event("segment", contact.now, {"at": shows(contact.now, contact.zone), **properties})


def due(contact: Contact, scenario: Scenario, place: int) -> tuple[int, Event] | None:
    """The next instant at which time fires a trigger if nothing else happens, and the event of entry; None if never."""
    trigger = scenario.triggers[place]
    fired = contact.fired[scenario.name, place]
    match trigger:
        case AbsenceTrigger():
            return _absence(contact, scenario, trigger, fired)
        case ScheduleTrigger():
            return _schedule(contact, trigger, fired)
        case MomentTrigger():
            return _moment(contact, trigger, fired)
        case DateTrigger():
            return _date(contact, scenario, trigger, fired)
    return None


def has_fired(contact: Contact, scenario: Scenario, place: int, at: int, event: Event) -> None:
    """Remembers a firing by time, also if the contact did not enter."""
    trigger = scenario.triggers[place]
    fired = contact.fired[scenario.name, place]
    fired.last = at
    if isinstance(trigger, AbsenceTrigger):
        fired.since |= {place for place, past in enumerate(contact.past) if past.event is event}
    elif isinstance(trigger, DateTrigger):
        fired.value = _dated(_value(contact, scenario, trigger), contact.clock(scenario))
        fired.years.add(wall(at, contact.clock(scenario)).year)


def _absence(contact: Contact, scenario: Scenario, trigger: AbsenceTrigger, fired: Fired) -> tuple[int, Event] | None:
    over = [_absence_since(contact, scenario, trigger, place) for place in _last_since(contact, trigger) - fired.since]
    # If several are over at one instant, the earlier event comes first.
    return min((each for each in over if each is not None), key=lambda each: each[0], default=None)


def _absence_since(
    contact: Contact, scenario: Scenario, trigger: AbsenceTrigger, since: int
) -> tuple[int, Event] | None:
    absent, value = contact.project.plan.expand(trigger.absent.text), _counted_by(trigger, contact.past[since].event)
    for past in contact.past[since + 1 :]:
        if past.event.name in absent and _counted_by(trigger, past.event) in (None, value):
            return None
    armed = contact.past[since]
    wait, begin = plain_wait(trigger.length), armed.event.at
    zone = contact.clock(scenario)
    if contact.moves > armed.moves and wait.on_a_clock and not scenario.on_project_clock:
        return wait_over_since_move(wait, begin, contact.moved_at, zone), armed.event
    return wait_over(wait, begin, zone), armed.event


def _last_since(contact: Contact, trigger: AbsenceTrigger) -> set[int]:
    """The place of the last `since` event; with `by`, of the last for each value."""
    since = contact.project.plan.expand(trigger.since.text)
    last = {
        _counted_by(trigger, past.event): place for place, past in enumerate(contact.past) if past.event.name in since
    }
    return {place for value, place in last.items() if value is not None}


def _counted_by(trigger: AbsenceTrigger, event: Event) -> Any:
    """An event's value of `by`, None if it has none; the same for all events without `by`."""
    if trigger.by is None:
        return ""
    value = event.properties.get(trigger.by.text)
    return value if isinstance(value, str | int | float) else None


def _schedule(contact: Contact, trigger: ScheduleTrigger, fired: Fired) -> tuple[int, Event]:
    zone = contact.project_zone if trigger.on_project_clock else contact.zone
    assert contact.known_at is not None
    # Not before the contact is known, each tick once, and no past tick after a change of clock.
    earliest = contact.known_at
    if fired.last is not None:
        earliest = max(earliest, fired.last + 1)
    if contact.moves and not trigger.on_project_clock:
        earliest = max(earliest, contact.moved_at)
    at = wait_over(plain_wait(trigger.ticks), earliest - 1, zone)
    return at, Event("schedule", at, {"at": shows(at, contact.zone)})


def _moment(contact: Contact, trigger: MomentTrigger, fired: Fired) -> tuple[int, Event] | None:
    moment = read(trigger.at.text, contact.project_zone if trigger.on_project_clock else contact.zone)
    assert moment is not None
    at = counted_from(moment)
    if at < contact.now:
        fired.last = at  # past, so it does not come again on another clock
    return None if fired.last is not None else (at, Event("moment", at, {"at": shows(at, contact.zone)}))


def _value(contact: Contact, scenario: Scenario, trigger: DateTrigger) -> Any:
    return value_of(trigger.date, contact.names(None, None, scenario))


def _date(contact: Contact, scenario: Scenario, trigger: DateTrigger, fired: Fired) -> tuple[int, Event] | None:
    value, zone = _value(contact, scenario, trigger), contact.clock(scenario)
    moment = read(value, zone)
    if fired.value is not None and not _same_date(fired.value, _dated(value, zone)):
        fired.value = None
    if moment is None:
        return None
    if not trigger.yearly:
        at = _moved(zone, trigger, moment.replace(tzinfo=None, fold=0), counted_from(moment))
        if at < contact.now:
            fired.value = _dated(value, zone)  # past, so it does not come again on another clock
        if fired.value is not None:
            return None
        return at, _date_event(contact, at, moment)
    shown = _as_written(value, moment)
    this_year = wall(contact.now, zone).year
    for year in range(this_year - 2, this_year + 12):
        if year < shown.year:
            continue
        # 29 February is the 28th in other years, as a calendar step of years makes it.
        anniversary = _in_year(shown, year)
        at = _moved(zone, trigger, anniversary, instant(anniversary, zone))
        if at >= contact.now and wall(at, zone).year not in fired.years:
            return at, _date_event(contact, at, moment)
    return None


def _dated(value: Any, zone: ZoneInfo) -> tuple[Any, int | None]:
    """A date as written in the data, and as an instant on the present clock."""
    moment = read(value, zone)
    return value, None if moment is None else counted_from(moment)


def _same_date(first: tuple[Any, int | None], second: tuple[Any, int | None]) -> bool:
    return second[1] is not None and (first[0] == second[0] or first[1] == second[1])


def _as_written(value: Any, moment: datetime) -> datetime:
    """The local time of a written date: a midnight that the clock skipped in its year counts in others."""
    written = datetime.fromisoformat(value.strip()) if isinstance(value, str) else moment
    return (moment if written.tzinfo is not None else written).replace(tzinfo=None, fold=0)


def _in_year(shown: datetime, year: int) -> datetime:
    try:
        return shown.replace(year=year)
    except ValueError:
        return shown.replace(year=year, day=28)


def _moved(zone: ZoneInfo, trigger: DateTrigger, shown: datetime, at: int) -> int:
    """The instant of a date, moved by the trigger's offset, then to its time of day."""
    if trigger.offset is not None:
        at = later(at, trigger.offset, zone, backwards=trigger.before)
    if trigger.at is not None:
        at = instant(datetime.combine(wall(at, zone).date(), time_of(trigger.at)), zone)
    return at


def _date_event(contact: Contact, at: int, moment: datetime) -> Event:
    return Event("date", at, {"at": shows(at, contact.zone), "date": moment})


def word(trigger: Trigger, event: Event) -> str:
    """The first word of a trace's reason for an entry."""
    match trigger:
        case EventTrigger():
            return event.name
        case SegmentTrigger():
            return str(event.properties["change"])
        case AbsenceTrigger():
            return "no"
        case ScheduleTrigger():
            return "schedule"
        case MomentTrigger():
            return "at"
        case DateTrigger():
            return "date"
        case AttributeTrigger():
            return "attribute"
        case OutcomeTrigger():
            return "scenario"


def plain_wait(wait: Wait) -> Plain:
    return Plain(wait.duration, wait.at, wait.days, wait.cron)
