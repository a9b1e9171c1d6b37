"""Reachability within one scenario: the states, messages and ends that are left without certain data. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace

from scenario_cli.analysis.graph import entering_events
from scenario_cli.analysis.pressure import asks_consent
from scenario_cli.analysis.silence.absence import (
    MISSING,
    UNKNOWN,
    FixedValue,
    Happened,
    Loss,
    Value,
    VaryingValue,
    View,
    evaluate,
    join,
    key_of,
    truth,
    value_of,
)
from scenario_cli.model import triggers as kinds
from scenario_cli.model.built_in import events_of
from scenario_cli.model.exits import Exit, exits
from scenario_cli.model.expression import Expression, Literal
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Emitted, Message, Scenario, State, Target, Transition
from scenario_cli.model.sites import Site, capture_sites
from scenario_cli.model.value_class import dataclass

MessageKey = tuple[str, str, str]  # state, channel, template


@dataclass(slots=True)
class Open:
    """Everything that can still happen: messages, states, exits, outcomes, and events emitted for other scenarios.

    `blank` are the names missing from the texts of sent messages; if nobody enters, `why` gives the reason. `fewer` and
    `more` describe triggers that let fewer contacts in, or more.
    """

    why: str = ""
    sent: dict[MessageKey, None] = field(default_factory=dict)
    blank: dict[MessageKey, tuple[str, ...]] = field(default_factory=dict)
    exits: dict[str, None] = field(default_factory=dict)
    outcomes: set[str] = field(default_factory=set)
    emitted: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)
    measured: bool = False
    fewer: dict[str, None] = field(default_factory=dict)
    more: dict[str, None] = field(default_factory=dict)


class Walk:
    """Walks a scenario from its triggers on; `result` has the findings.

    `outcomes` are those that scenarios can still end with, None: all.
    """

    def __init__(
        self,
        project: Project,
        scenario: Scenario,
        loss: Loss,
        reads: Mapping[tuple[str, str], Iterable[tuple[str, ...]]],
        outcomes: frozenset[tuple[str, str]] | None,
    ) -> None:
        self.project = project
        self.scenario = scenario
        self.loss = loss
        self.reads = reads
        self.ended = outcomes
        self.plan = project.plan
        self.result = Open()
        self.entering = entering_events(scenario, project.plan)
        triggers = [event for trigger in scenario.triggers for event in events_of(trigger, project.plan)]
        self.view = View(project, loss, trigger=Happened(frozenset(triggers) - loss.events))
        self.view = replace(self.view, names=self._captures())
        if self._enters():
            self._go_through()
            self._goal()

    def coming(self, name: str) -> list[str]:
        """The events that match a name and still come."""
        return [event for event in self.plan.expand(name) if event not in self.loss.events]

    def at(self, event: str) -> View:
        return replace(self.view, event=Happened(frozenset(self.coming(event))))

    def _can_hold(self, condition: Expression | None, view: View) -> bool:
        """Whether a condition can hold."""
        return condition is None or truth(evaluate(condition.root, view)) is not False

    def _is_missing(self, value: Expression | None, view: View) -> bool:
        return value is not None and evaluate(value.root, view) == MISSING

    def _enters(self) -> bool:
        closed: list[str] = []
        open_ = False
        for trigger in self.scenario.triggers:
            reason = self._exclusion(trigger)
            if reason:
                closed.append(reason)
            else:
                open_ = True
                self._changed(trigger)
        if open_:
            self.result.fewer.update(dict.fromkeys(closed))
        elif closed:
            self.result.why = closed[0]
        return open_

    def _exclusion(self, trigger: kinds.Trigger) -> str:
        """The reason why nobody can enter through a trigger any more; empty if a contact still can."""
        scenario = self.scenario
        events = frozenset(events_of(trigger, self.plan)) - self.loss.events
        view = replace(self.view, event=Happened(events), trigger=Happened(events))
        if reason := self._never_fires(trigger, events, view):
            return reason
        if not self._can_hold(scenario.audience, view):
            return f"nobody is in the audience: {_source(scenario.audience)}"
        if self._is_missing(trigger.each, view):
            return f"there is no list to start journeys from: {_source(trigger.each)}"
        if any(evaluate(part, view) == MISSING for part in scenario.key_parts):
            return f"the key is missing: {_source(scenario.key)}"
        return ""

    def _never_fires(self, trigger: kinds.Trigger, events: frozenset[str], view: View) -> str:
        match trigger:
            case kinds.EventTrigger() | kinds.AbsenceTrigger() if not events:
                name = trigger.event if isinstance(trigger, kinds.EventTrigger) else trigger.since
                return f"its trigger, {name.text}, never comes"
            case kinds.EventTrigger() | kinds.AttributeTrigger() if not self._can_hold(trigger.where, view):
                return f"the trigger's condition never holds: {_source(trigger.where)}"
            case kinds.DateTrigger() if self._is_missing(trigger.date, view):
                return f"the trigger's date is missing: {_source(trigger.date)}"
            case kinds.AttributeTrigger() if trigger.attribute.text in self.loss.attributes:
                return f"its trigger, contact.{trigger.attribute.text}, never changes"
            case kinds.SegmentTrigger() if self._always_outside(trigger.segment.text):
                return f"nobody is ever in the segment {trigger.segment.text}"
            case kinds.OutcomeTrigger() if self._never_ends(trigger):
                return f"its trigger, the end of {trigger.scenario.text}, never comes"
        return ""

    def _always_outside(self, segment: str) -> bool:
        return truth(key_of(value_of("segment", self.view), segment, self.view)) is False

    def _never_ends(self, trigger: kinds.OutcomeTrigger) -> bool:
        if self.ended is None:
            return False
        outcomes = {name.text for name in trigger.outcomes}
        reached = {outcome for scenario, outcome in self.ended if scenario == trigger.scenario.text}
        return not (reached & outcomes if outcomes else reached)

    def _changed(self, trigger: kinds.Trigger) -> None:
        """A trigger that still fires, but not as before."""
        if isinstance(trigger, kinds.AbsenceTrigger) and not self.coming(trigger.absent.text):
            self.result.more[f"{trigger.absent.text} never comes, so its absence lets everybody in"] = None
        for event in events_of(trigger, self.plan):
            if event in self.loss.events and isinstance(trigger, kinds.EventTrigger):
                self.result.fewer[f"{trigger.event.text} without {event}"] = None

    def _go_through(self) -> None:
        waiting = [self.scenario.first.name]
        while waiting:
            name = waiting.pop()
            if name in self.scenario.states and name not in self.result.states:
                self.result.states.add(name)
                waiting.extend(self._onward(self.scenario.states[name]))

    def _goal(self) -> None:
        goal = self.scenario.goal
        if goal is not None and self.coming(goal.event.text):
            self.result.measured = self._can_hold(goal.where, self.at(goal.event.text))
            if self.result.measured and goal.ends:
                self.result.outcomes.add(goal.ends)
                self.result.exits[f"{goal.event.text} ({goal.ends})"] = None

    def _onward(self, state: State) -> list[str]:
        """The states that a journey can go to from a state. Records its messages and ends."""
        entering = replace(self.view, event=self._hand(state))
        quiet = replace(self.view, event=UNKNOWN)
        onward: list[str] = []
        leading = exits(self.scenario, state)
        conditions = [exit_ for exit_ in leading if exit_.kind == "when"]
        if self._follow_conditions([exit_ for exit_ in conditions if exit_.from_scenario], quiet, onward, state):
            return onward
        self._emit(state.emit)
        for message in state.messages:
            self._message(state, message, entering)
        if state.end is not None:
            self.result.outcomes.add(state.end.text)
            return onward
        if self._follow_conditions(conditions, quiet, onward, state):
            return onward
        choices = [exit_ for exit_ in leading if exit_.kind == "choose"]
        splits = [exit_ for exit_ in leading if exit_.kind == "split"]
        if choices:
            self._follow_conditions(choices, quiet if state.send else entering, onward, state)
        elif splits:
            for exit_ in splits:
                if exit_.percent > 0:
                    self._follow(exit_.target, onward, "")
        elif state.next is not None:
            self._follow(state.next, onward, "")
        else:
            self._wait(state, leading, onward, quiet)
        return onward

    def _wait(self, state: State, leading: Iterable[Exit], onward: list[str], quiet: View) -> None:
        for exit_ in leading:
            if exit_.transition is not None and self._happens(exit_.transition):
                self._emit(exit_.transition.emit)
                for message in exit_.transition.messages:
                    self._message(state, message, self.at(exit_.transition.event.text))
                self._follow(exit_.target, onward, exit_.transition.event.text)
            elif exit_.timeout is not None and self._can_hold(exit_.condition, quiet) and self._falls_due(exit_, quiet):
                self._follow(exit_.target, onward, "")

    def _falls_due(self, exit_: Exit, view: View) -> bool:
        """Whether a wait can lead along this exit; past and missing instants have exits of their own."""
        wait, timeout = exit_.wait, exit_.timeout
        if wait is None or timeout is None:
            return False
        if any(self._is_missing(value, view) for value in wait.values):
            return exit_.fallback == "missing" or (exit_.fallback is None and timeout.if_missing == "now")
        return exit_.fallback is None or wait.from_data

    def _happens(self, transition: Transition) -> bool:
        name = transition.event.text
        return bool(self.coming(name)) and self._can_hold(transition.where, self.at(name))

    def _follow_conditions(self, conditions: Iterable[Exit], view: View, onward: list[str], state: State) -> bool:
        """Records the exits whose conditions can hold, in order. Returns whether one of them always holds."""
        for exit_ in conditions:
            if exit_.state == state.name:
                continue  # passed over
            holds = True if exit_.condition is None else truth(evaluate(exit_.condition.root, view))
            if holds is not False:
                self._follow(exit_.target, onward, _source(exit_.condition))
            if holds:
                return True
        return False

    def _follow(self, target: Target | None, onward: list[str], cause: str) -> None:
        if target is None:
            return
        if target.state is not None:
            onward.append(target.state)
        elif target.outcome is not None:
            self.result.outcomes.add(target.outcome)
            if cause:
                self.result.exits[f"{cause} ({target.outcome})"] = None

    def _emit(self, emitted: tuple[Emitted, ...]) -> None:
        self.result.emitted.update(emission.event.text for emission in emitted)

    def _message(self, state: State, message: Message, view: View) -> None:
        channel = self.project.channels.get(message.channel.text)
        key = (state.name, message.channel.text, message.template.text)
        consent = channel.consent if channel and asks_consent(message, self.project) else None
        if not self._can_hold(message.condition, view) or (consent is not None and not self._can_hold(consent, view)):
            return
        until = message.until if isinstance(message.until, Expression) else None
        needed = (message.to or (channel.address if channel else None), until)
        if any(self._is_missing(value, view) for value in needed):
            return
        self.result.sent[key] = None
        values = {name.text: _value(value, view) for name, value in message.values}
        inside = replace(view, names={**self.view.names, **values}, event=UNKNOWN)
        lost_names = [".".join(path) for path in self.reads.get((key[2], key[1]), ()) if _is_lost(path, inside)]
        if lost_names:
            self.result.blank[key] = tuple(dict.fromkeys((*self.result.blank.get(key, ()), *lost_names)))

    def _hand(self, state: State) -> Value:
        """The available event on entering a state."""
        events = self.entering[state.name]
        return UNKNOWN if events is None else Happened(frozenset(events) - self.loss.events)

    def _captures(self) -> dict[str, Value]:
        """The known value of each capture over all sites that set it; missing before the first one."""
        captures = list(capture_sites(self.scenario))
        first_names = {name.text for name, _ in self.scenario.first.set}
        names = [site.name.text for site in captures if site.name is not None]
        unset: dict[str, Value] = {name: MISSING for name in names if name not in first_names}
        values: dict[str, Value] = {}
        for _ in range(_MOST_DEPTH):  # captures can use other captures
            before = values
            values = dict(unset)
            view = replace(self.view, names=before)
            for site in captures:
                value = self._captured(site, view)
                if site.name is not None and value is not None:
                    name = site.name.text
                    values[name] = join(values[name], value) if name in values else value
            if values == before:
                return values
        return dict.fromkeys(values, VaryingValue())

    def _captured(self, site: Site, view: View) -> Value | None:
        """The value that a site captures, as far as it is known; None if its event never comes."""
        if site.event is not None:
            events = frozenset(self.coming(site.event.text))
            if not events:
                return None
            view = replace(view, event=Happened(events))
        elif site.state is not None:
            view = replace(view, event=self._hand(site.state))
        return VaryingValue(present=True) if site.value is None else _value(site.value, view)


_MOST_DEPTH = 10


def _value(value: Literal | Expression, view: View) -> Value:
    return evaluate(value.root, view) if isinstance(value, Expression) else FixedValue(value.value)


def _is_lost(path: tuple[str, ...], view: View) -> bool:
    value = value_of(path[0], view)
    for key in path[1:]:
        if value == MISSING:
            return True
        value = key_of(value, key, view)
    return value == MISSING


def _source(expression: Expression | None) -> str:
    return expression.source if expression is not None else ""
