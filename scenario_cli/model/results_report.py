"""The results of scenarios, counted: contacts, conversions and value, and groups to compare. Calculates nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import field, fields
from decimal import Decimal

from scenario_cli.model.export import ReadReport
from scenario_cli.model.value_class import dataclass

# The groups of contacts made by a draw: those who get messages, those that a scenario holds out, those who get no
# marketing at all.
WRITTEN_TO, HELD_OUT, CONTROL = "written_to", "holdout", "control_group"

# The sources of messages: a replay sent them to nobody, a log has those of another tool, an outbox those handed over by
# this one.
REPLAY, LOG, OUTBOX = "replay", "log", "outbox"


@dataclass(slots=True)
class Achieved:
    """The results of journeys. `reached` are contacts to whom a message left, `sent` messages that left, by channel;
    neither counts messages to staff or to a system.

    `value` is the exact sum of the conversions' values that are numbers, None if there is none; `times` are the seconds
    from entry to conversion, each with its count.
    """

    journeys: int = 0
    contacts: int = 0
    reached: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    converted: int = 0
    value: Decimal | None = None
    times: Counter[int] = field(default_factory=Counter)


@dataclass(slots=True)
class Group:
    """Contacts that a draw put together. `converted` counts contacts, `value` is the sum of the contacts' values and
    `squares` the sum of their squares. `written` are those who got a marketing message: in a treated group as planned,
    in another in spite of the draw.
    """

    contacts: int = 0
    converted: int = 0
    value: Decimal = Decimal()
    squares: Decimal = Decimal()
    written: int = 0


@dataclass(slots=True)
class Sendings:
    """Messages that left, and the reactions to them.

    Conversions, with their `value`, are credited to the last message of their journey before. Each message counts once
    as `opened`, `clicked` and `clicked_of_opened`; `unsubscribed` are messages that were the last before an unsubscribe
    within seven days. A replay's messages have no reactions.
    """

    sent: int = 0
    converted: int = 0
    value: Decimal = Decimal()
    opened: int = 0
    clicked: int = 0
    clicked_of_opened: int = 0
    unsubscribed: int = 0


@dataclass(slots=True)
class ScenarioFigures:
    """One scenario: all of its journeys; by group the contacts that were due a marketing message; by state, channel and
    template its messages. By the state of a split and its arm also the contacts who fell there, each in the first arm
    it fell in, with their results and the messages sent to them from then on.
    """

    achieved: Achieved = field(default_factory=Achieved)
    groups: dict[str, Group] = field(default_factory=dict)
    messages: dict[tuple[str, str, str], Sendings] = field(default_factory=dict)
    arms: dict[tuple[str, str], Group] = field(default_factory=dict)
    arm_messages: dict[tuple[str, str], Sendings] = field(default_factory=dict)

    @property
    def sendings(self) -> Sendings:
        """All of its messages together."""
        total = Sendings()
        for each in self.messages.values():
            for part in fields(Sendings):
                setattr(total, part.name, getattr(total, part.name) + getattr(each, part.name))
        return total


@dataclass(slots=True)
class Kpi:
    """Contacts who did the first event of a measure, the number of them who then did the second, and the seconds
    between, each with its count. `too_recent` are left out: their time is not over at the end of the log.
    """

    contacts: int = 0
    converted: int = 0
    too_recent: int = 0
    times: Counter[int] = field(default_factory=Counter)


@dataclass(slots=True)
class Joined:
    """The join of the messages in a log or an outbox with those of the scenarios.

    By kind (`sent`, `opened`, `clicked`, `unsubscribed`) all rows that were `read`, and those that `joined` a message
    of a scenario that is shown, or of one `elsewhere`. `unjoined` is the rest: by kind, reason, and name.
    `without_journey` are messages that were sent although the contact has no journey of their scenario. `statuses`
    counts the messages of an outbox by their status.
    """

    read: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)
    unjoined: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    without_journey: int = 0
    statuses: Counter[str] = field(default_factory=Counter)


# A part of the journeys: the first day of the period in which they began, as ISO 8601, empty without periods; and the
# values that the contact had then, each as text, None if unknown.
Slice = tuple[str, tuple[str | None, ...]]


@dataclass(slots=True)
class Figures:
    """All counts. `groups` are of all scenarios together, `weekdays` (0 is a Monday) and `hours` by when messages left
    on the project's clock, `kpis` by program, `slices` the figures of parts of the journeys.
    """

    scenarios: dict[str, ScenarioFigures] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    weekdays: dict[int, Sendings] = field(default_factory=dict)
    hours: dict[int, Sendings] = field(default_factory=dict)
    kpis: dict[str, Kpi] = field(default_factory=dict)
    slices: dict[Slice, Figures] = field(default_factory=dict)
    joined: Joined = field(default_factory=Joined)


@dataclass(frozen=True, slots=True)
class AboutScenario:
    """The facts about a scenario: its title, program and goal in words, the shares that are drawn.

    `window` is the time from entry within which a conversion counts. Without a goal, both are empty. `splits` are the
    states that split, each with its arms and their weights, in the order written; weights are None if they change.
    `within` is the window in microseconds.
    """

    name: str
    title: str
    program: str
    goal: str
    window: str
    holdout: float = 0.0
    splits: tuple[tuple[str, tuple[tuple[str, float | None], ...]], ...] = ()
    within: int = 0


@dataclass(frozen=True, slots=True)
class AboutKpi:
    """The KPI of a program, in words, and its calculation; without a measure the last three are empty."""

    program: str
    title: str
    kpi: str
    of: str = ""
    then: str = ""
    window: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """The division of journeys: by the `values` of expressions at their entry, as written, and by the `every` (`week`,
    `month`, `quarter`, empty for neither) in which they began.
    """

    values: tuple[str, ...] = ()
    every: str = ""

    def __bool__(self) -> bool:
        return bool(self.values or self.every)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The figures to compare with: those of an earlier span, `previous` or `last_year`. Without a span of their own
    they are those of earlier periods of the same figures."""

    how: str
    start: int | None = None
    until: int | None = None
    figures: Figures | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """The results of scenarios over a log, with the facts needed to trust them. `lift` is the relative effect that a
    test is planned for, None if there is no plan; `store` is the file whose outbox the messages come from.
    """

    project: str
    project_digest: str
    currency: str
    timezone: str
    start: int | None
    until: int
    read: ReadReport
    costs: Mapping[str, float]
    control_group: float
    scenarios: tuple[AboutScenario, ...]
    kpis: tuple[AboutKpi, ...]
    figures: Figures
    left_out: int = 0
    lift: float | None = None
    source: str = REPLAY
    store: str = ""
    cut: Cut = Cut()
    earlier: Earlier | None = None
