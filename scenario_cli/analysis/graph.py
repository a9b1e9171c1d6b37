"""A scenario as a directed graph: its edges, what can be reached, cycles without a wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from scenario_cli.model.built_in import events_of
from scenario_cli.model.project import TrackingPlan
from scenario_cli.model.scenario import Scenario, State, Target
from scenario_cli.model.source import Span

Kind = Literal["on", "when", "after", "choose", "split", "next"]

# Edges that a journey takes without an event or a wait between.
AT_ONCE: frozenset[Kind] = frozenset({"when", "choose", "split", "next"})


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from a state to another. `event` is what leads along an `on` edge."""

    source: str
    target: str
    kind: Kind
    span: Span
    event: str = ""


def edges(scenario: Scenario) -> list[Edge]:
    """Every edge between states, those that hold in every state included; ways to an end are left out."""
    found: list[Edge] = []
    for state in scenario.states.values():
        for transition in (*state.on, *scenario.on):
            _add(found, state, transition.target, "on", transition.event.text)
        for branch in (*state.when, *scenario.when):
            _add(found, state, branch.target, "when")
        for timeout in state.after:
            for target in (timeout.target, timeout.if_past, timeout.if_missing):
                _add(found, state, target if isinstance(target, Target) else None, "after")
        for branch in state.choose:
            _add(found, state, branch.target, "choose")
        for target, _ in state.split.arms if state.split is not None else ():
            _add(found, state, target, "split")
        _add(found, state, state.next, "next")
    return [edge for edge in found if edge.target in scenario.states]


def _add(found: list[Edge], state: State, target: Target | None, kind: Kind, event: str = "") -> None:
    if target is not None and target.state is not None:
        found.append(Edge(state.name, target.state, kind, target.span, event))


def reachable(scenario: Scenario) -> set[str]:
    """The states that some way from the first one leads to."""
    onward: dict[str, list[str]] = {}
    for edge in edges(scenario):
        onward.setdefault(edge.source, []).append(edge.target)
    seen: set[str] = set()
    waiting = [scenario.first.name]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(onward.get(name, ()))
    return seen


def cycles_at_once(scenario: Scenario) -> list[list[Edge]]:
    """Cycles of edges with no wait and no event in them, one for each group of states that has any.

    A scenario's own `when` moves a journey once each, so it closes no cycle; nor does a `when` whose
    target is the state it stands in, which is passed over.
    """
    once = {branch.target.span for branch in scenario.when}
    ways = [
        edge
        for edge in edges(scenario)
        if edge.kind in AT_ONCE and edge.span not in once and not (edge.kind == "when" and edge.source == edge.target)
    ]
    onward: dict[str, list[Edge]] = {}
    for edge in ways:
        onward.setdefault(edge.source, []).append(edge)
    found: list[list[Edge]] = []
    told: set[str] = set()
    for name in scenario.states:
        if name in told:
            continue
        way = _way_back(name, onward)
        if way is not None:
            found.append(way)
            told.update(edge.source for edge in way)
    return found


def _way_back(name: str, onward: Mapping[str, list[Edge]]) -> list[Edge] | None:
    """The shortest way from a state back to itself."""
    ways: list[list[Edge]] = [[edge] for edge in onward.get(name, ())]
    seen: set[str] = set()
    for way in ways:  # grows while it is walked: breadth first
        last = way[-1].target
        if last == name:
            return way
        if last not in seen:
            seen.add(last)
            ways.extend([*way, edge] for edge in onward.get(last, ()))
    return None


def entering_events(scenario: Scenario, plan: TrackingPlan) -> dict[str, frozenset[str] | None]:
    """For each state the events that can lead there; None where time or a condition can, too.

    Going straight on (`choose`, `split`, `next`) keeps the event at hand only from a state that sends nothing: a
    message may be held, and then time leads on.
    """
    found: dict[str, frozenset[str] | None] = {name: frozenset() for name in scenario.states}
    at_entry = (event for trigger in scenario.triggers for event in events_of(trigger, plan))
    _join(found, scenario.first.name, frozenset(at_entry))
    ways = edges(scenario)
    changed = True
    while changed:
        before = dict(found)
        for edge in ways:
            if edge.kind == "on":
                _join(found, edge.target, _expand(plan, (edge.event,)))
            elif edge.kind in ("choose", "split", "next") and not scenario.states[edge.source].send:
                _join(found, edge.target, found[edge.source])
            else:
                _join(found, edge.target, None)
        changed = found != before
    return found


def _expand(plan: TrackingPlan, names: Iterable[str]) -> frozenset[str]:
    return frozenset(event for name in names for event in plan.expand(name))


def _join(found: dict[str, frozenset[str] | None], name: str, events: frozenset[str] | None) -> None:
    known = found[name]
    found[name] = None if known is None or events is None else known | events
