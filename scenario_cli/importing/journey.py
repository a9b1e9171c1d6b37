"""A journey of any tool, in the terms that its format and our writer share. Reads and writes nothing.

A format turns each step of its journey into a state, or several. States name each other by an id of the format's own;
the writer gives them names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scenario_cli.importing.conditions import Condition
from scenario_cli.importing.ledger import Item, Remarks


@dataclass(frozen=True, slots=True)
class End:
    """The journey is over, with this outcome."""

    outcome: str = "completed"


Target = str | End  # a state's id, or the end


@dataclass(slots=True)
class Message:
    """A message on a channel. `only_if` holds for those who are sent it."""

    channel: str
    template: str  # a name in the project's `templates`
    only_if: Condition | None = None
    purpose: str = ""


@dataclass(slots=True)
class After:
    """A wait, in our grammar, and its target. The two others are for dates from data."""

    wait: str
    to: Target
    if_past: Target | str = ""  # `now`, `never`, or a target
    if_missing: Target | str = ""
    remarks: Remarks = field(default_factory=list)


@dataclass(slots=True)
class On:
    """An event that moves the journey; `of` is the id of the state whose message the event must be about."""

    event: str
    to: Target
    where: Condition | None = None
    of: str = ""


@dataclass(slots=True)
class State:
    """One state. It has one way out of these: `choose` with `otherwise`, `split`, `next`, or waiting."""

    id: str
    title: str
    remarks: Remarks = field(default_factory=list)
    update: dict[str, Any] = field(default_factory=dict)
    emit: list[str] = field(default_factory=list)
    message: Message | None = None
    on: list[On] = field(default_factory=list)
    when: list[tuple[Condition, Target]] = field(default_factory=list)
    after: list[After] = field(default_factory=list)
    choose: list[tuple[Condition, Target]] = field(default_factory=list)
    otherwise: Target = field(default_factory=End)
    split: list[tuple[Target, float]] = field(default_factory=list)
    next: Target | None = None
    item: Item | None = None  # the node of the export that it was made from
    name: str = ""  # given by the writer

    @property
    def waits(self) -> bool:
        return not self.choose and not self.split and self.next is None

    def targets(self) -> Iterator[Target]:
        """The states that it can lead to."""
        yield from (on.to for on in self.on)
        yield from (target for _, target in (*self.when, *self.choose))
        if self.choose:
            yield self.otherwise
        yield from (target for target, _ in self.split)
        if self.next is not None:
            yield self.next
        for wait in self.after:
            yield wait.to
            yield from (target for target in (wait.if_past, wait.if_missing) if is_target(target))

    def at_once(self) -> Iterator[str]:
        """The states it can lead to without an event or a wait."""
        targets = [target for _, target in (*self.when, *self.choose)] + [target for target, _ in self.split]
        targets += [self.otherwise] if self.choose else []
        targets += [self.next] if self.next is not None else []
        return (target for target in targets if isinstance(target, str))


def is_target(value: Target | str) -> bool:
    return isinstance(value, End) or value not in ("", "now", "never")


@dataclass(slots=True)
class Trigger:
    """The entry of a contact, as the keys of our trigger; `sample` is a line of a test that causes it, or a profile
    that a contact gets.
    """

    keys: dict[str, Any]
    sample: dict[str, Any] | None = None
    profile: dict[str, Any] | None = None
    remarks: Remarks = field(default_factory=list)


@dataclass(slots=True)
class Journey:
    """One scenario to be."""

    name: str
    title: str
    item: Item  # the node of the export that it was made from
    description: str = ""
    purpose: str = ""
    triggers: list[Trigger] = field(default_factory=list)
    audience: list[Condition] = field(default_factory=list)
    key: str = ""
    reentry: str = ""
    goal_event: str = ""
    active: dict[str, str] = field(default_factory=dict)
    on: list[On] = field(default_factory=list)
    when: list[tuple[Condition, Target]] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    sample: dict[str, Any] = field(default_factory=dict)  # attributes of a contact in a test
    first: str = ""  # the id of the first state; the first in the list if empty
    remarks: dict[str, Remarks] = field(default_factory=dict)  # by key of the scenario; "" is the head

    def at(self, key: str) -> Remarks:
        return self.remarks.setdefault(key, [])

    def state(self, id_: str) -> State | None:
        return next((state for state in self.states if state.id == id_), None)
