"""What each place of a scenario may read: the event at hand, the trigger, the captured values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scenario_cli.analysis.graph import entering_events
from scenario_cli.language.names import Checker
from scenario_cli.language.shapes import ANYTHING, Scope, of_type
from scenario_cli.model.expression import Expression, Value
from scenario_cli.model.project import Property, TrackingPlan
from scenario_cli.model.scenario import Scenario, Transition
from scenario_cli.model.source import Name
from scenario_cli.model.vocabulary import RESERVED

_BY_TIME = "time or a condition can lead to this state"
_ON_TIME = "no event is at hand when a wait is due or a condition is looked at"


@dataclass(frozen=True, slots=True)
class Place:
    """One expression of a scenario with what it may read; a `condition` decides something."""

    expression: Expression
    scope: Scope
    condition: bool = False


class Scopes:
    """The scopes of one scenario's places."""

    def __init__(self, scenario: Scenario, plan: TrackingPlan) -> None:
        self.scenario = scenario
        self.plan = plan
        self.triggers = tuple(
            dict.fromkeys(event for trigger in scenario.triggers for event in plan.expand(trigger.event.text))
        )
        self.entering = entering_events(scenario, plan)
        self.captures: dict[str, Property] = {}
        for name, value, scope in self._captured():
            if name.text in RESERVED:
                continue  # told as such; the name keeps its own meaning
            shape = self.shape(value, scope.beside(self.captures))
            known = self.captures.get(name.text)
            self.captures[name.text] = shape if known is None or known == shape else ANYTHING

    def quiet(self) -> Scope:
        """Where no event is at hand."""
        return Scope(self.plan, self.triggers, None, _ON_TIME, self.captures)

    def on_event(self, name: str) -> Scope:
        return self.quiet().at(self.plan.expand(name))

    def on_entering(self, state: str) -> Scope:
        events = self.entering[state]
        return self.quiet().at(None if events is None else sorted(events), _BY_TIME)

    def on_trigger(self) -> Scope:
        return Scope(self.plan, self.triggers, self.triggers)

    def _captured(self) -> Iterator[tuple[Name, Value, Scope]]:
        for state in self.scenario.states.values():
            for name, value in state.set:
                yield name, value, self.on_entering(state.name)
            for transition in state.on:
                for name, value in transition.set:
                    yield name, value, self.on_event(transition.event.text)
        for transition in self.scenario.on:
            for name, value in transition.set:
                yield name, value, self.on_event(transition.event.text)

    @staticmethod
    def captured_names(scenario: Scenario) -> Iterator[Name]:
        """Every name that a scenario captures, each place it does."""
        for state in scenario.states.values():
            yield from (name for name, _ in state.set)
            yield from (name for transition in state.on for name, _ in transition.set)
        yield from (name for transition in scenario.on for name, _ in transition.set)

    def shape(self, value: Value, scope: Scope) -> Property:
        """What is known of a value, read in a scope."""
        if isinstance(value, Expression):
            return Checker().shape(value.root, scope)
        return of_type("string") if isinstance(value.value, str) else ANYTHING


def places(scopes: Scopes) -> Iterator[Place]:
    """Every expression of the scenario, each with what it may read."""
    scenario = scopes.scenario
    for trigger in scenario.triggers:
        if trigger.where is not None:
            yield Place(trigger.where, Scope(scopes.plan, (), scopes.plan.expand(trigger.event.text)), True)
    if scenario.audience is not None:
        yield Place(scenario.audience, scopes.on_trigger(), True)
    if scenario.key is not None:
        yield Place(scenario.key, scopes.on_trigger())
    if scenario.goal is not None:
        at_goal = scopes.on_event(scenario.goal.event.text)
        if scenario.goal.where is not None:
            yield Place(scenario.goal.where, at_goal, True)
        if scenario.goal.value is not None:
            yield Place(scenario.goal.value, at_goal)
    yield from _transitions(scopes, scenario.on)
    for branch in scenario.when:
        if branch.condition is not None:
            yield Place(branch.condition, scopes.quiet(), True)
    for state in scenario.states.values():
        yield from _state(scopes, state.name)


def _transitions(scopes: Scopes, transitions: tuple[Transition, ...]) -> Iterator[Place]:
    for transition in transitions:
        scope = scopes.on_event(transition.event.text)
        if transition.where is not None:
            yield Place(transition.where, scope, True)
        for _, value in transition.set:
            if isinstance(value, Expression):
                yield Place(value, scope)


def _state(scopes: Scopes, name: str) -> Iterator[Place]:
    state = scopes.scenario.states[name]
    entering = scopes.on_entering(name)
    for _, value in state.set:
        if isinstance(value, Expression):
            yield Place(value, entering)
    for message in state.messages:
        if message.condition is not None:
            yield Place(message.condition, entering, True)
        if message.to is not None:
            yield Place(message.to, entering)
        for _, value in message.values:
            if isinstance(value, Expression):
                yield Place(value, entering)
    for branch in state.choose:
        if branch.condition is not None:
            yield Place(branch.condition, entering if not state.send else scopes.quiet(), True)
    for branch in state.when:
        if branch.condition is not None:
            yield Place(branch.condition, scopes.quiet(), True)
    for timeout in state.after:
        if timeout.condition is not None:
            yield Place(timeout.condition, scopes.quiet(), True)
    yield from _transitions(scopes, state.on)
