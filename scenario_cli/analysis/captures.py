"""Which captured values are there: on every way to a place, or on some. Evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scenario_cli.model.exits import exits
from scenario_cli.model.expression import Expression, Value
from scenario_cli.model.scenario import Emitted, Scenario, State, Transition
from scenario_cli.model.source import Name

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Captured:
    """What is captured when a state is entered, before its own `set`: `always` on every way to it, `ever` on some.

    States that no way leads to are left out.
    """

    always: Mapping[str, Names]
    ever: Mapping[str, Names]

    def settled(self, state: State) -> Names:
        """What is always captured once a state's own `set` is done."""
        return self.always[state.name] | own(state)


def own(state: State) -> Names:
    """What a state captures when it is entered."""
    return frozenset(name.text for name, _ in state.set)


def captured(scenario: Scenario) -> Captured:
    """Works along all ways until nothing changes any more."""
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
    """An expression, with what is captured where it is read: `always`, or `ever` on some way there."""

    expression: Expression
    always: Names
    ever: Names


def reads(scenario: Scenario, found: Captured) -> Iterator[Read]:
    """Every expression of a scenario that may read captured values, in the states that can be reached."""
    states = [state for name, state in scenario.states.items() if name in found.always]
    anywhere = frozenset[str]().union(*(found.ever[one.name] | own(one) | _staying(scenario, one) for one in states))
    for state in states:
        yield from _reads_of(scenario, state, found)
    everywhere = frozenset.intersection(*(found.settled(one) for one in states)) if states else frozenset()
    yield from _transitions(scenario.on, everywhere, anywhere)
    for branch in scenario.when:  # looked at before a state's own `set`, and then again: what is not there yet waits
        if branch.condition is not None:
            yield Read(branch.condition, anywhere, anywhere)
    if scenario.goal is not None:
        for expression in (scenario.goal.where, scenario.goal.value):
            if expression is not None:
                yield Read(expression, everywhere, anywhere)


def _reads_of(scenario: Scenario, state: State, found: Captured) -> Iterator[Read]:
    always, ever = found.always[state.name], found.ever[state.name]
    for name, value in state.set:
        if isinstance(value, Expression):
            yield Read(value, always, ever)
        always, ever = always | {name.text}, ever | {name.text}
    yield from (Read(value, always, ever) for value in _acting(state.update, state.emit))
    for message in state.messages:
        values = [value for _, value in message.values]
        for one in (message.condition, message.to, *values):
            if isinstance(one, Expression):
                yield Read(one, always, ever)
    ever |= _staying(scenario, state)
    conditions = [branch.condition for branch in (*state.choose, *state.when)]
    for timeout in state.after:
        conditions += [timeout.condition, timeout.wait.date, timeout.wait.length, timeout.wait.at_value]
    yield from (Read(one, always, ever) for one in conditions if one is not None)
    yield from _transitions(state.on, always, ever)


def _transitions(transitions: Iterable[Transition], always: Names, ever: Names) -> Iterator[Read]:
    for transition in transitions:
        if transition.where is not None:
            yield Read(transition.where, always, ever)
        before = always
        for name, value in transition.set:
            if isinstance(value, Expression):
                yield Read(value, before, ever)
            before |= {name.text}
        yield from (Read(value, before, ever) for value in _acting(transition.update, transition.emit))


def _acting(update: tuple[tuple[Name, Value], ...], emit: tuple[Emitted, ...]) -> Iterator[Expression]:
    values = [*update, *(pair for one in emit for pair in one.values)]
    yield from (value for _, value in values if isinstance(value, Expression))
