"""The executor's memory of one contact between inputs, and the values that expressions read during one.

The caller of the executor owns it. Decides nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from scenario_cli.model.event import Event
from scenario_cli.model.records import Record, Step, Warned

# (due, rank of the scenario, number of the journey, kind, place among its kind, visit)
Timer = tuple[int, int, int, int, int, int]
# At one instant held messages leave before waits are over; entries that wait for their group are given up last.
HELD: Final = 0
WAIT: Final = 1
TRIGGER: Final = 2
TICK: Final = 3
GIVEN_UP: Final = 4
LAST_RANK: Final = 1 << 60  # the rank in a timer that runs after all others of its instant
AFTER_JOURNEYS: Final = 1 << 60  # the number in a timer of a trigger: running journeys come before triggers
NEVER: Final = 1 << 61  # an instant that never comes; compiled code handles numbers below 2**62 quickly
FIRST_LOOK: Final = "first look"  # the value of a segment's trigger that is armed for who is in it already

# Why a wait from data leads elsewhere: its instant was past, or a value it counts by was missing.
Fallen = Literal["past", "missing"]

_NOTHING: Final[Mapping[str, Any]] = {}


# The places of messages that transitions send: after those of the state's own, so that these leave first.
ANSWERS: Final = 1 << 20


class Answer(NamedTuple):
    """The source of a message that a transition sent: the event that it answers, and the transition in a trace."""

    message: Any  # a compiled message, with the number by which its name differs from others of the state's visit
    event: Event
    cause: str


class HeldMessage:
    """A message that waits to leave: the choice among its send's messages, since when and until when; with an `answer`
    if a transition sent it.
    """

    __slots__ = ("answer", "asked_at", "choice", "until")

    def __init__(self, choice: int, asked_at: int, until: int, answer: Answer | None = None) -> None:
        self.answer = answer
        self.choice = choice
        self.asked_at = asked_at
        self.until = until


class CountedMessage:
    """A marketing message that left, as caps count it."""

    __slots__ = ("at", "channel", "message_id", "program", "scenario", "tags")

    def __init__(
        self, at: int, channel: str, program: str, scenario: str, tags: frozenset[str], message_id: str
    ) -> None:
        self.at = at
        self.channel = channel
        self.program = program
        self.scenario = scenario
        self.tags = tags
        self.message_id = message_id


class Armed(NamedTuple):
    """A trigger that time will fire: when, the event it counts from (absence), and a value from data (date), or
    `FIRST_LOOK` (segment).

    `fired` is the local year in which a yearly date last fired, `written` the date as in the data, which is another
    instant on another clock.
    """

    due: int
    event: Event | None = None
    value: Any = None
    fired: int = 0
    written: Any = None


class WaitingEntry(NamedTuple):
    """An entry that waits for its group: the index of its trigger, its event and element, and until when."""

    trigger_index: int
    event: Event
    item: Any
    until: int


class OwnEvent(Event):
    """An event that the executor itself makes; `origin` is the journey it is about, `visit` its state's visit.

    `hearing` has the parts that it concerns, None if they follow from its name.
    """

    __slots__ = ("hearing", "origin", "visit")

    def __init__(
        self,
        name: str,
        at: int,
        properties: Mapping[str, Any],
        origin: str = "",
        visit: int = 0,
        hearing: Any = None,
    ) -> None:
        super().__init__(name, at, properties)
        self.hearing = hearing
        self.origin = origin
        self.visit = visit


class Journey:
    """One contact's path through one scenario.

    `number` counts the contact's journeys in order of entry. `visit` counts the states it has entered, so that a timer
    of an earlier state is void. `captures` is replaced, never changed: records share it. `waits_from` is the instant at
    which the present state was settled. `begun` has the instants of waits that began later, by their place. `due_times`
    are the instants at which its waits are over, None for a wait that is over; `fallbacks` names the case that a wait
    from data has fallen back to, by the wait's place. `held` are the messages of the present state that have neither
    left nor been dropped, by their place; while there are any of its own the state is not settled. `answered` counts
    the messages that transitions have sent in it, `answered_now` are the transitions that have sent at one instant,
    since the last input from outside. `message_ids` are the ids of the messages that left or were dropped, by the state
    that requested them. `entering` is the event that led to the state, `item` the list element of the journey.
    `holds_key` is false once a state has let others with its key enter. `pinned` names the definition it runs on, empty
    for today's. `used_when` has the places of the scenario's conditions that have moved it.
    """

    __slots__ = (
        "answered",
        "answered_now",
        "because",
        "begun",
        "captures",
        "converted",
        "credited",
        "due_times",
        "ended",
        "entered_at",
        "entered_now",
        "entering",
        "fallbacks",
        "held",
        "holds_key",
        "item",
        "journey_id",
        "key",
        "message_ids",
        "number",
        "pinned",
        "scenario",
        "sizes",
        "state_name",
        "trigger",
        "used_when",
        "variant",
        "visit",
        "waits_from",
    )  # fmt: skip

    def __init__(
        self, number: int, scenario: str, key: Any, entered_at: int, trigger: Event, journey_id: str, item: Any = None
    ) -> None:
        self.number = number
        self.scenario = scenario
        self.key = key
        self.entered_at = entered_at
        self.trigger = trigger
        self.journey_id = journey_id
        self.item = item
        self.state_name = ""
        self.visit = 0
        self.waits_from = entered_at
        self.captures: Mapping[str, Any] = _NOTHING
        self.sizes: dict[str, int] = {}
        self.used_when: frozenset[int] = frozenset()
        self.entered_now: tuple[int, int, tuple[str, ...]] = (0, 0, ())
        self.due_times: list[int | None] = []
        self.begun: dict[int, int] = {}
        self.fallbacks: dict[int, Fallen] = {}
        self.message_ids: dict[str, dict[str, None]] = {}
        self.converted = False
        self.credited: str | None = None
        self.ended = False
        self.holds_key = True
        self.pinned = ""
        self.held: dict[int, HeldMessage] = {}
        self.answered = 0
        self.answered_now: tuple[int, int, tuple[str, ...]] = (0, 0, ())
        self.variant: Mapping[str, str] = _NOTHING
        self.entering: Event | None = None
        self.because: Step | None = None

    @property
    def unsettled(self) -> bool:
        """Whether a message that the state requested on entering is held."""
        return any(index < ANSWERS for index in self.held)


class Membership:
    """Whether a contact is `inside` a segment: calculated for the instant `at`, certain until before `until`."""

    __slots__ = ("at", "inside", "until")

    def __init__(self, at: int, inside: bool, until: int) -> None:
        self.at = at
        self.inside = inside
        self.until = until


class ContactState:
    """One contact: profile, journeys, past events as far back as they are read, timers.

    `journeys` has, for each scenario, the running journeys and the ended ones whose conversion window is open, in order
    of entry; `running` counts the former. `entries` has the last entry of each scenario and key: its instant, the
    number of earlier entries at that instant, the count of inputs then, and the number of entries at that instant and
    input. `input_count` counts the inputs from outside, for the guards against going round at one instant. `counted`
    are the marketing messages that left, as far back as a cap counts. `slots` have the content of aggregates and past
    events. `members` has the membership of each segment; `refreshed_at` is the last event that can have changed it,
    `membership_before` the membership that triggers compare with, `tick_at` the next tick at which time can change a
    membership. `armed` are the triggers that time will fire, by rank and place, `armed_by` the absences that are
    counted apart, by the value of a property, in the order in which they were armed. `known_at` is None until the
    contact is known.

    `waiting` are the entries that wait for their group, by scenario and key, in the order of asking; `freed` the
    groups that a journey has left since they were last tried.

    During an input, expressions read `now`, `event`, `trigger`, `captures`, `journey`, `item` and `past`, and lower
    `until` to the instant until which their values are certain: see `engine.standing`. `records` collects the records
    and `queue` the executor's own events. `takers` are the journeys that took the event at hand by a transition, each
    with whether it collected it.
    """

    __slots__ = (
        "armed", "armed_by", "captures", "contact_id", "counted", "entries", "event", "freed", "input_count", "item",
        "journey", "journeys", "known_at", "members", "membership_before", "next_number", "now", "past", "profile",
        "queue", "records",
        "refreshed_at", "reported_zones", "running", "seen_event_ids", "slots", "takers", "tick_at", "timers",
        "trigger", "unadmitted", "until", "waiting", "zone",
    )  # fmt: skip

    def __init__(self, contact_id: str, profile: Mapping[str, Any], zone: ZoneInfo, slots: int = 0) -> None:
        self.contact_id = contact_id
        self.profile = profile
        self.zone = zone
        self.reported_zones: frozenset[str] = frozenset()
        self.known_at: int | None = None
        self.journeys: dict[str, list[Journey]] = {}
        self.running = 0
        self.entries: dict[tuple[str, Any], tuple[int, int, int, int]] = {}
        self.waiting: dict[tuple[str, Any], WaitingEntry] = {}
        self.freed: set[str] = set()
        self.timers: list[Timer] = []
        self.armed: dict[tuple[int, int], Armed] = {}
        self.armed_by: dict[tuple[int, int], dict[Any, Armed]] = {}
        self.counted: list[CountedMessage] = []
        self.slots: list[Any] = [None] * slots
        self.members: dict[str, Membership] = {}
        self.membership_before: dict[str, bool] = {}
        self.refreshed_at: dict[str, int] = {}
        self.tick_at = NEVER
        self.next_number = 0
        self.input_count = 0
        self.seen_event_ids: dict[tuple[str, int], None] = {}
        self.unadmitted: dict[str, int] = {}
        self.now = -NEVER
        self.until = NEVER
        self.event: Event | None = None
        self.trigger: Event | None = None
        self.captures: Mapping[str, Any] = _NOTHING
        self.journey: Journey | None = None
        self.item: Any = None
        self.past: Event | None = None
        self.records: list[Record] = []
        self.queue: deque[OwnEvent] = deque()
        self.takers: list[tuple[Journey, bool]] = []

    def bind(self, journey: Journey | None, event: Event | None) -> None:
        """Binds expressions to a journey and an event; without a journey, to an event by which the contact can
        enter.
        """
        self.event = event
        self.journey = journey
        if journey is None:
            self.trigger = event
            self.captures = _NOTHING
            self.item = None
        else:
            self.trigger = journey.trigger
            self.captures = journey.captures
            self.item = journey.item

    def warn(self, scenario: str, place: str, detail: str) -> None:
        event = self.event.name if self.event is not None else ""
        self.records.append(Warned(self.now, scenario, place, event, detail))


# A compiled value and a compiled condition: each reads the journey and event that the contact's state is bound to.
Function = Callable[[ContactState], Any]
Condition = Callable[[ContactState], bool]
