"""What the executor remembers of one contact between inputs. Plain data; whoever drives the executor keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from scenario_cli.model.event import Event
from scenario_cli.model.records import Step

# (due, rank of the scenario, number of the journey, HELD or WAIT, place among its kind, visit)
Timer = tuple[int, int, int, int, int, int]
HELD, WAIT = 0, 1  # at one instant held messages leave before waits are over


class HeldMessage:
    """A message that waits to leave: which of the state's messages it is, since when and until when."""

    __slots__ = ("asked_at", "choice", "until")

    def __init__(self, choice: int, asked_at: int, until: int) -> None:
        self.choice = choice
        self.asked_at = asked_at
        self.until = until


class LeftMessage(NamedTuple):
    """A marketing message that left: what caps count."""

    at: int
    channel: str
    program: str
    scenario: str
    tags: frozenset[str]
    message_id: str


class Journey:
    """One contact's run through one scenario.

    `number` counts the contact's journeys in order of entry; `visit` counts the states it has entered, so
    that a wait of a state it has left can be told. `captures` is replaced, never changed: records share it.
    `waits_from` is the instant at which the present state was settled, `dues` when each of its waits is over
    (None once it is). `held` are the messages of the present state that have neither left nor been dropped, by
    their place; while there are any the state is not settled. `entering` is the event that led to the state.
    """

    __slots__ = (
        "because",
        "captures",
        "converted",
        "credited",
        "dues",
        "ended",
        "entered_at",
        "entered_now",
        "entering",
        "held",
        "journey_id",
        "key",
        "number",
        "scenario",
        "sent",
        "sizes",
        "state_name",
        "trigger",
        "used_when",
        "variant",
        "visit",
        "waits_from",
    )  # fmt: skip

    def __init__(self, number: int, scenario: str, key: Any, entered_at: int, trigger: Event, journey_id: str) -> None:
        self.number = number
        self.scenario = scenario
        self.key = key
        self.entered_at = entered_at
        self.trigger = trigger
        self.journey_id = journey_id
        self.state_name = ""
        self.visit = 0
        self.waits_from = entered_at
        self.captures: Mapping[str, Any] = {}
        self.sizes: dict[str, int] = {}
        self.used_when: frozenset[int] = frozenset()
        self.entered_now: tuple[tuple[int, int], frozenset[str]] = ((0, 0), frozenset())
        self.dues: list[int | None] = []
        self.sent: dict[str, tuple[str, ...]] = {}
        self.converted = False
        self.credited: str | None = None
        self.ended = False
        self.held: dict[int, HeldMessage] = {}
        self.variant: Mapping[str, str] = {}
        self.entering: Event | None = None
        self.because: Step | None = None


class ContactState:
    """One contact: profile, journeys, what is due.

    `journeys` holds, for each scenario, those that run and those that ended while their conversion window
    is open, in order of entry. `entries` holds the last entry of each scenario and key. `input_count` counts the
    inputs from outside, which the guard against going round at one instant asks about. `left` are the marketing
    messages that left, as far back as a cap looks.
    """

    __slots__ = (
        "contact_id", "entries", "input_count", "journeys", "left", "next_number", "now", "profile", "taken",
        "timers", "zone", "zones_told",
    )  # fmt: skip

    def __init__(self, contact_id: str, profile: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.contact_id = contact_id
        self.profile = profile
        self.zone = zone
        self.zones_told: frozenset[str] = frozenset()
        self.now = -(1 << 62)
        self.journeys: dict[str, list[Journey]] = {}
        self.entries: dict[tuple[str, Any], tuple[int, int]] = {}
        self.timers: list[Timer] = []
        self.left: list[LeftMessage] = []
        self.next_number = 0
        self.input_count = 0
        self.taken: dict[tuple[str, int], None] = {}
