"""The latest that a journey comes to each state where nothing happens on the way. Knows no clock and no contact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenario_cli.analysis.time.waiting import is_sure, length, longest_gap
from scenario_cli.model.exits import UNPROMPTED, own_exits
from scenario_cli.model.scenario import Scenario, State
from scenario_cli.model.waits import DAY, MINUTE, Wait

# How long after entry, in microseconds, and the time of day then, where every way there ends at one.
Arrival = tuple[int, int | None]


# Ways through a scenario multiply where it branches; past this many steps nothing is claimed.
_MOST_STEPS = 2_000


def latest(scenario: Scenario) -> Mapping[str, int]:
    """How long after entry a journey on which nothing happens comes to each state at the latest, in microseconds.

    States that it may come to after any time are left out: those behind a circle, or behind a wait for data.
    """
    found: dict[str, int] = {}
    unbounded: set[str] = set()
    queue: list[tuple[str, Arrival, frozenset[str]]] = [(scenario.first.name, (0, None), frozenset())]
    steps = 0
    while queue:
        name, arrival, behind = queue.pop()
        steps += 1
        if steps > _MOST_STEPS:
            return {}
        if name in behind:
            unbounded |= _all_after(scenario, name)
            continue
        found[name] = max(found.get(name, 0), arrival[0])
        for target, reached in _onward(scenario.states[name], arrival):
            if target not in scenario.states:
                continue
            if reached is None:
                unbounded |= _all_after(scenario, target)
            else:
                queue.append((target, reached, behind | {name}))
    return {name: at for name, at in found.items() if name not in unbounded}


def _onward(state: State, arrival: Arrival) -> Iterator[tuple[str, Arrival | None]]:
    """The states that a state leads to, each with the latest arrival there; None: at any time."""
    unprompted = [one for one in own_exits(state) if one.kind in UNPROMPTED]
    yield from ((one.state, arrival) for one in unprompted if one.wait is None and one.state is not None)
    sure = [
        _over(one.wait, arrival) for one in unprompted if one.wait is not None and is_sure(one) and not one.wait.cron
    ]
    last = min((at for at, _ in sure), default=None)
    for one in unprompted:
        if one.wait is None or one.state is None:
            continue
        over = _over(one.wait, arrival) if not (one.wait.from_data or one.wait.cron) else None
        if over is None or (last is not None and over[0] > last):
            over = (last, None) if last is not None else None  # no later than the wait that always leads on
        yield one.state, over


def _all_after(scenario: Scenario, name: str) -> set[str]:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one in seen or one not in scenario.states:
            continue
        seen.add(one)
        own = own_exits(scenario.states[one])
        waiting += [leads.state for leads in own if leads.kind in UNPROMPTED and not leads.fallback and leads.state]
    return seen


def _over(wait: Wait, arrival: Arrival) -> Arrival:
    """When a wait that begins at an arrival is over at the latest, and the time of day then, where that is known."""
    at, time = arrival
    more = (longest_gap(wait.days) - 1) * DAY
    moved = length(wait.duration).most or 0 if wait.duration is not None else 0
    if wait.at is None:
        kept = time if wait.duration is None or wait.duration.calendar_only else _later(time, moved)
        return at + moved + more, kept
    wanted = wait.at * MINUTE
    if wait.duration is not None and wait.duration.calendar_only:
        return at + moved + more + wanted - (time or 0), wanted
    reached = _later(time, moved)
    gap = DAY if reached is None else (wanted - reached) % DAY
    if wait.duration is None and gap == 0:
        gap = DAY  # strictly later
    return at + moved + gap + more, wanted


def _later(time: int | None, by: int) -> int | None:
    return None if time is None else (time + by) % DAY
