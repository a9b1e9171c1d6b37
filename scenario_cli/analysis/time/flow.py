"""A scenario as a graph with time: when a journey can come to each state, and how long it stays there."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from scenario_cli.analysis.graph import Kind
from scenario_cli.analysis.time.waiting import Bounds, bounds
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Message, Scenario, State, Target
from scenario_cli.model.source import Span

# Ways on which a journey goes without anything happening to its contact.
QUIET: frozenset[Kind] = frozenset({"after", "choose", "split", "next"})


@dataclass(frozen=True, slots=True)
class TimedEdge:
    """One way on from a state: to another, or (`target` None) to an end. `takes` is how long a journey that goes
    this way has been in the state."""

    source: str
    target: str | None
    kind: Kind
    takes: Bounds
    span: Span


def may_be_held(message: Message, project: Project) -> int:
    """The longest, in microseconds, that the policy may hold a message."""
    if message.purpose != "marketing" or project.recipient(message) != "contact":
        return 0
    policy = project.policy
    quiet = any(not one.channels or message.channel.text in map(str, one.channels) for one in policy.quiet_hours)
    held = (quiet and (message.on_quiet or policy.on_quiet) == "delay") or (
        policy.caps and (message.on_cap or policy.on_cap) == "delay"
    )
    if not held:
        return 0
    return message.expires.elapsed if message.expires is not None else policy.max_hold


def settling(state: State, project: Project) -> Bounds:
    """How long a state's messages may keep it from being settled."""
    return Bounds(0, max((may_be_held(message, project) for message in state.messages), default=0))


def ways(scenario: Scenario, project: Project) -> dict[str, list[TimedEdge]]:
    """Every way on from each state, those that hold in every state included."""
    return {state.name: list(_ways_of(scenario, state, project)) for state in scenario.states.values()}


def _ways_of(scenario: Scenario, state: State, project: Project) -> Iterator[TimedEdge]:
    held = settling(state, project)
    stay = _stay(state, held)
    own: list[tuple[Target | None, Kind, Bounds]] = []
    own += [(one.target, "on", Bounds(0, stay.most)) for one in (*state.on, *scenario.on)]
    own += [(one.target, "when", Bounds(0, stay.most)) for one in (*state.when, *scenario.when)]
    for timeout in state.after:
        own.append((timeout.target, "after", _until(held + bounds(timeout.wait), stay)))
        own += [
            (other, "after", Bounds(held.least, stay.most))
            for other in (timeout.if_past, timeout.if_missing)
            if isinstance(other, Target)
        ]
    own += [(branch.target, "choose", held) for branch in state.choose]
    own += [(target, "split", held) for target, _ in (state.split.arms if state.split is not None else ())]
    own.append((state.next, "next", held))
    for target, kind, takes in own:
        if target is not None and (target.state is None or target.state in scenario.states):
            yield TimedEdge(state.name, target.state, kind, takes, target.span)
    if state.end is not None:
        yield TimedEdge(state.name, None, "next", held, state.end.span)


def _until(takes: Bounds, stay: Bounds) -> Bounds:
    most = [one for one in (takes.most, stay.most) if one is not None]
    return Bounds(takes.least, min(most) if most else None)


def _stay(state: State, held: Bounds) -> Bounds:
    """How long a journey stays in a state at most: until the first of the waits that always lead on."""
    if state.choose or state.split or state.next or state.end:
        return held
    sure = [held + bounds(one.wait) for one in state.after if one.condition is None and not one.wait.from_data]
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
        for way in onward[name]:
            if way.target is not None and (not quiet or way.kind in QUIET):
                heapq.heappush(queue, (at + way.takes.least, way.target))
    return found


def earliest_end(scenario: Scenario, onward: Mapping[str, list[TimedEdge]]) -> int | None:
    """The soonest after entry that a journey can end by itself or by a state's own `on` and `when`; None: never.

    What holds in every state (an unsubscription, a purchase) is left out: it says how a journey breaks off.
    """
    targets = [one.target for one in scenario.on] + [one.target for one in scenario.when]
    common = {target.span for target in targets if target is not None}
    kept = {name: [way for way in leading if way.span not in common] for name, leading in onward.items()}
    reached = earliest(scenario, kept)
    ends = [reached[name] + way.takes.least for name in reached for way in kept[name] if way.target is None]
    return min(ends, default=None)


def reached(start: str, onward: Mapping[str, list[TimedEdge]]) -> set[str]:
    """The states that some way leads to from one; that one is among them."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(way.target for way in onward[name] if way.target is not None)
    return seen


def can_end(scenario: Scenario, onward: Mapping[str, list[TimedEdge]]) -> set[str]:
    """The states from which some way leads to an end; all of them where the goal ends a journey."""
    if scenario.goal is not None and scenario.goal.ends is not None:
        return set(scenario.states)
    ending = {name for name, leading in onward.items() if any(way.target is None for way in leading)}
    return ending | before(ending, onward)


def before(names: Set[str], onward: Mapping[str, list[TimedEdge]]) -> set[str]:
    """The states from which some way, of one step or more, leads to one of these."""
    back: dict[str, set[str]] = {}
    for name, leading in onward.items():
        for way in leading:
            if way.target is not None:
                back.setdefault(way.target, set()).add(name)
    seen: set[str] = set()
    waiting = [source for name in names for source in back.get(name, ())]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(back.get(name, ()))
    return seen
