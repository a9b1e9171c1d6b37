"""A scenario as its author meant it: one state machine with its places in the file. Runs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scenario_cli.model.expression import Expression, Value, path_of
from scenario_cli.model.source import Name, Span
from scenario_cli.model.waits import Duration, Wait

# Outcomes that only the executor gives.
OWN_OUTCOMES = ("error", "displaced", "restarted", "archived")


# A goal's conversion window where none is written.
DEFAULT_WINDOW = Duration(days=30)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a transition goes: a state, or the end with an outcome."""

    span: Span
    state: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition and where it leads; without a condition, `else`."""

    condition: Expression | None
    target: Target


@dataclass(frozen=True, slots=True)
class Transition:
    """What an event does to a journey. Without a target the journey stays and its waits go on.

    `of` names a state: only events about a message that this journey asked for there count.
    """

    event: Name
    span: Span
    where: Expression | None = None
    of: Name | None = None
    set: tuple[tuple[Name, Value], ...] = ()
    any_key: bool = False
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Timeout:
    """A wait and where it leads, if the condition holds when it is due."""

    wait: Wait
    target: Target
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One send on one channel."""

    channel: Name
    template: Name
    span: Span
    values: tuple[tuple[Name, Value], ...] = ()
    to: Expression | None = None
    purpose: str = "marketing"
    condition: Expression | None = None
    recipient: str = ""  # the channel's, where the message says nothing
    expires: Duration | None = None
    tags: tuple[str, ...] = ()
    on_cap: str | None = None
    on_quiet: str | None = None


@dataclass(frozen=True, slots=True)
class FirstOf:
    """Messages of which the first that can reach the contact is taken."""

    messages: tuple[Message, ...]
    span: Span


Send = Message | FirstOf


@dataclass(frozen=True, slots=True)
class Split:
    """A sticky random split: targets with their weights, in the order written.

    The same contact always falls the same way; where `by_journey`, the same journey does.
    """

    arms: tuple[tuple[Target, float], ...]
    by_journey: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """`written` are the keys that stand in the file, also those of which nothing could be made."""

    name: str
    span: Span
    written: frozenset[str] = frozenset()
    set: tuple[tuple[Name, Value], ...] = ()
    send: tuple[Send, ...] = ()
    end: Name | None = None
    choose: tuple[Branch, ...] = ()
    split: Split | None = None
    next: Target | None = None
    on: tuple[Transition, ...] = ()
    when: tuple[Branch, ...] = ()
    after: tuple[Timeout, ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message the state may ask for."""
        found: list[Message] = []
        for send in self.send:
            found.extend(send.messages if isinstance(send, FirstOf) else (send,))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Trigger:
    """What lets a contact in: an event, or one of a group."""

    event: Name
    span: Span
    where: Expression | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """The event that means success. `ends` is the outcome it gives; None only measures."""

    event: Name
    span: Span
    where: Expression | None = None
    of: Name | None = None
    within: Duration = DEFAULT_WINDOW
    value: Expression | None = None
    ends: str | None = "converted"
    any_key: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """One state machine. `states` are in the order written; the first is where a journey starts.

    `holdout` is a share from 0 to 1. `digest` is a SHA-256 over what the file says (not over its comments and layout).
    """

    name: str
    file: str
    span: Span
    triggers: tuple[Trigger, ...]
    states: Mapping[str, State]
    digest: str
    version: int | str = 1
    title: str = ""
    program: Name | None = None
    phase: Name | None = None
    owner: str = ""
    reviewed: str = ""
    status: str = "draft"
    priority: int = 50
    purpose: str = "marketing"
    audience: Expression | None = None
    key: Expression | None = None
    while_running: str = "ignore"
    reentry: Duration | str = "never"
    goal: Goal | None = None
    holdout: float = 0.0
    on: tuple[Transition, ...] = ()
    when: tuple[Branch, ...] = ()

    @property
    def first(self) -> State:
        return next(iter(self.states.values()))

    @property
    def key_property(self) -> str | None:
        """The event's property that is the key, where the key is just that (`event.cart_id`)."""
        path = path_of(self.key.root) if self.key else None
        if path is None or path[0] != "event":
            return None
        if len(path) == 2 and path[1] not in EVENT_FIELDS:
            return path[1]
        return path[2] if len(path) == 3 and path[1] == "properties" else None


# What `event.x` means when it is no property; `event.properties.x` reaches a property of that name.
EVENT_FIELDS = ("event", "timestamp", "event_id", "properties")
