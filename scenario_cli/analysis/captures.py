"""Captured values that exist: on every path to a place, or on some. Evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenario_cli.model.exits import exits
from scenario_cli.model.expression import Expression
from scenario_cli.model.scenario import Scenario, State, Transition
from scenario_cli.model.sites import Site, common_sites, goal_sites, state_sites
from scenario_cli.model.value_class import dataclass

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Captured:
    """The captures when a state is entered, before its own `set`: `always` on every path to it, `sometimes` on some.

    States that no path leads to are left out.
    """

    always: Mapping[str, Names]
    sometimes: Mapping[str, Names]

    def settled(self, state: State) -> Names:
        """The names that are always captured once a state's own `set` is done."""
        return self.always[state.name] | own_captures(state)


def own_captures(state: State) -> Names:
    """The names that a state captures when it is entered."""
    return frozenset(name.text for name, _ in state.set)


def captured(scenario: Scenario) -> Captured:
    """Follows all exits until nothing changes any more."""
    always: dict[str, Names] = {scenario.first.name: frozenset()}
    sometimes: dict[str, Names] = {scenario.first.name: frozenset()}
    waiting = [scenario.first.name]
    while waiting:
        state = scenario.states[waiting.pop()]
        sure = always[state.name] | own_captures(state)
        maybe = sometimes[state.name] | own_captures(state) | _staying(scenario, state)
        for exit_ in exits(scenario, state):
            if exit_.state is None or exit_.state not in scenario.states:
                continue
            added = _set_by(exit_.transition)
            now_always, now_sometimes = sure | added, maybe | added
            if exit_.state in always:
                now_always, now_sometimes = always[exit_.state] & now_always, sometimes[exit_.state] | now_sometimes
            if always.get(exit_.state) != now_always or sometimes.get(exit_.state) != now_sometimes:
                always[exit_.state], sometimes[exit_.state] = now_always, now_sometimes
                waiting.append(exit_.state)
    return Captured(always, sometimes)


def _staying(scenario: Scenario, state: State) -> Names:
    """The names that can be captured while a journey stays in a state."""
    stays = (exit_.transition for exit_ in exits(scenario, state) if exit_.kind == "on" and exit_.target is None)
    return frozenset[str]().union(*map(_set_by, stays))


def _set_by(transition: Transition | None) -> Names:
    if transition is None:
        return frozenset()
    collected = [transition.collect.text] if transition.collect is not None else []
    return frozenset([*(name.text for name, _ in transition.set), *collected])


@dataclass(frozen=True, slots=True)
class Reading:
    """An expression, with the names captured at its place: `always`, or `sometimes` on some path there."""

    expression: Expression
    always: Names
    sometimes: Names


def reads(scenario: Scenario, captures: Captured) -> Iterator[Reading]:
    """Every expression of a scenario that can read captured values, in the states that can be reached."""
    states = [state for name, state in scenario.states.items() if name in captures.always]
    anywhere = frozenset[str]().union(
        *(captures.sometimes[state.name] | own_captures(state) | _staying(scenario, state) for state in states)
    )
    everywhere = frozenset.intersection(*(captures.settled(state) for state in states)) if states else frozenset()
    for site in (*(site for state in states for site in state_sites(state)), *common_sites(scenario)):
        yield from _read(scenario, site, captures, everywhere, anywhere)
    for site in goal_sites(scenario.goal):
        if site.expression is not None:
            yield Reading(site.expression, everywhere, anywhere)


def _read(scenario: Scenario, site: Site, captures: Captured, everywhere: Names, anywhere: Names) -> Iterator[Reading]:
    state, expression = site.state, site.expression
    if expression is None:
        return
    if state is None:
        # A condition is evaluated before and after a state's own `set`, so it can wait for a capture.
        yield Reading(expression, anywhere if site.kind == "when" else everywhere | site.captured, anywhere)
    elif site.transition is not None:
        sometimes = captures.sometimes[state.name] | own_captures(state) | _staying(scenario, state)
        yield Reading(expression, captures.settled(state) | site.captured, sometimes)
    else:
        is_leaving = site.kind in ("choose", "when", "after", "wait")
        sometimes = (
            captures.sometimes[state.name] | site.captured | (_staying(scenario, state) if is_leaving else frozenset())
        )
        yield Reading(expression, captures.always[state.name] | site.captured, sometimes)
