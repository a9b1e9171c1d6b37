"""The latest that a journey comes to each state where nothing happens on the way. Knows no clock and no contact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenario_cli.analysis.time.waiting import Arrival, is_sure, latest_end
from scenario_cli.model.exits import UNPROMPTED, own_exits
from scenario_cli.model.scenario import Scenario, State

# Paths through a scenario multiply where it branches; past this many steps nothing is claimed.
_MOST_STEPS = 2_000


def latest(scenario: Scenario) -> Mapping[str, int]:
    """The latest time after entry, in microseconds, at which a journey without events comes to each state.

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
    sure = [latest_end(one.wait, arrival) for one in unprompted if one.wait is not None and is_sure(one)]
    last = min((end[0] for end in sure if end is not None), default=None)
    for one in unprompted:
        if one.wait is None or one.state is None:
            continue
        over = latest_end(one.wait, arrival)
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
