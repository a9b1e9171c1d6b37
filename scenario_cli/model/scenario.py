"""A scenario as its author meant it: one state machine with its places in the file. Runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from scenario_cli.model.expression import Expr, Expression, ListOf, Value, path_of
from scenario_cli.model.memo import Memoizing
from scenario_cli.model.source import Name, Span
from scenario_cli.model.splits import Weight
from scenario_cli.model.triggers import AbsenceTrigger, DateTrigger, ScheduleTrigger, Trigger
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.waits import Duration, Wait

# Outcomes that only the executor gives.
OWN_OUTCOMES = ("error", "displaced", "restarted", "archived")


# A goal's conversion window if none is written.
DEFAULT_WINDOW = Duration(days=30)


@dataclass(frozen=True, slots=True)
class Target:
    """The target of an exit: a state, or the end with an outcome."""

    span: Span
    state: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition and its target; without a condition, `else`."""

    condition: Expression | None
    target: Target


@dataclass(frozen=True, slots=True)
class Emitted:
    """An event of the project's own that a journey makes."""

    event: Name
    values: tuple[tuple[Name, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One send on one channel.

    It is dropped if it would be held for longer than `expires`, or after the date `until`: an instant, or the end of a
    day. At most one of the two is given.
    """

    channel: Name
    template: Name
    span: Span
    values: tuple[tuple[Name, Value], ...] = ()
    to: Expression | None = None
    purpose: str = "marketing"
    condition: Expression | None = None
    recipient: str = ""  # the channel's, if the message has none
    expires: Duration | None = None
    tags: tuple[str, ...] = ()
    on_cap: str | None = None
    on_quiet: str | None = None
    until: Value | None = None


@dataclass(frozen=True, slots=True)
class FirstOf:
    """Messages of which the first that can reach the contact is sent."""

    messages: tuple[Message, ...]
    span: Span


Send = Message | FirstOf


def _messages(sends: Sequence[Send]) -> tuple[Message, ...]:
    messages: list[Message] = []
    for send in sends:
        messages.extend(send.messages if isinstance(send, FirstOf) else (send,))
    return tuple(messages)


@dataclass(frozen=True, slots=True)
class Transition:
    """The effect of an event on a journey. Without a target the journey stays and its waits continue.

    `of` names a state: only events about a message that this journey requested there count. `collect` names the
    captured list to which the event is appended. Without a target it can `send`: the messages are requested at once,
    and those still held are dropped when the journey leaves its state.
    """

    event: Name
    span: Span
    where: Expression | None = None
    of: Name | None = None
    set: tuple[tuple[Name, Value], ...] = ()
    update: tuple[tuple[Name, Value], ...] = ()
    emit: tuple[Emitted, ...] = ()
    collect: Name | None = None
    any_key: bool = False
    target: Target | None = None
    send: tuple[Send, ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message that it can request."""
        return _messages(self.send)


# The fate of a wait whose instant is past, or whose value is missing: due now, never due, or another target.
Fallback = Literal["now", "never"] | Target


@dataclass(frozen=True, slots=True)
class Timeout:
    """A wait and its target, if the condition holds when it is due.

    `if_past` and `if_missing` are None if not written, which means never. A wait that counts since an earlier instant
    is over at once if that is past and nothing else is written: its `if_past` is `now`.
    """

    wait: Wait
    target: Target
    condition: Expression | None = None
    if_past: Fallback | None = None
    if_missing: Fallback | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """A sticky random split: targets with their weights, in the order written. Weights can change by date.

    The same contact always falls in the same arm; if `by_journey`, the same journey does.
    """

    arms: tuple[tuple[Target, Weight], ...]
    by_journey: bool = False


@dataclass(frozen=True, slots=True)
class State(Memoizing):
    """One step. From a step that `frees_key` on, a journey no longer blocks its key. `written` are the keys in the
    file, also those that could not be read.
    """

    name: str
    span: Span
    written: frozenset[str] = frozenset()
    description: str = ""
    set: tuple[tuple[Name, Value], ...] = ()
    update: tuple[tuple[Name, Value], ...] = ()
    emit: tuple[Emitted, ...] = ()
    send: tuple[Send, ...] = ()
    frees_key: bool = False
    end: Name | None = None
    choose: tuple[Branch, ...] = ()
    split: Split | None = None
    next: Target | None = None
    on: tuple[Transition, ...] = ()
    when: tuple[Branch, ...] = ()
    after: tuple[Timeout, ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message that the state can request on entering."""
        return _messages(self.send)

    @property
    def sendings(self) -> tuple[Sending, ...]:
        """The places that request messages in it: on entering, and its own transitions."""
        answers = (Sending(transition.send, self, transition) for transition in self.on if transition.send)
        return (*([Sending(self.send, self)] if self.send else []), *answers)


@dataclass(frozen=True, slots=True)
class Sending:
    """A place of a scenario that requests messages: on entering a state, or a transition, of that state or of all."""

    send: tuple[Send, ...]
    state: State | None  # None for a transition that is valid in every state
    transition: Transition | None = None  # None on entering the state

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message that can be requested here."""
        return _messages(self.send)


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
class KeyProperty:
    """A part of a key that is one property: of the event that enters, or `of_item`, of the element of its list.

    `place` is its place in a key of several parts, None if it is the whole key.
    """

    name: str
    of_item: bool
    index: int | None


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that the scenario gives to an expression; `text` is the expression as written.

    Expressions of the model have such names written out: the executor never reads a definition.
    """

    name: Name
    text: str


@dataclass(frozen=True, slots=True)
class Scenario(Memoizing):
    """One state machine. `states` are in the order written; the first is where a journey starts.

    `holdout` is a share from 0 to 1. A `key` of several parts is a list. `reentry` is None if not written. `active` are
    the first and the last day on which contacts can enter; each can be None. `on_project_clock`: its waits, schedules,
    days and parts of dates are read on the project's clock, not on the contact's. `max_running` is the number of
    journeys of a contact that can run in it at once. `exclusive` names a group; a contact has at most `group_limit`
    running journeys of it, and an entry waits for it as long as `group_wait`. `digest` is a SHA-256 over the file's
    content, without its comments and layout. `was` is its name before it was renamed. Running journeys continue as they
    began if `in_flight` is `pinned`, and move to today's file if it is `follow`; `migrate` decides about those in a
    removed state. `batch` and `planned` belong to a draft: the group with which it goes live, and when: a day, or a
    month.
    """

    name: str
    file: str
    span: Span
    triggers: tuple[Trigger, ...]
    states: Mapping[str, State]
    digest: str
    version: int | str = 1
    title: str = ""
    description: str = ""
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
    reentry: Duration | str | None = None
    goal: Goal | None = None
    holdout: float = 0.0
    active: tuple[date | None, date | None] = (None, None)
    max_running: int | None = None
    exclusive: str = ""
    group_limit: int = 1
    group_wait: Duration | None = None
    define: tuple[Definition, ...] = ()
    on: tuple[Transition, ...] = ()
    when: tuple[Branch, ...] = ()
    on_project_clock: bool = False
    was: str | None = None
    in_flight: str = "pinned"
    migrate: tuple[tuple[Name, Target], ...] = ()
    batch: str = ""
    planned: Name | None = None

    @property
    def runs(self) -> bool:
        """Whether it runs if no scenarios are named."""
        return self.status in ("live", "draft")

    @property
    def first(self) -> State:
        return next(iter(self.states.values()))

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Every transition: those that hold in every state, then each state's own."""
        return (*self.on, *(transition for state in self.states.values() for transition in state.on))

    @property
    def common_sendings(self) -> tuple[Sending, ...]:
        """The transitions of every state that request messages."""
        return tuple(Sending(transition.send, None, transition) for transition in self.on if transition.send)

    @property
    def sendings(self) -> tuple[Sending, ...]:
        """Every place that requests messages, state by state; those valid in every state come last."""
        own = [sending for state in self.states.values() for sending in state.sendings]
        return (*own, *self.common_sendings)

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message that a journey can request."""
        return tuple(message for sending in self.sendings for message in sending.messages)

    def sendings_in(self, state: State) -> tuple[Sending, ...]:
        """The places that can request a message while a journey is in a state."""
        return (*state.sendings, *self.common_sendings)

    @property
    def acts(self) -> tuple[State | Transition, ...]:
        """The states and transitions, which can change the profile or emit an event."""
        acts: list[State | Transition] = [*self.on]
        for state in self.states.values():
            acts += [state, *state.on]
        return tuple(acts)

    @property
    def captures(self) -> tuple[tuple[Name, Value], ...]:
        """The values that `set` keeps, in all states and transitions."""
        pairs = [pair for state in self.states.values() for pair in state.set]
        return (*pairs, *(pair for transition in self.transitions for pair in transition.set))

    def reentry_of(self, trigger: Trigger) -> Duration | str:
        """The rule of re-entry by this trigger for a contact who entered before: `never`, `always`, or a time since
        then.
        """
        if self.reentry is not None:
            return self.reentry
        return "always" if isinstance(trigger, ScheduleTrigger) or _yearly(trigger) else "never"

    @property
    def key_parts(self) -> tuple[Expr, ...]:
        """The values of the key: those of a list, or the single value."""
        if self.key is None:
            return ()
        return self.key.root.items if isinstance(self.key.root, ListOf) else (self.key.root,)

    @property
    def key_properties(self) -> tuple[KeyProperty, ...]:
        """The parts of the key that are one property each. By these a later event names the journey it concerns."""
        several = self.key is not None and isinstance(self.key.root, ListOf)
        paths = ((place if several else None, path_of(part)) for place, part in enumerate(self.key_parts))
        properties = (
            KeyProperty(name, path[0] == "item", index)
            for index, path in paths
            if path and (name := _property_name(path))
        )
        return tuple(properties)


def _property_name(path: tuple[str, ...]) -> str | None:
    """The property that a path names, of the event or of a list's element, if it is one property."""
    if path[0] == "item":
        return path[1] if len(path) == 2 else None
    if path[0] not in ("event", "trigger"):
        return None
    if len(path) == 2 and path[1] not in EVENT_FIELDS:
        return path[1]
    return path[2] if len(path) == 3 and path[1] == "properties" else None


def requested_by(state: State | None, scenario: Scenario) -> str:
    """Words for the source of a message: a state, or a transition of every state."""
    return f"sent by state '{state.name}' of '{scenario.name}'" if state else f"sent by 'on' of '{scenario.name}'"


def entry_instants(scenarios: Sequence[Scenario]) -> set[tuple[str, ...]]:
    """The names of instants that cannot be before the entry of the journey that reads them."""
    instants: set[tuple[str, ...]] = {("journey", "entered_at")}
    at_hand: set[tuple[str, ...] | None] = {("now",)}
    waits = any(other.group_wait is not None for other in scenarios)
    if not waits and not any(isinstance(trigger, AbsenceTrigger) for other in scenarios for trigger in other.triggers):
        # The event from which an absence counts is before the entry, and so does that of an entry which waited.
        instants.add(("trigger", "timestamp"))
        at_hand.add(("event", "timestamp"))
    captured: dict[str, bool] = {}
    for name, value in (capture for scenario in scenarios for capture in scenario.captures):
        path = path_of(value.root) if isinstance(value, Expression) else None
        captured[name.text] = captured.get(name.text, True) and path in at_hand
    return instants | {(name,) for name, instant in captured.items() if instant}


def _yearly(trigger: Trigger) -> bool:
    return isinstance(trigger, DateTrigger) and trigger.yearly


# The names of `event.x` that are not properties; `event.properties.x` reads a property with such a name.
EVENT_FIELDS = ("event", "timestamp", "event_id", "properties")
