"""What scenarios achieve, counted: contacts, conversions and value, and groups to compare. Works nothing out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal

from scenario_cli.model.export import ReadReport
from scenario_cli.model.value_class import dataclass

# The groups that a draw puts contacts in: who gets messages, whom a scenario holds out, who gets no marketing at all.
WRITTEN_TO, HELD_OUT, CONTROL = "written_to", "holdout", "control_group"


@dataclass(slots=True)
class Achieved:
    """What journeys came to. `reached` are contacts to whom a message left, `sent` messages that left, by channel;
    neither counts what goes to staff or to a system.

    `value` is the exact sum of the conversions' values that are numbers, None where there is none; `times` are the
    seconds from entry to conversion, each with how often.
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
    """Contacts that a draw put together. `converted` counts contacts, `value` is the sum of what each is worth and
    `squares` the sum of the squares of that."""

    contacts: int = 0
    converted: int = 0
    value: Decimal = Decimal()
    squares: Decimal = Decimal()


@dataclass(slots=True)
class Sendings:
    """Messages that left, and the conversions that are credited to them: each to the last of its journey before."""

    sent: int = 0
    converted: int = 0


@dataclass(slots=True)
class ScenarioFigures:
    """One scenario: all of its journeys, by group its contacts that were to get a marketing message, by state, channel
    and template its messages, and by the state of a split and the arm the contacts who fell there, each in the first
    arm it fell in, with what it did from then on."""

    achieved: Achieved = field(default_factory=Achieved)
    groups: dict[str, Group] = field(default_factory=dict)
    messages: dict[tuple[str, str, str], Sendings] = field(default_factory=dict)
    arms: dict[tuple[str, str], Group] = field(default_factory=dict)


@dataclass(slots=True)
class Kpi:
    """Contacts who did what a measure begins with, of them those who then did what counts, and the seconds between,
    each with how often. `too_recent` are left out: their time is not over at the end of the log."""

    contacts: int = 0
    converted: int = 0
    too_recent: int = 0
    times: Counter[int] = field(default_factory=Counter)


@dataclass(slots=True)
class Figures:
    """All that was counted. `groups` are of all scenarios together, `weekdays` (0 is a Monday) and `hours` by when
    messages left on the project's clock, `kpis` by program."""

    scenarios: dict[str, ScenarioFigures] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    weekdays: dict[int, Sendings] = field(default_factory=dict)
    hours: dict[int, Sendings] = field(default_factory=dict)
    kpis: dict[str, Kpi] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AboutScenario:
    """What a reader must know of a scenario: its title, program and goal in words, the shares that are drawn.

    `window` is the time from entry within which a conversion counts. Without a goal, both are empty. `splits` are the
    states that split, each with its arms and their weights, in the order written; weights are None where they change.
    """

    name: str
    title: str
    program: str
    goal: str
    window: str
    holdout: float = 0.0
    splits: tuple[tuple[str, tuple[tuple[str, float | None], ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class AboutKpi:
    """The KPI of a program, in words, and how it is measured; without a measure the last three are empty."""

    program: str
    title: str
    kpi: str
    of: str = ""
    then: str = ""
    window: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """What scenarios achieve over a log, with what a reader must know to trust it. `lift` is the relative effect that a
    test is planned for, None where none is."""

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
