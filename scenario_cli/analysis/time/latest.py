"""The latest time that a journey comes to each state if no event happens on the way. Knows no clock and no contact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenario_cli.analysis.time.waiting import Arrival, is_sure, latest_end
from scenario_cli.model.exits import UNPROMPTED, own_exits
from scenario_cli.model.scenario import Scenario, State

# Paths through a scenario multiply at branches; past this many steps nothing is claimed.
_MOST_STEPS = 2_000


def latest(scenario: Scenario) -> Mapping[str, int]:
    """The latest time after entry, in microseconds, at which a journey without events comes to each state.

    States that it can come to after any time are left out: those after a cycle, or after a wait for data.
    """
    latest_times: dict[str, int] = {}
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
        latest_times[name] = max(latest_times.get(name, 0), arrival[0])
        for target, next_arrival in _onward(scenario.states[name], arrival):
            if target not in scenario.states:
                continue
            if next_arrival is None:
                unbounded |= _all_after(scenario, target)
            else:
                queue.append((target, next_arrival, behind | {name}))
    return {name: at for name, at in latest_times.items() if name not in unbounded}


def _onward(state: State, arrival: Arrival) -> Iterator[tuple[str, Arrival | None]]:
    """The states that a state leads to, each with the latest arrival there; None: at any time."""
    unprompted = [exit_ for exit_ in own_exits(state) if exit_.kind in UNPROMPTED]
    yield from ((exit_.state, arrival) for exit_ in unprompted if exit_.wait is None and exit_.state is not None)
    sure = [latest_end(exit_.wait, arrival) for exit_ in unprompted if exit_.wait is not None and is_sure(exit_)]
    latest_sure = min((end[0] for end in sure if end is not None), default=None)
    for exit_ in unprompted:
        if exit_.wait is None or exit_.state is None:
            continue
        latest_exit = latest_end(exit_.wait, arrival)
        if latest_exit is None or (latest_sure is not None and latest_exit[0] > latest_sure):
            latest_exit = (
                (latest_sure, None) if latest_sure is not None else None
            )  # no later than the wait that always leads on
        yield exit_.state, latest_exit


def _all_after(scenario: Scenario, name: str) -> set[str]:
    visited: set[str] = set()
    waiting = [name]
    while waiting:
        state_name = waiting.pop()
        if state_name in visited or state_name not in scenario.states:
            continue
        visited.add(state_name)
        leading = own_exits(scenario.states[state_name])
        waiting += [leads.state for leads in leading if leads.kind in UNPROMPTED and not leads.fallback and leads.state]
    return visited
