"""A scenario as a graph with time: when a journey can come to each state, and how long it stays there. Runs nothing."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from scenario_cli.analysis.time.waiting import Bounds, bounds, counted_bounds, is_sure, since_entry
from scenario_cli.model.exits import ONWARD, UNPROMPTED, Exit, exits, own_exits
from scenario_cli.model.expression import path_of
from scenario_cli.model.policy import concerns
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Message, Scenario, State

_ENTERED_AT = ("journey", "entered_at")


@dataclass(frozen=True, slots=True)
class TimedEdge:
    """An exit to another state or (`target` None) to an end, with the time that a journey has been in the state when
    it takes it."""

    source: str
    target: str | None
    exit: Exit
    takes: Bounds


def may_be_held(message: Message, scenario: Scenario, project: Project) -> int | None:
    """The longest, in microseconds, that the policy may hold a message; None where a date from data says how long."""
    if message.purpose != "marketing" or project.recipient(message) != "contact":
        return 0
    policy = project.policy
    quiet, capped = (
        any(concerns(one, message, scenario) for one in rules) for rules in (policy.quiet_hours, policy.caps)
    )
    held = (quiet and (message.on_quiet or policy.on_quiet) == "delay") or (
        capped and (message.on_cap or policy.on_cap) == "delay"
    )
    if not held:
        return 0
    if message.until is not None:
        return None
    return message.expires.elapsed if message.expires is not None else policy.max_hold


def settling(state: State, scenario: Scenario, project: Project) -> Bounds:
    """The longest time that a state's messages may keep it from being settled."""
    held = [may_be_held(message, scenario, project) for message in state.messages]
    return Bounds(0, None if None in held else max((one for one in held if one is not None), default=0))


def timed_edges(scenario: Scenario, project: Project) -> dict[str, list[TimedEdge]]:
    """The edges that lead out of each state, those that hold in every state included and the goal left out."""
    return {state.name: list(_out_of(scenario, state, project)) for state in scenario.states.values()}


def _out_of(scenario: Scenario, state: State, project: Project) -> Iterator[TimedEdge]:
    held = settling(state, scenario, project)
    stay = _stay(state, held)
    for one in exits(scenario, state):
        to_end = one.target is not None and one.target.state is None
        if one.kind != "goal" and (to_end or one.state in scenario.states):
            yield TimedEdge(state.name, one.state, one, _takes(one, held, stay))


def _takes(one: Exit, held: Bounds, stay: Bounds) -> Bounds:
    if one.kind in ONWARD:
        return held
    if one.fallback is not None:
        return Bounds(held.least, stay.most)
    if one.wait is not None:
        return _until(held + bounds(one.wait), stay)
    return Bounds(0, stay.most)


def _until(takes: Bounds, stay: Bounds) -> Bounds:
    most = [one for one in (takes.most, stay.most) if one is not None]
    return Bounds(takes.least, min(most) if most else None)


def _stay(state: State, held: Bounds) -> Bounds:
    """The longest stay in a state: until the first of the waits that always lead on."""
    own = own_exits(state)
    if any(one.kind in ONWARD for one in own):
        return held
    sure = [held + bounds(one.wait) for one in own if one.wait is not None and is_sure(one)]
    return Bounds(0, min((one.most for one in sure if one.most is not None), default=None))


def earliest(scenario: Scenario, onward: Mapping[str, list[TimedEdge]], quiet: bool = False) -> dict[str, int]:
    """The soonest after entry, in microseconds, that a journey can come to each state that it can come to; `quiet`:
    without any event or condition that leads it on."""
    found: dict[str, int] = {}
    queue = [(0, scenario.first.name)]
    while queue:
        at, name = heapq.heappop(queue)
        if name in found:
            continue
        found[name] = at
        for edge in onward[name]:
            if edge.target is not None and (not quiet or edge.exit.kind in UNPROMPTED):
                heapq.heappush(queue, (_soonest(at, edge), edge.target))
    return found


def _soonest(at: int, edge: TimedEdge) -> int:
    """The soonest after entry that an edge is taken by who comes to its state at an instant."""
    soonest, wait = at + edge.takes.least, edge.exit.wait
    if wait is not None and since_entry(wait) and wait.since is not None and path_of(wait.since.root) == _ENTERED_AT:
        return max(soonest, counted_bounds(wait).least)
    return soonest


def earliest_end(scenario: Scenario, onward: Mapping[str, list[TimedEdge]]) -> int | None:
    """The soonest after entry that a journey can end by itself or by a state's own `on` and `when`; None: never.

    What holds in every state (an unsubscription, a purchase) is left out: it says how a journey breaks off.
    """
    own = {name: [edge for edge in leading if not edge.exit.from_scenario] for name, leading in onward.items()}
    reached = earliest(scenario, own)
    ends = [_soonest(reached[name], edge) for name in reached for edge in own[name] if edge.target is None]
    return min(ends, default=None)


def reached(start: str, onward: Mapping[str, list[TimedEdge]]) -> set[str]:
    """The states that some path leads to from one; that one is among them."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(edge.target for edge in onward[name] if edge.target is not None)
    return seen


def can_end(scenario: Scenario, onward: Mapping[str, list[TimedEdge]]) -> set[str]:
    """The states from which some path leads to an end; all of them where the goal ends a journey."""
    if scenario.goal is not None and scenario.goal.ends is not None:
        return set(scenario.states)
    ending = {name for name, leading in onward.items() if any(edge.target is None for edge in leading)}
    return ending | before(ending, onward)


def before(names: Set[str], onward: Mapping[str, list[TimedEdge]]) -> set[str]:
    """The states from which some path, of one edge or more, leads to one of these."""
    back: dict[str, set[str]] = {}
    for name, leading in onward.items():
        for edge in leading:
            if edge.target is not None:
                back.setdefault(edge.target, set()).add(name)
    seen: set[str] = set()
    waiting = [source for name in names for source in back.get(name, ())]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(back.get(name, ()))
    return seen
