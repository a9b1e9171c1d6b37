"""A scenario as a directed graph: its edges, the states that can be reached, cycles without a wait. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scenario_cli.model.built_in import events_of
from scenario_cli.model.exits import AT_ONCE, ONWARD, Exit, exits
from scenario_cli.model.project import TrackingPlan
from scenario_cli.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Edge:
    """An exit that leads from a state to another, or back to the same one."""

    source: str
    target: str
    exit: Exit


def edges(scenario: Scenario) -> list[Edge]:
    """Every edge between states, those that hold in every state included; exits to an end are left out."""
    return [
        Edge(state.name, one.state, one)
        for state in scenario.states.values()
        for one in exits(scenario, state)
        if one.state is not None and one.state in scenario.states
    ]


def reachable(scenario: Scenario) -> set[str]:
    """The names of the states that some path from the first one leads to."""
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
    onward: dict[str, list[Edge]] = {}
    for edge in edges(scenario):
        passed_over = edge.exit.kind == "when" and (edge.exit.from_scenario or edge.source == edge.target)
        if edge.exit.kind in AT_ONCE and not passed_over:
            onward.setdefault(edge.source, []).append(edge)
    found: list[list[Edge]] = []
    listed: set[str] = set()
    for name in scenario.states:
        cycle = _shortest_cycle(name, onward) if name not in listed else None
        if cycle is not None:
            found.append(cycle)
            listed.update(edge.source for edge in cycle)
    return found


def _shortest_cycle(name: str, onward: Mapping[str, list[Edge]]) -> list[Edge] | None:
    """The shortest path from a state back to itself."""
    paths: list[list[Edge]] = [[edge] for edge in onward.get(name, ())]
    seen: set[str] = set()
    for path in paths:  # grows while it is walked: breadth first
        last = path[-1].target
        if last == name:
            return path
        if last not in seen:
            seen.add(last)
            paths.extend([*path, edge] for edge in onward.get(last, ()))
    return None


def entering_events(scenario: Scenario, plan: TrackingPlan) -> dict[str, frozenset[str] | None]:
    """For each state the events that can lead there; None where time or a condition can, too.

    Going straight on (`choose`, `split`, `next`) keeps the event at hand only from a state that sends nothing: a
    message may be held, and then time leads on.
    """
    found: dict[str, frozenset[str] | None] = {name: frozenset() for name in scenario.states}
    at_entry = (event for trigger in scenario.triggers for event in events_of(trigger, plan))
    _join(found, scenario.first.name, frozenset(at_entry))
    between = edges(scenario)
    changed = True
    while changed:
        before = dict(found)
        for edge in between:
            if edge.exit.event is not None:
                _join(found, edge.target, _expand(plan, (edge.exit.event.text,)))
            elif edge.exit.kind in ONWARD and not scenario.states[edge.source].send:
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
