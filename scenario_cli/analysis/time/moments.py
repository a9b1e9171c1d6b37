"""The moments at which a message is sent, in words: the wait and its start, the event, the conditions.

Each path is described from the entry, from the message before or from an event, the nearest of these. Calculates no
instant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from scenario_cli.analysis.labels import event_label, exit_label, trigger_label, wait_words
from scenario_cli.model.exits import UNPROMPTED, Exit, common_exits, own_exits
from scenario_cli.model.expression import Expression
from scenario_cli.model.scenario import Scenario, Sending, State
from scenario_cli.model.triggers import Trigger, kind_of
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.waits import Wait

_MOST_PATHS = 6  # listed paths of one message: a reader would not follow more


@dataclass(frozen=True, slots=True)
class _Step:
    """A step into a state. An `event` or a condition that begins one counts from itself, not from its `source`."""

    source: str
    kind: Literal["entry", "event", "onward"]
    words: str = ""
    wait: Wait | None = None
    condition: Expression | None = None


def moments(scenario: Scenario, sending: Sending) -> list[str]:
    """The paths to the messages of a place, in words; of a transition, the event that it takes."""
    if sending.transition is not None or sending.state is None:
        assert sending.transition is not None
        location = f"in {sending.state.name}" if sending.state is not None else "in any state"
        return [f"each time that {event_label(sending.transition)} comes {location}"]
    state = sending.state.name
    paths = list(dict.fromkeys(_Moments(scenario).paths_to(state, (), frozenset({state}))))
    hidden = len(paths) - _MOST_PATHS
    return paths if hidden <= 0 else [*paths[:_MOST_PATHS], f"and in {hidden} other way{'' if hidden == 1 else 's'}"]


class _Moments:
    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.into = _steps_into(scenario)

    def paths_to(self, name: str, after: tuple[_Step, ...], visited: frozenset[str]) -> Iterator[str]:
        """Goes back from a state to a step that a reader can count from. `after` are the steps on to the message."""
        for step in self.into.get(name, ()):
            source = self.scenario.states.get(step.source)
            if step.kind == "entry":
                yield self.sentence(after, "the entry") if after else step.words
            elif step.kind == "event" or source is None:
                yield self.sentence((step, *after), "that")
            elif source.send:
                yield self.sentence((step, *after), f"the message of {step.source}")
            elif step.source not in visited:
                yield from self.paths_to(step.source, (step, *after), visited | {step.source})

    def sentence(self, steps: tuple[_Step, ...], since: str) -> str:
        """The steps in order; a wait counts from the step before it, or from an event that restarts it."""
        parts: list[str] = []
        for step in steps:
            if step.wait is not None:
                restarts = [f" or the last {name}" for name in _starts_over(self.scenario.states[step.source])]
                parts.append(wait_words(step.wait, since + "".join(restarts)))
                parts += _if(step.condition)
            elif step.words:
                parts.append(step.words)
            if step.wait is not None or step.kind == "event":
                since = "that"
        return ", ".join(parts) if any(step.wait or step.kind == "event" for step in steps) else ", ".join(
            [f"right after {since}", *parts]
        )  # fmt: skip


def _starts_over(state: State) -> list[str]:
    """The events that enter a state again, so that its waits begin again."""
    events = [exit_.event.text for exit_ in own_exits(state) if exit_.event is not None and exit_.state == state.name]
    return list(dict.fromkeys(events))


def _steps_into(scenario: Scenario) -> Mapping[str, list[_Step]]:
    """The steps into each state. One event that leads there from several states is one step."""
    steps = {scenario.first.name: [_Step("", "entry", _entered(trigger)) for trigger in scenario.triggers]}
    by_event: dict[tuple[str, str], list[str]] = {}
    for state in scenario.states.values():
        for exit_ in own_exits(state):
            if exit_.state is not None and exit_.kind in UNPROMPTED:
                steps.setdefault(exit_.state, []).append(_onward(state, exit_))
            elif exit_.state is not None and exit_.state != state.name:
                by_event.setdefault((exit_.state, _event_words(exit_)), []).append(state.name)
    for (target, words), sources in by_event.items():
        steps.setdefault(target, []).append(_Step("", "event", f"{words} in {_listed(sources)}"))
    for exit_ in common_exits(scenario):
        if exit_.state is not None:
            steps.setdefault(exit_.state, []).append(_Step("", "event", f"{_event_words(exit_)}, at any time"))
    return steps


def _event_words(exit_: Exit) -> str:
    """Words for an exit that an event or a condition opens."""
    label = exit_label(exit_)
    return f"when {label} comes" if exit_.event is not None else f"as soon as {label.removeprefix('when ')}"


def _onward(state: State, exit_: Exit) -> _Step:
    """The step along an exit that needs no event."""
    if exit_.wait is not None and exit_.fallback is None:
        return _Step(state.name, "onward", "", exit_.wait, exit_.condition)
    return _Step(state.name, "onward", _onward_words(state, exit_))


def _onward_words(state: State, exit_: Exit) -> str:
    if exit_.wait is not None:
        return f"where it is {exit_.fallback}: {wait_words(exit_.wait, 'that')}"
    if exit_.kind == "choose" and exit_.condition is None:
        conditions = [
            " ".join(branch.condition.source.split()) for branch in state.choose if branch.condition is not None
        ]
        return f"unless {' or '.join(conditions)}"
    label = exit_label(exit_)
    return f"for {label} of the contacts" if exit_.kind == "split" else label


def _entered(trigger: Trigger) -> str:
    """Words for an entry; a trigger that is a moment needs no `at once`."""
    return trigger_label(trigger) if kind_of(trigger).by_time_alone else f"at once: {trigger_label(trigger)}"


def _if(condition: Expression | None) -> list[str]:
    return [f"if {' '.join(condition.source.split())}"] if condition is not None else []


def _listed(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
