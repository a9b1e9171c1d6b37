"""What the reference remembers of a contact and a journey, and what it says happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scenario_cli.model.event import Event
from scenario_cli.model.scenario import Message, Scenario, State, Transition
from scenario_cli.model.triggers import Trigger
from tests.reference.clock import EPOCH, MICROSECOND

# (kind, at, scenario, journey's id or nothing, and what more there is to say)
Fact = tuple[Any, ...]

NO_ITEM = object()


@dataclass
class Waiting:
    """A wait of a settled state: what its values from data said when they were last read, and when that was."""

    date: Any = None
    length: Any = None
    at: Any = None
    since: Any = None
    read_at: int = 0
    again: bool = False  # whether they were read again since the state was settled
    over: bool = False


@dataclass
class HeldBack:
    """A message that waits to leave."""

    message: Message
    asked_at: int
    until: int
    number: int = 0  # of one that a transition sent: the how manyeth of the visit
    event: Event | None = None  # which that transition took


@dataclass
class Left:
    """A marketing message that left to the contact: what caps count."""

    at: int
    message: Message
    scenario: Scenario
    message_id: str


@dataclass
class Journey:
    number: int
    scenario: Scenario
    key: Any
    entered_at: int
    trigger: Event
    journey_id: str
    item: Any = NO_ITEM
    state_name: str = ""
    visit: int = 0
    captures: dict[str, Any] = field(default_factory=dict)
    used_when: set[int] = field(default_factory=set)
    been: tuple[Any, set[str]] = (None, set())  # the states entered at one instant since the last input from outside
    asked: list[tuple[int, str, str]] = field(default_factory=list)  # visit, state and id of each message asked for
    left: list[tuple[str, str]] = field(default_factory=list)  # state and id of each that left
    converted: bool = False
    ended: bool = False
    key_is_free: bool = False  # whether it has come to a state that lets others of its key in
    replaced: bool = False  # ended by the journey that took its place
    held: dict[int, HeldBack] = field(default_factory=dict)
    answered: int = 0  # messages that transitions have sent in this visit
    answering: tuple[Any, list[Transition]] = (None, [])  # the transitions that sent at one instant
    variant: dict[str, str] = field(default_factory=dict)
    entering: Event | None = None
    settled_at: int | None = None
    settled_moves: int = 0
    waits: list[Waiting] = field(default_factory=list)

    @property
    def unsettled(self) -> bool:
        return any(not held.number for held in self.held.values())

    @property
    def state(self) -> State:
        return self.scenario.states[self.state_name]


@dataclass(eq=False)
class Asking:
    """An entry that waits for its group."""

    scenario: Scenario
    trigger: Trigger
    event: Event
    item: Any
    key: Any
    until: int


def as_read(key: Any) -> Any:
    """A key as expressions read it: several parts as a list."""
    return list(key) if isinstance(key, tuple) else key


def plain(value: Any) -> Any:
    """A value as it may be compared: date-times as instants, what is missing left out of mappings."""
    if isinstance(value, datetime):
        return f"at {(value - EPOCH) // MICROSECOND}"
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
