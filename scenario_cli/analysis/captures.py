"""Captured values that are there: on every path to a place, or on some. Evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scenario_cli.model.exits import exits
from scenario_cli.model.expression import Expression
from scenario_cli.model.scenario import Scenario, State, Transition
from scenario_cli.model.sites import Site, common_sites, goal_sites, state_sites

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Captured:
    """The captures when a state is entered, before its own `set`: `always` on every path to it, `ever` on some.

    States that no path leads to are left out.
    """

    always: Mapping[str, Names]
    ever: Mapping[str, Names]

    def settled(self, state: State) -> Names:
        """The names that are always captured once a state's own `set` is done."""
        return self.always[state.name] | own(state)


def own(state: State) -> Names:
    """The names that a state captures when it is entered."""
    return frozenset(name.text for name, _ in state.set)


def captured(scenario: Scenario) -> Captured:
    """Follows all exits until nothing changes any more."""
    always: dict[str, Names] = {scenario.first.name: frozenset()}
    ever: dict[str, Names] = {scenario.first.name: frozenset()}
    waiting = [scenario.first.name]
    while waiting:
        state = scenario.states[waiting.pop()]
        sure = always[state.name] | own(state)
        maybe = ever[state.name] | own(state) | _staying(scenario, state)
        for one in exits(scenario, state):
            if one.state is None or one.state not in scenario.states:
                continue
            added = _set_by(one.transition)
            now_always, now_ever = sure | added, maybe | added
            if one.state in always:
                now_always, now_ever = always[one.state] & now_always, ever[one.state] | now_ever
            if always.get(one.state) != now_always or ever.get(one.state) != now_ever:
                always[one.state], ever[one.state] = now_always, now_ever
                waiting.append(one.state)
    return Captured(always, ever)


def _staying(scenario: Scenario, state: State) -> Names:
    """The names that may be captured while a journey stays in a state."""
    stays = (one.transition for one in exits(scenario, state) if one.kind == "on" and one.target is None)
    return frozenset[str]().union(*map(_set_by, stays))


def _set_by(transition: Transition | None) -> Names:
    if transition is None:
        return frozenset()
    collected = [transition.collect.text] if transition.collect is not None else []
    return frozenset([*(name.text for name, _ in transition.set), *collected])


@dataclass(frozen=True, slots=True)
class Read:
    """An expression, with the names captured where it is read: `always`, or `ever` on some path there."""

    expression: Expression
    always: Names
    ever: Names


def reads(scenario: Scenario, found: Captured) -> Iterator[Read]:
    """Every expression of a scenario that may read captured values, in the states that can be reached."""
    states = [state for name, state in scenario.states.items() if name in found.always]
    anywhere = frozenset[str]().union(*(found.ever[one.name] | own(one) | _staying(scenario, one) for one in states))
    everywhere = frozenset.intersection(*(found.settled(one) for one in states)) if states else frozenset()
    for site in (*(site for state in states for site in state_sites(state)), *common_sites(scenario)):
        yield from _read(scenario, site, found, everywhere, anywhere)
    for site in goal_sites(scenario.goal):
        if site.expression is not None:
            yield Read(site.expression, everywhere, anywhere)


def _read(scenario: Scenario, site: Site, found: Captured, everywhere: Names, anywhere: Names) -> Iterator[Read]:
    state, expression = site.state, site.expression
    if expression is None:
        return
    if state is None:
        # A condition is looked at before a state's own `set`, and then again: what is not there yet waits.
        yield Read(expression, anywhere if site.kind == "when" else everywhere | site.captured, anywhere)
    elif site.transition is not None:
        ever = found.ever[state.name] | own(state) | _staying(scenario, state)
        yield Read(expression, found.settled(state) | site.captured, ever)
    else:
        left = site.kind in ("choose", "when", "after", "wait")
        ever = found.ever[state.name] | site.captured | (_staying(scenario, state) if left else frozenset())
        yield Read(expression, found.always[state.name] | site.captured, ever)
