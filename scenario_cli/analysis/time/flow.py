"""A scenario as a graph with time: when a journey can come to each state, and how long it stays there. Runs nothing."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Set

from scenario_cli.analysis.time.waiting import Bounds, bounds, counted_bounds, is_sure, since_entry
from scenario_cli.model.exits import ONWARD, UNPROMPTED, Exit, exits, own_exits
from scenario_cli.model.expression import path_of
from scenario_cli.model.policy import concerns
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Message, Scenario, State
from scenario_cli.model.value_class import dataclass

_ENTERED_AT = ("journey", "entered_at")


@dataclass(frozen=True, slots=True)
class TimedEdge:
    """An exit to another state or to an end (`target` None). `duration` is the time from entering the state."""

    source: str
    target: str | None
    exit: Exit
    duration: Bounds


def may_be_held(message: Message, scenario: Scenario, project: Project) -> int | None:
    """The longest, in microseconds, that the policy can hold a message; None if a date from data states how long."""
    if message.purpose != "marketing" or project.recipient(message) != "contact":
        return 0
    policy = project.policy
    quiet, capped = (
        any(concerns(rule, message, scenario) for rule in rules) for rules in (policy.quiet_hours, policy.caps)
    )
    may_be_delayed = (quiet and (message.on_quiet or policy.on_quiet) == "delay") or (
        capped and (message.on_cap or policy.on_cap) == "delay"
    )
    if not may_be_delayed:
        return 0
    if message.until is not None:
        return None
    return message.expires.elapsed if message.expires is not None else policy.max_hold


def settling(state: State, scenario: Scenario, project: Project) -> Bounds:
    """The longest time that a state's messages can keep it from being settled."""
    delays = [may_be_held(message, scenario, project) for message in state.messages]
    return Bounds(0, None if None in delays else max((delay for delay in delays if delay is not None), default=0))


def timed_edges(scenario: Scenario, project: Project) -> dict[str, list[TimedEdge]]:
    """The edges that lead out of each state, those that hold in every state included and the goal left out."""
    return {state.name: list(_out_of(scenario, state, project)) for state in scenario.states.values()}


def _out_of(scenario: Scenario, state: State, project: Project) -> Iterator[TimedEdge]:
    settling_time = settling(state, scenario, project)
    stay = _stay(state, settling_time)
    for exit_ in exits(scenario, state):
        to_end = exit_.target is not None and exit_.target.state is None
        if exit_.kind != "goal" and (to_end or exit_.state in scenario.states):
            yield TimedEdge(state.name, exit_.state, exit_, _duration(exit_, settling_time, stay))


def _duration(exit_: Exit, settling_time: Bounds, stay: Bounds) -> Bounds:
    if exit_.kind in ONWARD:
        return settling_time
    if exit_.fallback is not None:
        return Bounds(settling_time.least, stay.most)
    if exit_.wait is not None:
        return _until(settling_time + bounds(exit_.wait), stay)
    return Bounds(0, stay.most)


def _until(duration: Bounds, stay: Bounds) -> Bounds:
    limits = [limit for limit in (duration.most, stay.most) if limit is not None]
    return Bounds(duration.least, min(limits) if limits else None)


def _stay(state: State, settling_time: Bounds) -> Bounds:
    """The longest stay in a state: until the first of the waits that always lead on."""
    leading = own_exits(state)
    if any(exit_.kind in ONWARD for exit_ in leading):
        return settling_time
    sure = [settling_time + bounds(exit_.wait) for exit_ in leading if exit_.wait is not None and is_sure(exit_)]
    return Bounds(0, min((stay.most for stay in sure if stay.most is not None), default=None))


def earliest(scenario: Scenario, onward: Mapping[str, list[TimedEdge]], quiet: bool = False) -> dict[str, int]:
    """The soonest time after entry, in microseconds, at which a journey can come to each reachable state.

    `quiet` counts only exits that need no event and no condition.
    """
    times: dict[str, int] = {}
    queue = [(0, scenario.first.name)]
    while queue:
        at, name = heapq.heappop(queue)
        if name in times:
            continue
        times[name] = at
        for edge in onward[name]:
            if edge.target is not None and (not quiet or edge.exit.kind in UNPROMPTED):
                heapq.heappush(queue, (_soonest(at, edge), edge.target))
    return times


def _soonest(at: int, edge: TimedEdge) -> int:
    """The soonest time after entry that a journey takes an edge, if it comes to the edge's state at an instant."""
    soonest, wait = at + edge.duration.least, edge.exit.wait
    if wait is not None and since_entry(wait) and wait.since is not None and path_of(wait.since.root) == _ENTERED_AT:
        return max(soonest, counted_bounds(wait).least)
    return soonest


def earliest_end(scenario: Scenario, onward: Mapping[str, list[TimedEdge]]) -> int | None:
    """The soonest after entry that a journey can end by itself or by a state's own `on` and `when`; None: never.

    Exits of every state (an unsubscription, a purchase) are left out: they only break a journey off.
    """
    own_edges = {name: [edge for edge in leading if not edge.exit.from_scenario] for name, leading in onward.items()}
    times = earliest(scenario, own_edges)
    ends = [_soonest(times[name], edge) for name in times for edge in own_edges[name] if edge.target is None]
    return min(ends, default=None)


def reached(start: str, onward: Mapping[str, list[TimedEdge]]) -> set[str]:
    """The states that can be reached from a state, including that state."""
    visited: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in visited:
            visited.add(name)
            waiting.extend(edge.target for edge in onward[name] if edge.target is not None)
    return visited


def can_end(scenario: Scenario, onward: Mapping[str, list[TimedEdge]]) -> set[str]:
    """The states from which some path leads to an end; all of them if the goal ends a journey."""
    if scenario.goal is not None and scenario.goal.ends is not None:
        return set(scenario.states)
    ending = {name for name, leading in onward.items() if any(edge.target is None for edge in leading)}
    return ending | before(ending, onward)


def before(names: Set[str], onward: Mapping[str, list[TimedEdge]]) -> set[str]:
    """The states from which some path, of one edge or more, leads to one of these."""
    sources: dict[str, set[str]] = {}
    for name, leading in onward.items():
        for edge in leading:
            if edge.target is not None:
                sources.setdefault(edge.target, set()).add(name)
    visited: set[str] = set()
    waiting = [source for name in names for source in sources.get(name, ())]
    while waiting:
        name = waiting.pop()
        if name not in visited:
            visited.add(name)
            waiting.extend(sources.get(name, ()))
    return visited
