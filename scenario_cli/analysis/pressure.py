"""Messages that a frequency cap counts, and paths that send more than it allows. Drops nothing."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

from scenario_cli.analysis.time.flow import TimedEdge
from scenario_cli.model.exits import UNPROMPTED
from scenario_cli.model.policy import Cap, concerns
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import FirstOf, Message, Scenario, State


def is_to_contact(message: Message, project: Project) -> bool:
    """Whether a message goes to the contact, not to staff or to a system."""
    return project.recipient(message) == "contact"


def is_marketing(message: Message, project: Project) -> bool:
    """Whether caps and quiet hours apply to a message: marketing, to the contact."""
    return message.purpose == "marketing" and is_to_contact(message, project)


def asks_consent(message: Message, project: Project) -> bool:
    """Whether the contact must have agreed."""
    return message.purpose == "marketing" and project.recipient(message) != "staff"


def surely_counted(cap: Cap, state: State, scenario: Scenario, project: Project) -> list[Message]:
    """The messages of a state that a cap counts and would drop, for a contact that every channel reaches."""
    messages: list[Message] = []
    for send in state.send:
        choices = send.messages if isinstance(send, FirstOf) else (send,)
        if all(
            message.condition is None
            and is_marketing(message, project)
            and concerns(cap, message, scenario)
            and (message.on_cap or project.policy.on_cap) == "drop"
            for message in choices
        ):
            messages.append(choices[0])
    return messages


def sent_at_entry(cap: Cap, scenario: Scenario, project: Project) -> list[Message]:
    """The messages that a cap counts, and would drop, among those requested at the instant of entry, in any case:
    in the first state, and in those it goes straight on to."""
    messages: list[Message] = []
    visited: set[str] = set()
    state: State | None = scenario.first
    while state is not None and state.name not in visited:
        visited.add(state.name)
        messages += surely_counted(cap, state, scenario, project)
        onward = state.next.state if state.next is not None else None
        state = scenario.states.get(onward) if onward is not None else None
    return messages


def too_many(
    cap: Cap, scenario: Scenario, onward: Mapping[str, list[TimedEdge]], states: Iterable[str], project: Project
) -> list[tuple[str, Message]] | None:
    """The messages, each with its state, of a path without further events that asks for more than a cap allows, with
    any length of the waits; None if there is no such path.

    Within a calendar period only messages requested at one instant certainly fall together. `onward` are the edges
    where no message is held: quiet hours can move one out of the period, for some contacts.
    """
    counted_messages = {name: surely_counted(cap, scenario.states[name], scenario, project) for name in states}
    window = cap.period if isinstance(cap.period, int) else 1
    for start, messages in counted_messages.items():
        if messages:
            path = _from(start, cap.most, window, onward, counted_messages)
            if path is not None:
                return path
    return None


def _from(
    start: str,
    limit: int,
    window: int,
    onward: Mapping[str, list[TimedEdge]],
    counted_messages: Mapping[str, list[Message]],
) -> list[tuple[str, Message]] | None:
    """Follows paths in the order of their longest duration. Returns messages up to the first surplus one."""
    queue: list[tuple[int, int, str, tuple[tuple[str, Message], ...]]] = [(0, 0, start, ())]
    visited: set[tuple[str, int]] = set()
    number = 0
    while queue:
        at, _, name, before = heapq.heappop(queue)
        messages = (*before, *((name, message) for message in counted_messages.get(name, ())))
        if len(messages) > limit:
            return list(messages[: limit + 1])
        if (name, len(messages)) in visited:
            continue
        visited.add((name, len(messages)))
        for edge in onward[name]:
            longest = edge.duration.most
            if (
                edge.exit.kind in UNPROMPTED
                and edge.target is not None
                and longest is not None
                and at + longest < window
            ):
                number += 1
                heapq.heappush(queue, (at + longest, number, edge.target, messages))
    return None
