"""One contact's story from a log: its inputs, their consequences, and the obstacles to a scenario. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from scenario_cli.model.case_run import Played
from scenario_cli.model.records import Looked, Record
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Input:
    """An input: an event, or (`event` empty) a row of the contacts table; `at` in microseconds since 1970.

    `changes` are the attributes that it gave another value, each with the value before and after. `again` is an event
    ignored because its id had been fed before, `history` an event before the first instant at which a contact can
    enter.
    """

    at: int
    event: str
    properties: Mapping[str, Any]
    changes: tuple[tuple[str, Any, Any], ...] = ()
    broadcast: bool = False
    again: bool = False
    history: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A journey that still runs at the end: its state and since when, its waits, and its held messages.

    `dues` are its waits, each with its target (a state, or `end: OUTCOME`) and its instant, the earliest first; `held`
    are the channels of its held messages likewise.
    """

    scenario: str
    journey_id: str
    key: Any
    state: str
    since: int
    dues: tuple[tuple[str, str, int], ...]
    held: tuple[tuple[str, int], ...]


# The point at which a trigger failed, in the order of checking.
Hindrance = Literal[
    "status",  # of another scenario's outcome: that scenario is not among those replayed
    "not_known",  # the contact is not known within the time that was replayed
    "no_event",  # the event that the trigger needs did not happen to this contact
    "history",  # it happened, but only before contacts can enter
    "from_start",  # of a segment: the contact was in it, or out of it, since the first look
    "where",  # it happened, but the trigger's condition did not hold
    "in_time",  # of an absence: the event came in time
    "not_yet",  # of an absence, a date or a moment: it is due only later
    "past",  # of a date or a moment: it was past by the time it could have counted
    "missing",  # of a date: it has no value
    "empty",  # the list of `each` was empty
    "refused",  # the trigger fired, and a rule of entry refused
]


@dataclass(frozen=True, slots=True)
class Hindered:
    """The reason why the contact never entered by a trigger. The other fields are set if they add something.

    `times` is how often the needed event happened to this contact, `elsewhere` how often in the whole log; `reason` is
    that of a refused entry; `at` the last time that it was tried, or when it will be due; `looked` the conditions that
    decided then, with their values; `seen` the actual values: outcomes, a value.
    """

    trigger: str
    span: Span
    by: Hindrance
    needs: str = ""
    times: int = 0
    elsewhere: int | None = None
    reason: str = ""
    at: int | None = None
    looked: tuple[Looked, ...] = ()
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeverEntered:
    """A scenario that the contact never entered, and why not, by trigger; without triggers, its `status` is the
    reason.
    """

    scenario: str
    status: str
    triggers: tuple[Hindered, ...]


@dataclass(frozen=True, slots=True)
class ContactStory:
    """The history of a contact in order of time: each input before its effects.

    `timezone` is the contact's clock at the end. `listed` is true if the contact has a row in the contacts table;
    `profile` are the attributes at the end. Before `start` no contact can enter; time passes until `until`.
    """

    contact_id: str
    timezone: str
    listed: bool
    profile: Mapping[str, Any]
    start: int | None
    until: int
    scenarios: tuple[str, ...]
    story: tuple[Input | Record, ...]
    messages: tuple[Played, ...]
    waiting: tuple[Waiting, ...]
    never: tuple[NeverEntered, ...]
