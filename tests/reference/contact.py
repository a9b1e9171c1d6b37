"""The reference's memory of a contact and a journey, and the facts that it reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scenario_cli.model.event import Event
from scenario_cli.model.scenario import Message, Scenario, State, Transition
from scenario_cli.model.triggers import Trigger
from tests.reference.clock import EPOCH, MICROSECOND

# (kind, at, scenario, journey's id or nothing, and further details)
Fact = tuple[Any, ...]

NO_ITEM = object()


@dataclass
class Waiting:
    """A wait of a settled state: its values from data at the last reading, and the instant of that reading."""

    date: Any = None
    length: Any = None
    at: Any = None
    since: Any = None
    read_at: int = 0
    again: bool = False  # the values were read again since the state was settled
    over: bool = False


@dataclass
class HeldBack:
    """A message that is held."""

    message: Message
    asked_at: int
    until: int
    number: int = 0  # for a message of a transition: its number in the visit
    event: Event | None = None  # the event that this transition took


@dataclass
class Left:
    """A marketing message that was sent to the contact; caps count these."""

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
    requested: list[tuple[int, str, str]] = field(default_factory=list)  # visit, state and id of each requested message
    left: list[tuple[str, str]] = field(default_factory=list)  # state and id of each sent message
    converted: bool = False
    ended: bool = False
    key_is_free: bool = False  # it has reached a state after which others of its key can enter
    replaced: bool = False  # ended by the journey that took its place
    held: dict[int, HeldBack] = field(default_factory=dict)
    answered: int = 0  # number of messages that transitions have sent in this visit
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
    """A key in the form that expressions read: several parts as a list."""
    return list(key) if isinstance(key, tuple) else key


def plain(value: Any) -> Any:
    """A value ready for comparison: date-times as instants, mappings without missing values."""
    if isinstance(value, datetime):
        return f"at {(value - EPOCH) // MICROSECOND}"
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
