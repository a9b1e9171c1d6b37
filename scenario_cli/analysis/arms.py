"""The aspects in which the arms of a split differ: messages and times, until the arms meet again. Runs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scenario_cli.analysis.time.flow import TimedEdge, reached
from scenario_cli.model.exits import UNPROMPTED, own_exits
from scenario_cli.model.expression import Literal
from scenario_cli.model.scenario import Message, Scenario, State


@dataclass(frozen=True, slots=True)
class _Arm:
    """The messages and waits of an arm, in order, one aspect at a time."""

    template: tuple[str, ...]
    values: tuple[object, ...]
    channel: tuple[str, ...]
    timing: tuple[tuple[str, ...], ...]


def differences(scenario: Scenario, onward: Mapping[str, list[TimedEdge]], one: str, other: str) -> list[str]:
    """The aspects in which two arms differ; none where one of them sends nothing, which is what it is for, or where
    an arm branches further."""
    if one not in scenario.states or other not in scenario.states or one == other:
        return []
    common = reached(one, onward) & reached(other, onward)
    left, right = _arm(scenario, one, common), _arm(scenario, other, common)
    if left is None or right is None or not left.template or not right.template:
        return []
    found = []
    if len(left.template) != len(right.template):
        found.append("the number of messages")
    elif left.template != right.template:
        found.append("template")
    elif left.values != right.values:
        found.append("values")
    if len(left.channel) == len(right.channel) and left.channel != right.channel:
        # A template of one name for another channel is that text, made for the channel.
        found.append("channel")
    if len(left.timing) == len(right.timing) and left.timing != right.timing:
        found.append("timing")
    return found


def _arm(scenario: Scenario, name: str, common: set[str]) -> _Arm | None:
    messages: list[Message] = []
    timing: list[tuple[str, ...]] = []
    seen: set[str] = set()
    while name not in common and name not in seen:
        seen.add(name)
        state = scenario.states[name]
        messages += state.messages
        if state.after:
            timing.append(tuple(timeout.wait.text for timeout in state.after))
        targets = _quiet_targets(state)
        if targets is None:
            return None
        if not targets or next(iter(targets)) not in scenario.states:
            break
        name = next(iter(targets))
    return _Arm(
        tuple(message.template.text for message in messages),
        tuple(_values(message) for message in messages),
        tuple(message.channel.text for message in messages),
        tuple(timing),
    )


def _quiet_targets(state: State) -> set[str] | None:
    """The target of a state if nothing happens, as a set; None for more than one."""
    targets = {one.state for one in own_exits(state) if one.kind in UNPROMPTED and one.fallback is None}
    named = {target for target in targets if target is not None}
    return named if len(named) <= 1 else None


def _values(message: Message) -> object:
    return tuple(
        (name.text, repr(value.value) if isinstance(value, Literal) else value.source) for name, value in message.values
    )
