"""The results of a run, for reports to render: counts a scenario, a funnel, messages, drops, warnings. Counts none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal

from scenario_cli.model.export import ReadReport
from scenario_cli.model.plan_row import PlanRow
from scenario_cli.model.source import Position
from scenario_cli.model.value_class import dataclass


@dataclass(slots=True)
class Funnel:
    """The number of journeys of a scenario that ever were in a state, and that wait there at the end."""

    reached: int = 0
    waiting: int = 0


@dataclass(slots=True)
class ScenarioResult:
    """One scenario's figures. entered = the sum of `outcomes` + `running`.

    `sent` counts messages by channel, `dropped` by channel and reason, `messages` the messages that left, by state,
    channel and template, `dropped_messages` the others, also by reason, `held` by the rule that held them back (a
    message held twice counts twice), `refused` by reason, `taken` triggers whose event a journey took, `updated`
    changes of the profile by attribute; `value` is the exact sum of the conversions' values that are numbers, in the
    project's currency; None if there is none. `unrendered` counts by channel those of `sent` whose text could not be
    rendered; None if no text was.
    """

    name: str
    title: str = ""
    program: str = ""
    contacts: int = 0
    entered: int = 0
    running: int = 0
    converted: int = 0
    value: Decimal | None = None
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    taken: int = 0
    funnel: dict[str, Funnel] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    messages: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    dropped_messages: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unrendered: Counter[str] | None = None


@dataclass(slots=True)
class Warning:
    """A kind of data warning: its place, its event, its count, and one value that caused it."""

    scenario: str
    place: str
    event: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class EdgeCount:
    """One edge that journeys went along, from a state (empty: from outside; `*`: from any).

    `place` is the place of the target in the scenario; None for an entry, a state's `end` and the executor's own
    outcomes. `outcome` is empty if the journey continued.
    """

    scenario: str
    source: str
    place: Position | None
    outcome: str = ""


@dataclass(slots=True)
class Summary:
    """All counts of a replay. `days` counts messages that left by day and channel, on the project's clock; `pressure`
    counts contacts by the number of messages they got, `busiest_week` the most in any seven days; `busiest` is the
    highest of these with its contact, the first by its id. `weeks_sent` counts the weeks of contacts, from Monday on
    the project's clock, by the number of marketing messages that left in them; `weeks_asked` the same with those that
    the delivery policy dropped, in the week in which they were requested. Messages to staff or to a system are in none
    of the five. `complaints` are about texts, if they were rendered: failed renderings and texts too long for their
    channel. `contacts_by_edge` counts contacts by the edges that their journeys went along, `times_by_edge` the number
    of times; both are empty unless requested.
    """

    scenarios: dict[str, ScenarioResult] = field(default_factory=dict)
    contacts: int = 0
    days: Counter[tuple[str, str]] = field(default_factory=Counter)
    pressure: Counter[int] = field(default_factory=Counter)
    busiest_week: Counter[int] = field(default_factory=Counter)
    busiest: tuple[int, str] = (0, "")
    weeks_asked: Counter[int] = field(default_factory=Counter)
    weeks_sent: Counter[int] = field(default_factory=Counter)
    warnings: dict[tuple[str, str, str], Warning] = field(default_factory=dict)
    complaints: Counter[str] = field(default_factory=Counter)
    contacts_by_edge: Counter[EdgeCount] = field(default_factory=Counter)
    times_by_edge: Counter[EdgeCount] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class DryRun:
    """A replay's result with the facts needed to trust it: project, log, span, and the number of scenarios left out
    that would run with those shown.
    """

    project: str
    project_digest: str
    currency: str
    timezone: str
    start: int | None
    until: int | None
    read: ReadReport
    summary: Summary
    costs: Mapping[str, float]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A forward plan: the rows that leave at `as_of` (due) or until `until` (scheduled) if nothing else happens."""

    project: str
    project_digest: str
    timezone: str
    as_of: int
    until: int
    read: ReadReport
    rows: list[PlanRow]
    summary: Summary
    left_out: int = 0
