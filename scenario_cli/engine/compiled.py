"""The values a project is compiled to: names are resolved, conditions are functions. Read, never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from scenario_cli.engine.breakdown import Breakdown
from scenario_cli.engine.feeding import Intake
from scenario_cli.engine.history import EventHistory
from scenario_cli.engine.metrics import Aggregate
from scenario_cli.engine.policy import CompiledPolicy
from scenario_cli.engine.segments import Clock, Segment
from scenario_cli.engine.state import Condition, Function
from scenario_cli.model.records import Kind
from scenario_cli.model.scenario import KeyProperty
from scenario_cli.model.source import Position
from scenario_cli.model.triggers import Trigger
from scenario_cli.model.waits import Duration, Wait

Sets = tuple[tuple[str, Function], ...]


@dataclass(frozen=True, slots=True)
class CompiledTarget:
    """A state, or the end with an outcome; `place` is its place in the scenario."""

    state: str | None
    outcome: str | None
    place: Position


@dataclass(frozen=True, slots=True)
class CompiledBranch:
    """A condition (None always holds), its target, and its name in a trace with its kind."""

    holds: Condition | None
    target: CompiledTarget
    cause: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class CompiledActions:
    """Captures, profile updates and own events, carried out in this order."""

    sets: Sets
    updates: Sets
    emits: tuple[tuple[str, Sets], ...]


@dataclass(frozen=True, slots=True)
class CompiledTransition:
    """An answer of a journey to an event."""

    holds: Condition | None
    of: str | None
    any_key: bool
    actions: CompiledActions | None
    collect: str | None
    target: CompiledTarget | None
    cause: str
    sends: tuple[CompiledSend, ...] = ()
    identity: str = ""  # of a transition that sends


@dataclass(frozen=True, slots=True)
class DataWait:
    """The values from data that a wait counts by, and the cases that an instant is past or a value is missing.

    `attributes` are the profile's attributes that the values name; None means that any can matter.
    """

    date: Function | None
    length: Function | None
    at: Function | None
    since: Function | None
    if_past: str | CompiledBranch
    if_missing: str | CompiledBranch
    attributes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class CompiledTimeout:
    """A wait and its branch; `data` is None for a wait with a written length or time.

    `elapsed` is the length in microseconds of a wait that depends only on elapsed time; 0 for any other. `dues`
    remembers the ends of such a wait, by its beginning and clock: many contacts enter a state at one time of day.
    """

    wait: Wait
    branch: CompiledBranch
    data: DataWait | None
    elapsed: int
    identity: str
    dues: dict[tuple[int, ZoneInfo], int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class CompiledMessage:
    """A message on its channel, ready to be requested."""

    channel: str
    again: int | str  # number of the state's messages before it on the same channel, or the number of a transition
    template: str
    purpose: str
    recipient: str
    condition: Condition | None
    address: Function | None
    address_place: str
    consent: Function | None
    consent_place: str
    values: Sets
    expires: int | None
    until: Function | None
    until_place: str
    tags: frozenset[str]
    on_cap: str
    on_quiet: str
    identity: str


def numbered(message: CompiledMessage, number: int) -> CompiledMessage:
    """A transition's message, distinguished from the others that transitions have sent in this visit of the state."""
    return replace(message, again=f"on {number}")


@dataclass(frozen=True, slots=True)
class CompiledSend:
    """One message, or (`first_of`) several messages: the first that can reach the contact is sent."""

    choices: tuple[CompiledMessage, ...]
    first_of: bool


@dataclass(frozen=True, slots=True)
class CompiledSplit:
    """Branches with the points of the draw up to which they reach, and whether a draw is a journey's own.

    `later` are the branches from some day on, on the contact's calendar, the earliest first.
    """

    arms: tuple[tuple[float, CompiledBranch], ...]
    by_journey: bool
    later: tuple[tuple[date, tuple[tuple[float, CompiledBranch], ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledState:
    """A state. `on` has its own answers to events, then the scenario's. It `watches` if it or the scenario has a
    `when`.
    """

    name: str
    actions: CompiledActions | None
    sends: tuple[CompiledSend, ...]
    frees_key: bool
    end: str | None
    onward: tuple[CompiledBranch, ...]  # choose, or next
    split: CompiledSplit | None
    on: Mapping[str, tuple[CompiledTransition, ...]]
    when: tuple[CompiledBranch, ...]
    watches: bool
    after: tuple[CompiledTimeout, ...]


@dataclass(frozen=True, slots=True)
class CompiledGoal:
    """A goal, by the event that reaches it."""

    holds: Condition | None
    of: str | None
    any_key: bool
    within: int
    value: Function | None
    ends: str | None
    place: Position


@dataclass(frozen=True, slots=True)
class CompiledTrigger:
    """One trigger: its index among the scenario's, a condition, the list it goes through, and re-entry by it.

    `cause` is its name in a trace. A contact that `audience` does not admit at a tick (`by_tick`) leaves no record. If
    `refusal_stands`, the audience gives the instant until which it would not admit the contact if nothing else
    happened. In a traced program `asks` records the segment or date that a trigger reads, at any time.
    """

    index: int
    holds: Condition | None
    each: Function | None
    reentry: Duration | str
    cause: str
    by_tick: bool = False
    refusal_stands: bool = False
    asks: Condition | None = None


@dataclass(frozen=True, slots=True)
class CompiledTimer:
    """A trigger that time fires. The events `since` arm an absence, the events `absent` disarm it; with `by`, a
    property of theirs, for each of its values apart. A segment trigger is a timer if the contact can enter at the first
    look at it.

    `date` is a date trigger's value, `attributes` the profile's attributes that it reads, None if it reads more.
    `ticks` remembers the tick of a schedule after an instant on a clock: those of all contacts of a zone are the same.
    """

    trigger: CompiledTrigger
    definition: Trigger
    since: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    date: Function | None = None
    attributes: frozenset[str] | None = frozenset()
    by: str | None = None
    ticks: dict[tuple[int, ZoneInfo], int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """A scenario. `rank` is its place in the order of scenarios: by priority, then name.

    `definition` names the definition that it was compiled from. `drawn_as` is the name that decides the draws of its
    holdout and splits. No contact enters an older definition, and it has neither triggers nor audience nor key. If it
    `follows`, journeys of older definitions move to it; `moves` decides about those in a removed state.

    `by_event`, `by_attribute` and `by_segment` have its triggers by their source, `timed` the triggers by time by their
    index, `triggers` all of them. `has_key_parts` is true if the key is a list of several values; `key_properties` are
    the parts of a key that are one property each. `window` is the goal's, in microseconds, negative without one.
    Identities are in the order of their definitions.
    """

    name: str
    definition: str
    drawn_as: str
    follows: bool
    moves: Mapping[str, CompiledTarget]
    version: int | str
    program: str
    paused: bool
    holdout: float
    active: tuple[date | None, date | None] | None
    zone: ZoneInfo | None  # of the project, if the scenario is on its clock; None: the contact's own
    max_running: int | None
    exclusive: str
    group_limit: int
    group_wait: Duration | None
    priority: int
    rank: int
    states: Mapping[str, CompiledState]
    first: CompiledTarget
    by_event: Mapping[str, tuple[CompiledTrigger, ...]]
    by_attribute: Mapping[str, tuple[CompiledTrigger, ...]]
    by_segment: Mapping[tuple[str, bool], tuple[CompiledTrigger, ...]]
    timed: Mapping[int, CompiledTimer]
    triggers: tuple[CompiledTrigger, ...]
    audience: Condition | None
    key: Function | None
    has_key_parts: bool
    key_properties: tuple[KeyProperty, ...]
    while_running: str
    goals: Mapping[str, CompiledGoal]
    window: int
    when: tuple[CompiledBranch, ...]
    when_identities: tuple[str, ...]
    trigger_identities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listener:
    """A scenario that an event concerns, with its goal and its triggers by that event."""

    machine: Machine
    goal: CompiledGoal | None
    triggers: tuple[CompiledTrigger, ...]


@dataclass(frozen=True, slots=True)
class Hearing:
    """The parts of a program that an event of the executor's own concerns."""

    intake: Intake | None
    listeners: tuple[Listener, ...]


class Hearings:
    """The parts that each kind of own event concerns, by the facts known when it is made: calculated at the first
    request.
    """

    __slots__ = ("_hearings", "_work_out")

    def __init__(self, work_out: Callable[[str, Mapping[str, str]], Hearing | None]) -> None:
        self._work_out = work_out
        self._hearings: dict[tuple[str, ...], Hearing | None] = {}

    def of_message(
        self, name: str, scenario: str, state: str, channel: str, template: str, purpose: str, reason: str
    ) -> Hearing | None:
        """The parts that `message.sent` or `message.dropped` concerns; None if there are none."""
        key = (name, scenario, state, channel, template, purpose, reason)
        if key in self._hearings:
            return self._hearings[key]
        facts = {"scenario": scenario, "state": state, "channel": channel, "template": template, "purpose": purpose}
        hearing = self._hearings[key] = self._work_out(name, facts | {"reason": reason} if reason else facts)
        return hearing

    def of_end(self, scenario: str, state: str, outcome: str) -> Hearing | None:
        """The parts that `journey.ended` concerns; None if there are none."""
        key = (scenario, state, outcome)
        if key in self._hearings:
            return self._hearings[key]
        facts = {"scenario": scenario, "state": state, "outcome": outcome}
        hearing = self._hearings[key] = self._work_out("journey.ended", facts)
        return hearing


@dataclass(frozen=True, slots=True)
class Reach:
    """A channel to contacts: its address and its consent, None if it needs no consent."""

    channel: str
    address: Function | None
    consent: Function | None


@dataclass(frozen=True, slots=True)
class Survey:
    """All that can be read of a contact at any instant: metrics and segments by name, and the channels to contacts."""

    metrics: tuple[tuple[str, Function], ...]
    segments: tuple[tuple[str, Function], ...]
    channels: tuple[Reach, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """All machines by rank, and for each event the `listeners` it concerns.

    Of the executor's own events only the `observed_events` are made, because something listens to them. `intakes` are
    the metrics and past events that each event feeds with the segments that it can change, `slot_owners` the former by
    slot. `segments` are those that something reads, `compared` those whose change is a trigger. `clock` ticks if time
    alone can change one of these. `pinned` are the older definitions that journeys can run on, by scenario and
    definition. An older definition with the same priority as today's has its rank; so their journeys have their turn
    together. In a program that is not `named`, nothing reads the names of journeys and messages, and none are made.
    `survey` is set only if it was requested.
    """

    project: str
    salt: str
    zone: ZoneInfo
    policy: CompiledPolicy
    machines: tuple[Machine, ...]
    listeners: Mapping[str, tuple[Listener, ...]]
    watchers: tuple[Listener, ...]  # the machines with a `when`: evaluated after every event
    stateful_events: frozenset[str]  # events that change profile, metrics, past events, segments or absences
    by_change: tuple[Machine, ...]  # the machines that a contact can enter by an attribute or a segment
    timed: tuple[tuple[Machine, CompiledTimer], ...]
    dates: tuple[tuple[Machine, CompiledTimer], ...]  # those of them that read a date
    dates_of_figures: tuple[tuple[Machine, CompiledTimer], ...]  # those of these that a metric can change
    arming: Mapping[str, tuple[tuple[Machine, CompiledTimer], ...]]  # absences, by the events that arm and disarm them
    groups: Mapping[str, tuple[Machine, ...]]  # the scenarios that exclude each other
    observed_events: frozenset[str]
    observes_messages: bool
    hearings: Hearings | None  # None: each own event concerns all parts that listen to its name
    named: bool
    explained: bool  # whether the chain that led a journey to its state is kept, for rows and traces
    profile_events: frozenset[str]
    attribute_types: Mapping[str, str]  # the declared types of the profile's attributes
    days: Mapping[str, tuple[str, ...]]  # the properties that are days without a zone, by event
    broadcasts: frozenset[str]
    intakes: Mapping[str, Intake]
    compared: tuple[Segment, ...]
    clocked: tuple[Segment, ...]  # those of them that time can change
    segments: Mapping[str, Segment]
    clock: Clock | None
    snapshot: tuple[tuple[str, str, Function], ...]  # metrics and segments that templates read
    slot_count: int
    slot_owners: tuple[Aggregate | Breakdown | EventHistory, ...]  # by slot
    consents: Mapping[str, Function]  # by channel, for a message that has left and was not handed over yet
    has_zones: bool  # whether the tracking plan gives contacts a time zone of their own
    by_name: Mapping[str, Machine]
    pinned: Mapping[tuple[str, str], Machine]
    renamed: Mapping[str, str]  # the earlier names of scenarios, each with today's
    survey: Survey | None = None
