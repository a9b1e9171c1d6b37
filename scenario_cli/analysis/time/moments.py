"""When a message is sent, in words: after how long since what, by which event, under which conditions.

Each way is told from the entry, from the message before or from an event, whichever is nearest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from scenario_cli.analysis.labels import (
    choice_label,
    share_label,
    transition_label,
    trigger_label,
    wait_words,
    when_label,
)
from scenario_cli.model.expression import Expression
from scenario_cli.model.scenario import Scenario, State, Target, Timeout
from scenario_cli.model.triggers import DateTrigger, MomentTrigger, ScheduleTrigger, Trigger

_MOST = 6  # ways that are told of one message: a reader would not follow more


@dataclass(frozen=True, slots=True)
class _Way:
    """A way into a state. What an event or a condition begins (`event`) counts from itself, not from its `source`."""

    source: str
    kind: Literal["entry", "event", "onward"]
    words: str = ""
    timeout: Timeout | None = None


def moments(scenario: Scenario, state: str) -> list[str]:
    """The ways to a state's messages, in words."""
    told = list(dict.fromkeys(_Moments(scenario).of(state, (), frozenset({state}))))
    more = len(told) - _MOST
    return told if more <= 0 else [*told[:_MOST], f"and in {more} other way{'' if more == 1 else 's'}"]


class _Moments:
    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.into = _into(scenario)

    def of(self, name: str, after: tuple[_Way, ...], seen: frozenset[str]) -> Iterator[str]:
        """Goes back from a state to where a reader can count from; `after` are the ways that were gone from there."""
        for way in self.into.get(name, ()):
            source = self.scenario.states.get(way.source)
            if way.kind == "entry":
                yield self.sentence(after, "the entry") if after else way.words
            elif way.kind == "event" or source is None:
                yield self.sentence((way, *after), "that")
            elif source.send:
                yield self.sentence((way, *after), f"the message of {way.source}")
            elif way.source not in seen:
                yield from self.of(way.source, (way, *after), seen | {way.source})

    def sentence(self, ways: tuple[_Way, ...], since: str) -> str:
        """The steps in order; a wait counts from what was before it, or from an event that starts it over."""
        parts: list[str] = []
        for way in ways:
            if way.timeout is not None:
                over = [f" or the last {name}" for name in _starts_over(self.scenario.states[way.source])]
                parts.append(wait_words(way.timeout.wait, since + "".join(over)))
                parts += _if(way.timeout.condition)
            elif way.words:
                parts.append(way.words)
            if way.timeout is not None or way.kind == "event":
                since = "that"
        return ", ".join(parts) if any(way.timeout or way.kind == "event" for way in ways) else ", ".join(
            [f"right after {since}", *parts]
        )  # fmt: skip


def _starts_over(state: State) -> list[str]:
    """The events that enter a state anew, so that its waits begin again."""
    again = [one.event.text for one in state.on if one.target is not None and one.target.state == state.name]
    return list(dict.fromkeys(again))


def _into(scenario: Scenario) -> Mapping[str, list[_Way]]:
    """The ways into each state. One event that leads there from several states is one way."""
    found = {scenario.first.name: [_Way("", "entry", _entered(trigger)) for trigger in scenario.triggers]}
    by_event: dict[tuple[str, str], list[str]] = {}
    for state in scenario.states.values():
        for one in state.on:
            if one.target is not None and one.target.state not in (None, state.name):
                by_event.setdefault((one.target.state or "", f"when {transition_label(one)} comes"), []).append(
                    state.name
                )
        for branch in state.when:
            if branch.target.state not in (None, state.name):
                by_event.setdefault((branch.target.state or "", _as_soon_as(when_label(branch))), []).append(state.name)
        for target, way in _onward(state):
            if target.state is not None:
                found.setdefault(target.state, []).append(way)
    for (target_state, words), sources in by_event.items():
        found.setdefault(target_state, []).append(_Way("", "event", f"{words} in {_listed(sources)}"))
    for one in scenario.on:
        if one.target is not None and one.target.state is not None:
            words = f"when {transition_label(one)} comes, at any time"
            found.setdefault(one.target.state, []).append(_Way("", "event", words))
    for branch in scenario.when:
        if branch.target.state is not None:
            words = f"{_as_soon_as(when_label(branch))}, at any time"
            found.setdefault(branch.target.state, []).append(_Way("", "event", words))
    return found


def _onward(state: State) -> Iterator[tuple[Target, _Way]]:
    """What leads out of a state without an event."""
    for timeout in state.after:
        yield timeout.target, _Way(state.name, "onward", timeout=timeout)
        for fallback, why in ((timeout.if_past, "past"), (timeout.if_missing, "missing")):
            if isinstance(fallback, Target):
                instant = wait_words(timeout.wait, "that")
                yield fallback, _Way(state.name, "onward", f"where it is {why}: {instant}")
    others = [" ".join(one.condition.source.split()) for one in state.choose if one.condition is not None]
    for branch in state.choose:
        words = choice_label(branch) if branch.condition is not None else f"unless {' or '.join(others)}"
        yield branch.target, _Way(state.name, "onward", words)
    total = sum(weight for _, weight in state.split.arms) if state.split is not None else 0
    for target, weight in state.split.arms if state.split is not None else ():
        yield target, _Way(state.name, "onward", f"for {share_label(weight, total)} of the contacts")
    if state.next is not None:
        yield state.next, _Way(state.name, "onward")


def _entered(trigger: Trigger) -> str:
    """Where the trigger is a moment it says when by itself."""
    at_a_time = isinstance(trigger, ScheduleTrigger | MomentTrigger | DateTrigger)
    return trigger_label(trigger) if at_a_time else f"at once: {trigger_label(trigger)}"


def _as_soon_as(label: str) -> str:
    return f"as soon as {label.removeprefix('when ')}"


def _if(condition: Expression | None) -> list[str]:
    return [f"if {' '.join(condition.source.split())}"] if condition is not None else []


def _listed(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
