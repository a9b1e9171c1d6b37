"""A scenario as a directed graph: its edges, the states that can be reached, cycles without a wait. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scenario_cli.model.built_in import events_of
from scenario_cli.model.exits import AT_ONCE, ONWARD, Exit, exits
from scenario_cli.model.project import TrackingPlan
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """An exit that leads from a state to another, or back to the same one."""

    source: str
    target: str
    exit: Exit


def edges(scenario: Scenario) -> list[Edge]:
    """Every edge between states, those that hold in every state included; exits to an end are left out."""
    return [
        Edge(state.name, exit_.state, exit_)
        for state in scenario.states.values()
        for exit_ in exits(scenario, state)
        if exit_.state is not None and exit_.state in scenario.states
    ]


def reachable(scenario: Scenario) -> set[str]:
    """The names of the states that some path from the first one leads to."""
    onward: dict[str, list[str]] = {}
    for edge in edges(scenario):
        onward.setdefault(edge.source, []).append(edge.target)
    visited: set[str] = set()
    waiting = [scenario.first.name]
    while waiting:
        name = waiting.pop()
        if name not in visited:
            visited.add(name)
            waiting.extend(onward.get(name, ()))
    return visited


def cycles_at_once(scenario: Scenario) -> list[list[Edge]]:
    """Cycles of edges with no wait and no event in them, one for each group of states that has any.

    A scenario's own `when` moves a journey once each, so it closes no cycle; nor does a `when` whose target is its own
    state, which is skipped.
    """
    onward: dict[str, list[Edge]] = {}
    for edge in edges(scenario):
        passed_over = edge.exit.kind == "when" and (edge.exit.from_scenario or edge.source == edge.target)
        if edge.exit.kind in AT_ONCE and not passed_over:
            onward.setdefault(edge.source, []).append(edge)
    cycles: list[list[Edge]] = []
    listed: set[str] = set()
    for name in scenario.states:
        cycle = _shortest_cycle(name, onward) if name not in listed else None
        if cycle is not None:
            cycles.append(cycle)
            listed.update(edge.source for edge in cycle)
    return cycles


def _shortest_cycle(name: str, onward: Mapping[str, list[Edge]]) -> list[Edge] | None:
    """The shortest path from a state back to itself."""
    paths: list[list[Edge]] = [[edge] for edge in onward.get(name, ())]
    visited: set[str] = set()
    for path in paths:  # grows while it is walked: breadth first
        end = path[-1].target
        if end == name:
            return path
        if end not in visited:
            visited.add(end)
            paths.extend([*path, edge] for edge in onward.get(end, ()))
    return None


def entering_events(scenario: Scenario, plan: TrackingPlan) -> dict[str, frozenset[str] | None]:
    """The events that can lead to each state; None if time or a condition can, too.

    A direct exit (`choose`, `split`, `next`) keeps the event available only from a state that sends nothing: a message
    can be held, and then time leads on.
    """
    events_by_state: dict[str, frozenset[str] | None] = {name: frozenset() for name in scenario.states}
    at_entry = (event for trigger in scenario.triggers for event in events_of(trigger, plan))
    _join(events_by_state, scenario.first.name, frozenset(at_entry))
    all_edges = edges(scenario)
    changed = True
    while changed:
        before = dict(events_by_state)
        for edge in all_edges:
            if edge.exit.event is not None:
                _join(events_by_state, edge.target, _expand(plan, (edge.exit.event.text,)))
            elif edge.exit.kind in ONWARD and not scenario.states[edge.source].send:
                _join(events_by_state, edge.target, events_by_state[edge.source])
            else:
                _join(events_by_state, edge.target, None)
        changed = events_by_state != before
    return events_by_state


def _expand(plan: TrackingPlan, names: Iterable[str]) -> frozenset[str]:
    return frozenset(event for name in names for event in plan.expand(name))


def _join(events_by_state: dict[str, frozenset[str] | None], name: str, events: frozenset[str] | None) -> None:
    known_events = events_by_state[name]
    events_by_state[name] = None if known_events is None or events is None else known_events | events
