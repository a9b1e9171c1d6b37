"""Arms and disarms the triggers that time fires: absences, schedules, moments and dates. Lets no contact enter."""

from __future__ import annotations

import heapq
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from scenario_cli.engine import calendar
from scenario_cli.engine.calendar import local
from scenario_cli.engine.compiled import CompiledTimer, Machine, Program
from scenario_cli.engine.cron import next_match
from scenario_cli.engine.state import AFTER_JOURNEYS, FIRST_LOOK, NEVER, TICK, TRIGGER, Armed, ContactState
from scenario_cli.engine.values import to_datetime
from scenario_cli.engine.waits import due_again
from scenario_cli.model.event import Event
from scenario_cli.model.triggers import (
    AbsenceTrigger,
    DateTrigger,
    MomentTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    Trigger,
    kind_of,
)

_MOST_TICKS: Final = 65_536  # remembered ticks of one schedule


def begin(program: Program, state: ContactState) -> None:
    """Arms the triggers of a contact who has just become known, and takes a first look at its segments."""
    for segment in program.compared:
        state.membership_before[segment.name] = segment.read(state)
    arm_tick(program, state)
    for machine, timer in program.timed:
        if not isinstance(timer.definition, AbsenceTrigger):
            arm_anew(program, state, machine, timer, state.now - 1)


def tick(program: Program, state: ContactState, due: int) -> None:
    """Refreshes the segments that time can change at a tick of the project's clock; triggers by them are due now."""
    if due != state.tick_at:
        return  # an earlier one was armed since, and has armed the next
    state.now, state.tick_at = due, NEVER
    state.bind(None, None)  # no event has caused the warnings of a segment here
    for segment in program.clocked:
        before, after = state.membership_before[segment.name], segment.read(state)
        if before != after:
            state.membership_before[segment.name] = after
            for machine in program.by_change:
                for trigger in machine.by_segment.get((segment.name, after), ()):
                    event = segment_event(state, segment.name, after)
                    _arm(state, machine, trigger.index, Armed(state.now, event))
    arm_tick(program, state)


def arm_tick(program: Program, state: ContactState) -> None:
    """Wakes the contact at the first tick at which time can change a segment that triggers compare."""
    if program.clock is None:
        return
    until = NEVER
    for segment in program.clocked:
        stands_until = state.members[segment.name].until
        if stands_until < until:
            until = stands_until
    if until >= NEVER:
        return
    due = program.clock.first(max(until, state.now + 1))
    if due < state.tick_at:
        state.tick_at = due
        heapq.heappush(state.timers, (due, -1, 0, TICK, 0, 0))


def segment_event(state: ContactState, name: str, entered: bool) -> Event:
    """The event of a contact that enters by a segment."""
    now = local(state.now, state.zone)
    return Event("segment", state.now, {"at": now, "segment": name, "change": "entered" if entered else "left"})


def _arm(state: ContactState, machine: Machine, index: int, armed: Armed) -> None:
    state.armed[machine.rank, index] = armed
    if armed.due < NEVER:
        heapq.heappush(state.timers, (armed.due, machine.rank, AFTER_JOURNEYS, TRIGGER, index, 0))


def take_due(state: ContactState, rank: int, index: int, due: int) -> Armed | None:
    """Takes the armed trigger for an instant, which is no longer armed then; None if it is now armed for another
    instant or not at all.
    """
    armed = state.armed.get((rank, index))
    if armed is not None and armed.due == due:
        return state.armed.pop((rank, index))
    by_value = state.armed_by.get((rank, index), {})
    value = next((value for value, armed in by_value.items() if armed.due == due), None)
    return by_value.pop(value) if value is not None else None


def arm_absences(program: Program, state: ContactState, event: Event) -> None:
    """Lets an event arm and disarm absences."""
    for machine, timer in program.arming.get(event.name, ()):
        assert isinstance(timer.definition, AbsenceTrigger)
        if timer.by is not None:
            _arm_counted(state, machine, timer, timer.definition, event)
        elif event.name in timer.since:
            _arm(
                state,
                machine,
                timer.trigger.index,
                Armed(_end_of_absence(timer.definition, event.at, machine.zone or state.zone), event),
            )
        else:
            state.armed.pop((machine.rank, timer.trigger.index), None)


def _arm_counted(
    state: ContactState, machine: Machine, timer: CompiledTimer, absence: AbsenceTrigger, event: Event
) -> None:
    """Arms or disarms the absence for the value that an event names; an absent event without a value disarms all."""
    assert timer.by is not None
    by_value = state.armed_by.setdefault((machine.rank, timer.trigger.index), {})
    value = event.properties.get(timer.by)
    if not isinstance(value, str | int | float):
        if event.name in timer.absent:
            by_value.clear()
        return
    by_value.pop(value, None)
    if event.name in timer.since:
        arm_for(
            state,
            machine.rank,
            timer.trigger.index,
            value,
            Armed(_end_of_absence(absence, event.at, machine.zone or state.zone), event),
        )


def arm_for(state: ContactState, rank: int, index: int, value: Any, armed: Armed) -> None:
    """Arms an absence for one value of the property that it is counted by."""
    state.armed_by.setdefault((rank, index), {})[value] = armed
    heapq.heappush(state.timers, (armed.due, rank, AFTER_JOURNEYS, TRIGGER, index, 0))


def _end_of_absence(absence: AbsenceTrigger, begin: int, zone: ZoneInfo) -> int:
    return calendar.due(absence.length, begin, zone)


def attributes_changed(program: Program, state: ContactState, names: frozenset[str]) -> None:
    """Reads again the dates that can have changed with some attributes."""
    for machine, timer in program.dates:
        if timer.attributes is None or timer.attributes & names:
            arm_anew(program, state, machine, timer, state.now - 1)


def figures_changed(program: Program, state: ContactState) -> None:
    """Reads again the dates that can have changed with an event that fed a metric or past events."""
    for machine, timer in program.dates_of_figures:
        arm_anew(program, state, machine, timer, state.now - 1)


def clock_changed(program: Program, state: ContactState) -> None:
    """Arms all triggers again on another local clock."""
    for machine, timer in program.timed:
        if _is_on_project_clock(machine, timer):
            continue  # the project's clock is the same
        if isinstance(timer.definition, AbsenceTrigger):
            armed = state.armed.get((machine.rank, timer.trigger.index))
            if armed is not None and armed.event is not None:
                due = due_again(timer.definition.length, armed.event.at, state.now, state.zone)
                _arm(state, machine, timer.trigger.index, armed._replace(due=due))
            for value, absence in state.armed_by.get((machine.rank, timer.trigger.index), {}).items():
                assert absence.event is not None
                due = due_again(timer.definition.length, absence.event.at, state.now, state.zone)
                arm_for(state, machine.rank, timer.trigger.index, value, absence._replace(due=due))
        else:
            arm_anew(program, state, machine, timer, state.now - 1)


def _is_on_project_clock(machine: Machine, timer: CompiledTimer) -> bool:
    definition = timer.definition
    if isinstance(definition, ScheduleTrigger | MomentTrigger):
        return definition.on_project_clock
    return machine.zone is not None


def arm_anew(program: Program, state: ContactState, machine: Machine, timer: CompiledTimer, after: int) -> None:
    """Arms a schedule, moment or date for its next instant later than `after`; an instant already past never fires.

    A segment is armed once, at the first look, for contacts already in it.
    """
    index = timer.trigger.index
    before = state.armed.get((machine.rank, index))
    trigger = timer.definition
    match trigger:
        case ScheduleTrigger():
            # A tick at the instant of becoming known, or of a change of clock, does not fire twice.
            after = max(after, state.now - 1 if before is None else state.now)
            armed = Armed(_next_tick(timer.ticks, trigger, after, _clock(program, state, trigger.on_project_clock)))
        case MomentTrigger():
            if before is not None and before.due == NEVER:
                return  # it is past
            due = _moment(trigger.at.text, _clock(program, state, trigger.on_project_clock))
            armed = Armed(due if due > after else NEVER)
        case DateTrigger():
            armed = _next_date(state, machine.zone or state.zone, timer, trigger, before, after)
            if armed == before:
                return
        case SegmentTrigger():
            if before is not None:
                return  # the first look is done
            inside = state.membership_before[trigger.segment.text]
            event = segment_event(state, trigger.segment.text, True)
            armed = Armed(state.now, event, FIRST_LOOK) if inside else Armed(NEVER)
        case _:
            return
    _arm(state, machine, index, armed)


@lru_cache(maxsize=1_024)
def _moment(text: str, tz: ZoneInfo) -> int:
    """The instant of a date in a scenario, which is the same for all contacts of a clock."""
    moment = calendar.read_datetime(text, tz)
    return calendar.counted_from(moment) if moment is not None else NEVER


def disarm(state: ContactState, machine: Machine, timer: CompiledTimer, armed: Armed) -> bool:
    """Notes that a trigger fires now; false if no contact enters by it after all."""
    place, definition = timer.trigger.index, timer.definition
    match definition:
        case DateTrigger():
            year = local(state.now, machine.zone or state.zone).year if definition.yearly else 0
            state.armed[machine.rank, place] = armed._replace(due=NEVER, fired=year)
        case MomentTrigger():
            state.armed[machine.rank, place] = Armed(NEVER)
        case SegmentTrigger():
            state.armed[machine.rank, place] = Armed(NEVER)
            # An event at the instant of the first look can have removed the contact from the segment.
            return armed.value != FIRST_LOOK or state.membership_before[definition.segment.text]
    return True


def stand_in(state: ContactState, trigger: Trigger, armed: Armed) -> Event:
    """The event of a contact that enters by time alone."""
    properties: dict[str, Any] = {"at": local(state.now, state.zone)}
    if isinstance(trigger, DateTrigger):
        properties["date"] = local(armed.value, state.zone)
    return Event(kind_of(trigger).word, state.now, properties)


def _clock(program: Program, state: ContactState, of_project: bool) -> ZoneInfo:
    return program.zone if of_project else state.zone


def following_tick(program: Program, state: ContactState, timer: CompiledTimer) -> int:
    """The tick of a schedule that follows the present instant."""
    trigger = timer.definition
    assert isinstance(trigger, ScheduleTrigger)
    return _next_tick(timer.ticks, trigger, state.now, _clock(program, state, trigger.on_project_clock))


def _next_tick(ticks: dict[tuple[int, ZoneInfo], int], trigger: ScheduleTrigger, after: int, tz: ZoneInfo) -> int:
    """The first tick of a schedule after an instant; `ticks` remembers it."""
    tick = ticks.get((after, tz))
    if tick is None:
        if len(ticks) >= _MOST_TICKS:
            ticks.clear()
        wait = trigger.ticks
        tick = next_match(wait.cron, after, tz) if wait.cron else calendar.due(wait, after, tz)
        ticks[after, tz] = tick
    return tick


def _next_date(
    state: ContactState, zone: ZoneInfo, timer: CompiledTimer, trigger: DateTrigger, before: Armed | None, after: int
) -> Armed:
    """The next instant of a date, by its present value.

    A date that has fired fires again only with another value: on another clock a local date is another instant, and yet
    the same date. A yearly date fires once a local calendar year.
    """
    assert timer.date is not None
    state.bind(None, None)
    value = timer.date(state)
    moment = to_datetime(value, zone)
    fired = before.fired if before is not None else 0
    if moment is None:
        return Armed(NEVER, None, None, fired)
    date_at = calendar.counted_from(moment)
    if not trigger.yearly:
        past = before is not None and before.due == NEVER and before.value is not None
        if past and before is not None and (before.value == date_at or before.written == value):
            return before
        due = calendar.around(date_at, trigger.offset, trigger.before, trigger.at, zone)
        return Armed(due if due > after else NEVER, None, date_at, fired, value)
    year = max(local(after, zone).year - 1, local(date_at, zone).year)
    for candidate in range(year, year + 5):
        day = _anniversary(_as_written(value, moment), candidate)
        due = calendar.around(calendar.instant(day, zone), trigger.offset, trigger.before, trigger.at, zone)
        if due > after and local(due, zone).year > fired:
            return Armed(due, None, date_at, fired)
    return Armed(NEVER, None, date_at, fired)


def _as_written(value: Any, moment: datetime) -> datetime:
    """The local time as written: a midnight that the clock skipped in one year exists in others."""
    local_time = datetime.fromisoformat(value.strip()) if isinstance(value, str) else moment
    return (moment if local_time.tzinfo is not None else local_time).replace(tzinfo=None)


def _anniversary(wall: datetime, year: int) -> datetime:
    """The same day in another year; 29 February becomes the 28th in a year without it."""
    try:
        return wall.replace(year=year)
    except ValueError:
        return wall.replace(year=year, day=28)
