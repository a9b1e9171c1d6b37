"""The ends of a journey's waits and their targets: section "Waits"."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scenario_cli.model.scenario import Fallback, Target, Timeout
from scenario_cli.model.source import whole_file
from scenario_cli.model.wait_grammar import WaitError, parse_time_of_day, parse_wait
from scenario_cli.model.waits import Duration, Wait
from tests.reference.clock import (
    Plain,
    counted_from,
    instant,
    is_on,
    later,
    nearest,
    read,
    time_of,
    wait_over,
    wait_over_since_move,
    wall,
)
from tests.reference.contact import Journey, Waiting
from tests.reference.triggers import plain_wait

if TYPE_CHECKING:
    from tests.reference.interpreter import Contact

_FROM_DATA = whole_file("")
_MOST = 50 * 366 * 86_400_000_000  # microseconds: more than fifty years is not a valid length


def due(contact: Contact, journey: Journey, place: int) -> tuple[int, Target] | None:
    """The instant at which a wait is over, and its target; None if it never is."""
    timeout, waiting = journey.state.after[place], journey.waits[place]
    assert journey.settled_at is not None
    zone = contact.clock(journey.scenario)
    if waiting.over:
        return None
    wait, begin = timeout.wait, journey.settled_at
    if not wait.from_data:
        plain = plain_wait(wait)
        if contact.moves > journey.settled_moves and plain.on_a_clock and not journey.scenario.on_project_clock:
            return wait_over_since_move(plain, begin, contact.moved_at, zone), timeout.target
        return wait_over(plain, begin, zone), timeout.target
    over = _from_data(zone, wait, waiting, begin)
    if over is None:
        return _fallback(timeout, timeout.if_missing, waiting.read_at)
    # A wait is never over at the instant of its beginning; after a second reading it can be over at once.
    if over < waiting.read_at or (over == waiting.read_at and not waiting.again):
        return _fallback(timeout, timeout.if_past, waiting.read_at)
    return over, timeout.target


def _fallback(timeout: Timeout, written: Fallback | None, read_at: int) -> tuple[int, Target] | None:
    if written is None or written == "never":
        return None
    return read_at, timeout.target if written == "now" else written


def _from_data(zone: ZoneInfo, wait: Wait, waiting: Waiting, begin: int) -> int | None:
    """The instant that the values give; None if a value is missing, unreadable or not positive."""
    minutes = wait.at
    if wait.since is not None:
        since = read(waiting.since, zone)
        if since is None:
            return None
        begin = counted_from(since)
    if wait.at_value is not None:
        minutes = _minutes(waiting.at)
        if minutes is None:
            return None
    if wait.date is not None:
        moment = read(waiting.date, zone)
        if moment is None:
            return None
        at = counted_from(moment)
        if wait.duration is not None:
            at = later(at, wait.duration, zone, backwards=wait.before)
        return _on(at, minutes, wait, zone)
    if wait.length is not None:
        return _of_length(zone, waiting.length, minutes, begin)
    plain = plain_wait(wait)
    return wait_over(Plain(plain.duration, minutes, plain.days, plain.cron), begin, zone)


def _at(at: int, minutes: int | None, zone: ZoneInfo) -> int:
    """The instant of a time of day on an instant's local date."""
    if minutes is None:
        return at
    return instant(datetime.combine(wall(at, zone).date(), time_of(minutes)), zone)


def _on(at: int, minutes: int | None, wait: Wait, zone: ZoneInfo) -> int:
    """A date at its time of day, moved on to the next (or back to the last) of the wait's days."""
    shown = wall(at, zone)
    if minutes is not None:
        shown = datetime.combine(shown.date(), time_of(minutes))
    elif is_on(shown, wait.days):
        return at
    return instant(nearest(shown, wait.days, wait.back), zone)


def _of_length(zone: ZoneInfo, value: Any, minutes: int | None, begin: int) -> int | None:
    """The end of a wait given as a wait text, a number of seconds, or a date-time."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        elapsed = int(value * 1_000_000) if abs(value) < 1e12 else 0
        return wait_over(Plain(Duration(microseconds=elapsed), minutes), begin, zone) if 0 < elapsed <= _MOST else None
    moment = read(value, zone)
    if moment is not None:
        return _at(counted_from(moment), minutes, zone)
    try:
        parsed = parse_wait(value, _FROM_DATA) if isinstance(value, str) else None
    except WaitError:
        return None
    if parsed is None:
        return None
    plain = plain_wait(parsed)
    return wait_over(
        Plain(plain.duration, plain.at if minutes is None else minutes, plain.days, plain.cron), begin, zone
    )


def _minutes(value: Any) -> int | None:
    """Minutes after midnight of a text `HH:MM` or an hour."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value * 60) if 0 <= value < 24 else None
    try:
        return parse_time_of_day(value) if isinstance(value, str) else None
    except WaitError:
        return None
