"""The aspects in which the arms of a split differ: messages and times, until the arms meet again. Runs nothing."""

from __future__ import annotations

from collections.abc import Mapping

from scenario_cli.analysis.time.flow import TimedEdge, reached
from scenario_cli.model.exits import UNPROMPTED, own_exits
from scenario_cli.model.expression import Literal
from scenario_cli.model.scenario import Message, Scenario, State
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class _Arm:
    """The messages and waits of an arm, in order, one aspect at a time."""

    template: tuple[str, ...]
    values: tuple[object, ...]
    channel: tuple[str, ...]
    timing: tuple[tuple[str, ...], ...]


def differences(
    scenario: Scenario, onward: Mapping[str, list[TimedEdge]], first_arm: str, second_arm: str
) -> list[str]:
    """The aspects in which two arms differ; none if an arm sends nothing, as intended, or branches further."""
    if first_arm not in scenario.states or second_arm not in scenario.states or first_arm == second_arm:
        return []
    common = reached(first_arm, onward) & reached(second_arm, onward)
    left, right = _arm(scenario, first_arm, common), _arm(scenario, second_arm, common)
    if left is None or right is None or not left.template or not right.template:
        return []
    aspects = []
    if len(left.template) != len(right.template):
        aspects.append("the number of messages")
    elif left.template != right.template:
        aspects.append("template")
    elif left.values != right.values:
        aspects.append("values")
    if len(left.channel) == len(right.channel) and left.channel != right.channel:
        # A template of the same name for another channel is the same text, made for that channel.
        aspects.append("channel")
    if len(left.timing) == len(right.timing) and left.timing != right.timing:
        aspects.append("timing")
    return aspects


def _arm(scenario: Scenario, name: str, common: set[str]) -> _Arm | None:
    messages: list[Message] = []
    timing: list[tuple[str, ...]] = []
    visited: set[str] = set()
    while name not in common and name not in visited:
        visited.add(name)
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
    targets = {exit_.state for exit_ in own_exits(state) if exit_.kind in UNPROMPTED and exit_.fallback is None}
    states = {target for target in targets if target is not None}
    return states if len(states) <= 1 else None


def _values(message: Message) -> object:
    return tuple(
        (name.text, repr(value.value) if isinstance(value, Literal) else value.source) for name, value in message.values
    )
