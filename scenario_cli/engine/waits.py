"""Calculates when the waits of a state are over: written out, by cron, or counted from values in data."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from scenario_cli.engine import calendar
from scenario_cli.engine.compiled import CompiledBranch, CompiledTimeout, DataWait, Machine
from scenario_cli.engine.cron import next_match
from scenario_cli.engine.state import NEVER, WAIT, ContactState, Fallen, Journey
from scenario_cli.engine.values import time_of_day, to_datetime
from scenario_cli.model.source import Span
from scenario_cli.model.wait_grammar import WaitError, parse_wait
from scenario_cli.model.waits import Wait

_MISSING: Final = "missing"
_NOWHERE = Span("", 1, 1, 1, 1)
_MOST_DUES: Final = 1_024  # remembered ends of one wait
_MOST_SECONDS: Final = 50 * 366 * 86_400


def begin(machine: Machine, state: ContactState, journey: Journey, timeouts: tuple[CompiledTimeout, ...]) -> None:
    """Computes the end of each wait of a state that has just been settled."""
    now = journey.waits_from = state.now
    zone = machine.zone or state.zone
    if journey.fallbacks:
        journey.fallbacks = {}
    if journey.begun:
        journey.begun = {}
    due_times: list[int | None] = []
    for index, timeout in enumerate(timeouts):
        at = now + timeout.elapsed if timeout.elapsed else _first_due(state, zone, journey, index, timeout)
        due_times.append(at)
        if at < NEVER:
            heapq.heappush(state.timers, (at, machine.rank, journey.number, WAIT, index, journey.visit))
    journey.due_times = due_times


def _first_due(state: ContactState, zone: ZoneInfo, journey: Journey, index: int, timeout: CompiledTimeout) -> int:
    """The instant at which a wait is over that begins now."""
    if timeout.data is not None:
        state.bind(journey, None)
        return _from_data(state, zone, journey, index, timeout.wait, timeout.data, state.now)
    dues, begins = timeout.dues, (state.now, zone)
    at = dues.get(begins)
    if at is None:
        if len(dues) >= _MOST_DUES:
            dues.clear()
        at = dues[begins] = due(timeout.wait, state.now, zone)
    return at


def carry_on(
    machine: Machine,
    state: ContactState,
    journey: Journey,
    kept_waits: Mapping[str, int | None],
    fallen: Mapping[str, Fallen],
) -> None:
    """Gives a journey the waits of the state that it has moved to: `kept_waits`, by identity, end when they would have,
    and the others begin now. `fallen` are the fallback cases of kept waits.
    """
    timeouts = machine.states[journey.state_name].after
    goes_on = any(timeout.identity in kept_waits for timeout in timeouts)
    journey.waits_from = journey.waits_from if goes_on else state.now
    journey.begun, journey.fallbacks, journey.due_times = {}, {}, []
    for index, timeout in enumerate(timeouts):
        if timeout.identity in kept_waits and _can_fall(timeout, fallen.get(timeout.identity)):
            at = kept_waits[timeout.identity]
            if timeout.identity in fallen:
                journey.fallbacks[index] = fallen[timeout.identity]
        else:
            if goes_on:
                journey.begun[index] = state.now
            at = _first_due(state, machine.zone or state.zone, journey, index, timeout)
        journey.due_times.append(at)
        if at is not None and at < NEVER:
            heapq.heappush(state.timers, (at, machine.rank, journey.number, WAIT, index, journey.visit))


def _can_fall(timeout: CompiledTimeout, fallen: Fallen | None) -> bool:
    """Whether a wait has a branch for its fallback case."""
    if fallen is None:
        return True
    data = timeout.data
    return data is not None and isinstance(data.if_past if fallen == "past" else data.if_missing, CompiledBranch)


def branch_of(timeout: CompiledTimeout, fallen: Fallen | None) -> CompiledBranch:
    """The branch of a wait that is over: its own, or that of its fallback case."""
    if fallen is None or timeout.data is None:
        return timeout.branch
    fallback = timeout.data.if_past if fallen == "past" else timeout.data.if_missing
    assert isinstance(fallback, CompiledBranch)
    return fallback


def due(wait: Wait, begins: int, zone: ZoneInfo) -> int:
    """The instant at which a written-out wait is over; always later than its beginning."""
    return next_match(wait.cron, begins, zone) if wait.cron else calendar.due(wait, begins, zone)


def due_anew(machine: Machine, state: ContactState, journey: Journey, index: int, timeout: CompiledTimeout) -> int:
    """The instant at which a wait is over after its clock, or a value it counts by, has changed."""
    zone = machine.zone or state.zone
    if timeout.data is not None:
        state.bind(journey, None)
        return _from_data(state, zone, journey, index, timeout.wait, timeout.data, state.now - 1)
    return due_again(timeout.wait, journey.begun.get(index, journey.waits_from), state.now, zone)


def move_clock(machine: Machine, state: ContactState, journey: Journey) -> None:
    """Computes a journey's waits again on another local clock. Waits that are over stay over."""
    if machine.zone is not None:
        return  # the project's clock is the same
    timeouts = machine.states[journey.state_name].after
    for index, before in enumerate(journey.due_times):
        if before is not None and (timeouts[index].data is not None or by_clock(timeouts[index].wait)):
            _put_off(machine, state, journey, index, due_anew(machine, state, journey, index, timeouts[index]))


def _put_off(machine: Machine, state: ContactState, journey: Journey, index: int, due: int) -> None:
    """Gives a wait another instant. The old timer becomes void."""
    if due != journey.due_times[index]:
        journey.due_times[index] = due
        heapq.heappush(state.timers, (due, machine.rank, journey.number, WAIT, index, journey.visit))


def read_again(machine: Machine, state: ContactState, journey: Journey, attributes: frozenset[str]) -> None:
    """Reads again the values from data that can have changed with some attributes of the profile."""
    timeouts = machine.states[journey.state_name].after
    for index, before in enumerate(journey.due_times):
        data = timeouts[index].data
        if before is None or data is None or (data.attributes is not None and not data.attributes & attributes):
            continue
        _put_off(machine, state, journey, index, due_anew(machine, state, journey, index, timeouts[index]))


def due_again(wait: Wait, begins: int, now: int, zone: ZoneInfo) -> int:
    if wait.cron:
        moment = next_match(wait.cron, begins, zone)
        return moment if moment >= now else next_match(wait.cron, now, zone)
    return calendar.due_again(wait, begins, now, zone)


def by_clock(wait: Wait) -> bool:
    """Whether a wait with a written length or time depends on the local clock."""
    return bool(wait.cron or wait.at is not None or wait.days or (wait.duration and wait.duration.calendar))


def _from_data(
    state: ContactState, zone: ZoneInfo, journey: Journey, index: int, wait: Wait, data: DataWait, past_at: int
) -> int:
    """The instant that the values name; if it is past (not after `past_at`) or missing, that of its fallback."""
    journey.fallbacks.pop(index, None)
    moment = _moment(state, zone, journey.begun.get(index, journey.waits_from), wait, data)
    if moment is _MISSING:
        return _fall_back(state, journey, index, "missing", data.if_missing)
    if moment <= past_at:
        return _fall_back(state, journey, index, "past", data.if_past)
    return int(moment)


def _fall_back(
    state: ContactState, journey: Journey, index: int, reason: Fallen, fallback: str | CompiledBranch
) -> int:
    if isinstance(fallback, CompiledBranch):
        journey.fallbacks[index] = reason
        return state.now
    return state.now if fallback == "now" else NEVER


def _moment(state: ContactState, zone: ZoneInfo, begins: int, wait: Wait, data: DataWait) -> Any:
    """The instant; `_MISSING` if a value is missing, unreadable or not positive."""
    if data.since is not None:
        since = to_datetime(data.since(state), zone)
        if since is None:
            return _MISSING
        begins = calendar.counted_from(since)
    at = wait.at
    if data.at is not None:
        at = time_of_day(data.at(state))
        if at is None:
            return _MISSING
    if data.date is not None:
        read = to_datetime(data.date(state), zone)
        if read is None:
            return _MISSING
        moment = calendar.counted_from(read)
        return calendar.around(moment, wait.duration, wait.before, at, zone, wait.days, wait.back)
    if data.length is not None:
        return _of_length(zone, begins, data.length(state), at)
    return due(replace(wait, at=at), begins, zone)


def _of_length(zone: ZoneInfo, begins: int, value: Any, at: int | None) -> Any:
    """The end of a wait given as a text in the grammar of waits, as seconds, or as a date-time."""
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 < value <= _MOST_SECONDS:
            return _MISSING
        end = begins + int(value * 1_000_000)
        return end if at is None else calendar.next_time(end, at, zone)
    if isinstance(value, str):
        wait = read_wait(value)
        if wait is not None:
            return due(wait if at is None else replace(wait, at=at), begins, zone)
    moment = to_datetime(value, zone) if isinstance(value, str | datetime) else None
    if moment is None:
        return _MISSING
    return calendar.around(calendar.counted_from(moment), None, False, at, zone)


@lru_cache(maxsize=4_096)
def read_wait(text: str) -> Wait | None:
    """A wait in data; None if the text is not a wait."""
    try:
        wait = parse_wait(text, _NOWHERE)
    except WaitError:
        return None
    try:
        return wait if not wait.cron or next_match(wait.cron, 0, calendar.UTC) else None
    except (ValueError, KeyError):
        return None
