"""What each place of a scenario may read: the event at hand, the trigger, the captured values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scenario_cli.analysis.graph import entering_events
from scenario_cli.language.names.check import Checker
from scenario_cli.language.names.shapes import ANYTHING, Scope, of_type
from scenario_cli.model.built_in import events_of
from scenario_cli.model.expression import Expression, Literal, Value
from scenario_cli.model.project import Property
from scenario_cli.model.scenario import Emitted, Scenario, Transition, entry_instants
from scenario_cli.model.source import Name, Span
from scenario_cli.model.triggers import AttributeTrigger, DateTrigger, EventTrigger, Trigger
from scenario_cli.model.vocabulary import RESERVED

_NOWHERE = Span("", 1, 1, 1, 1)
_BY_TIME = "time or a condition can lead to this state"
_DATE = "a date trigger reads the profile and metrics"
_NOT_YET = "nobody has entered yet"
_ON_TIME = "no event is at hand when a wait is due or a condition is looked at"


@dataclass(frozen=True, slots=True)
class ScopedExpression:
    """One expression of a scenario with what it may read; a `condition` decides something."""

    expression: Expression
    scope: Scope
    condition: bool = False


class Scopes:
    """The scopes of one scenario's places."""

    def __init__(self, scenario: Scenario, base: Scope) -> None:
        self.scenario = scenario
        self.plan = base.plan
        self.base = base
        self.triggers = tuple(
            dict.fromkeys(event for trigger in scenario.triggers for event in events_of(trigger, base.plan))
        )
        self.entering = entering_events(scenario, base.plan)
        self.captures: dict[str, Property] = {}
        self.since_entry = frozenset(".".join(name) for name in entry_instants([scenario]))
        self.item = self._item()
        for name, value, scope in self.captured():
            if name.text in RESERVED:
                continue  # told as such; the name keeps its own meaning
            shape = self.shape(value, scope.beside(self.captures))
            known = self.captures.get(name.text)
            self.captures[name.text] = shape if known is None or known == shape else ANYTHING

    def quiet(self) -> Scope:
        """Where no event is at hand."""
        return replace(
            self.base, trigger=self.triggers, events=None, why_no_event=_ON_TIME,
            names={**self.item, **self.captures}, since_entry=self.since_entry,
        )  # fmt: skip

    def _item(self) -> dict[str, Property]:
        """`item`, where a trigger starts a journey for each element of a list."""
        shapes = [
            Checker().shape(trigger.each.root, self.on(trigger)).items or ANYTHING
            for trigger in self.scenario.triggers
            if trigger.each is not None
        ]
        return {"item": shapes[0] if len(set(map(id, shapes))) == 1 else ANYTHING} if shapes else {}

    def on_event(self, name: str) -> Scope:
        return self.quiet().at(self.plan.expand(name))

    def on_entering(self, state: str) -> Scope:
        events = self.entering[state]
        return self.quiet().at(None if events is None else sorted(events), _BY_TIME)

    def on_trigger(self) -> Scope:
        """Where somebody may enter: `audience` and `key`."""
        return replace(self.base, trigger=self.triggers, events=self.triggers, names=self.item, not_entered=_NOT_YET)

    def on(self, trigger: Trigger) -> Scope:
        """A trigger's own conditions, before anybody is let in."""
        events = events_of(trigger, self.plan)
        return replace(self.base, trigger=events, events=events, not_entered=_NOT_YET)

    def captured(self) -> Iterator[tuple[Name, Value, Scope]]:
        """Every value that is captured: its name, the value, and what that may read."""
        for state in self.scenario.states.values():
            for name, value in state.set:
                yield name, value, self.on_entering(state.name)
            for transition in state.on:
                for name, value in transition.set:
                    yield name, value, self.on_event(transition.event.text)
                if transition.collect is not None:
                    yield transition.collect, _COLLECTED, self.on_event(transition.event.text)
        for transition in self.scenario.on:
            for name, value in transition.set:
                yield name, value, self.on_event(transition.event.text)
            if transition.collect is not None:
                yield transition.collect, _COLLECTED, self.on_event(transition.event.text)

    @staticmethod
    def captured_names(scenario: Scenario) -> Iterator[Name]:
        """Every name that a scenario captures, each place it does."""
        for state in scenario.states.values():
            yield from (name for name, _ in state.set)
            yield from _captured_by(state.on)
        yield from _captured_by(scenario.on)

    def shape(self, value: Value, scope: Scope) -> Property:
        """What is known of a value, read in a scope."""
        if isinstance(value, Expression):
            return Checker().shape(value.root, scope)
        return of_type(_SHAPES.get(type(value.value), "")) if type(value.value) in _SHAPES else ANYTHING


_COLLECTED = Literal([], _NOWHERE)
_SHAPES = {str: "string", list: "array", bool: "boolean"}


def _captured_by(transitions: tuple[Transition, ...]) -> Iterator[Name]:
    for transition in transitions:
        yield from (name for name, _ in transition.set)
        if transition.collect is not None:
            yield transition.collect


def places(scopes: Scopes) -> Iterator[ScopedExpression]:
    """Every expression of the scenario, each with what it may read."""
    scenario = scopes.scenario
    for trigger in scenario.triggers:
        yield from _trigger(scopes, trigger)
    if scenario.audience is not None:
        yield ScopedExpression(scenario.audience, scopes.on_trigger(), True)
    if scenario.key is not None:
        yield ScopedExpression(scenario.key, scopes.on_trigger())
    if scenario.goal is not None:
        at_goal = scopes.on_event(scenario.goal.event.text)
        if scenario.goal.where is not None:
            yield ScopedExpression(scenario.goal.where, at_goal, True)
        if scenario.goal.value is not None:
            yield ScopedExpression(scenario.goal.value, at_goal)
    yield from _transitions(scopes, scenario.on)
    for branch in scenario.when:
        if branch.condition is not None:
            yield ScopedExpression(branch.condition, scopes.quiet(), True)
    for state in scenario.states.values():
        yield from _state(scopes, state.name)


def _trigger(scopes: Scopes, trigger: Trigger) -> Iterator[ScopedExpression]:
    scope = scopes.on(trigger)
    if isinstance(trigger, EventTrigger | AttributeTrigger) and trigger.where is not None:
        yield ScopedExpression(trigger.where, scope, True)
    if isinstance(trigger, DateTrigger):
        yield ScopedExpression(trigger.date, replace(scope, events=None, contact_alone=_DATE))
    if trigger.each is not None:
        yield ScopedExpression(trigger.each, scope)


def _values(values: tuple[tuple[Name, Value], ...], scope: Scope) -> Iterator[ScopedExpression]:
    for _, value in values:
        if isinstance(value, Expression):
            yield ScopedExpression(value, scope)


def _emitted(emitted: tuple[Emitted, ...], scope: Scope) -> Iterator[ScopedExpression]:
    for one in emitted:
        yield from _values(one.values, scope)


def _transitions(scopes: Scopes, transitions: tuple[Transition, ...]) -> Iterator[ScopedExpression]:
    for transition in transitions:
        scope = scopes.on_event(transition.event.text)
        if transition.where is not None:
            yield ScopedExpression(transition.where, scope, True)
        yield from _values(transition.set, scope)
        yield from _values(transition.update, scope)
        yield from _emitted(transition.emit, scope)


def _state(scopes: Scopes, name: str) -> Iterator[ScopedExpression]:
    state = scopes.scenario.states[name]
    entering = scopes.on_entering(name)
    yield from _values(state.set, entering)
    yield from _values(state.update, entering)
    yield from _emitted(state.emit, entering)
    for message in state.messages:
        if message.condition is not None:
            yield ScopedExpression(message.condition, entering, True)
        if message.to is not None:
            yield ScopedExpression(message.to, entering)
        yield from _values(message.values, entering)
    for branch in state.choose:
        if branch.condition is not None:
            yield ScopedExpression(branch.condition, entering if not state.send else scopes.quiet(), True)
    for branch in state.when:
        if branch.condition is not None:
            yield ScopedExpression(branch.condition, scopes.quiet(), True)
    for timeout in state.after:
        if timeout.condition is not None:
            yield ScopedExpression(timeout.condition, scopes.quiet(), True)
        for value in (timeout.wait.date, timeout.wait.length, timeout.wait.at_value):
            if value is not None:
                yield ScopedExpression(value, scopes.quiet())
    yield from _transitions(scopes, state.on)
