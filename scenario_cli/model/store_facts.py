"""The content of a store, as plain values: counts, findings, one contact. Reads no store and prints nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from scenario_cli.model.story import Waiting

# Instants are microseconds since 1970-01-01 UTC.


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run: the time of day at which it began, the store's clock before it, and the instant that it goes to.

    `ended` is False for a run that was interrupted. `figures` count its inputs (`taken`, `late`, `repeated`,
    `postponed`, `contacts`), `happened` their results (`entered`, `ended`, `sent`, `dropped`, `updated`, `converted`).
    """

    number: int
    began: str
    clock: int | None
    until: int
    ended: bool
    figures: Mapping[str, int]
    happened: Mapping[str, int]


# Whether journeys run on a scenario's definition of today, or on an older one; empty without a project.
Standing = Literal["today", "pinned", ""]


@dataclass(frozen=True, slots=True)
class JourneyCount:
    """Running journeys in a state of a scenario, on the definition of this name."""

    scenario: str
    state: str
    definition: str
    standing: Standing
    count: int


@dataclass(frozen=True, slots=True)
class Due:
    """The number of contacts for whom time alone will do something, counted from the clock: within an hour, within a
    day.

    `earliest` is the first instant of all, which can be after the day.
    """

    hour: int
    day: int
    earliest: int | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Messages that could not be handed over, by channel and the last answer."""

    channel: str
    answer: str
    count: int


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes: of the file with its log, of its free pages, and of a contact's state on average over some contacts."""

    file: int
    free: int
    state: int


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """A store at a glance. `runs` are the last ones, the newest last, of `run_count`; `unfinished` was cut off.

    `outbox` counts messages by channel and status, `updates` are the rows about changed attributes. `kept_inputs` is
    the number of inputs for later runs. `holder` is the process that works on the store now: `command`, `process`,
    `since`.
    """

    file: str
    project: str | None
    timezone: str
    clock: int | None
    begins: int | None
    contacts: int
    forgotten: int
    kept_inputs: int
    runs: Sequence[RunFacts]
    run_count: int
    unfinished: RunFacts | None
    journeys: Sequence[JourneyCount]
    due: Due
    outbox: Mapping[tuple[str, str], int]
    updates: int
    failures: Sequence[Failure]
    size: Size
    holder: Mapping[str, object]


@dataclass(slots=True)
class StoreFinding:
    """A fault in a store: its kind, its count, and the first contacts or rows with it."""

    check: str
    message: str
    count: int = 1
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StoreCheck:
    """The outcome of a check. `not_compared` is the reason why the definitions were not compared; empty if they
    were.
    """

    file: str
    contacts: int
    findings: Sequence[StoreFinding]
    not_compared: str = ""


@dataclass(frozen=True, slots=True)
class ArmedTrigger:
    """A trigger that time will fire: its words, empty if the project does not have it, and its time."""

    scenario: str
    trigger: str
    due: int


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A row of the outbox: its run, the row as the run made it, and its later fate.

    `status` is `pending`, `attempting`, `handed`, `failed`, `stale`, `withdrawn`, or, for a row that is not handed
    over, `dropped` or `update`.
    """

    run: int
    row: Mapping[str, Any]
    status: str
    answer: str | None
    changed_at: int | None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A contact as the store has it. Times are on its own clock, `timezone`.

    `known_at` is None for a contact who is not known before a later instant. `ended` counts journeys that are over but
    can still reach their goal. `segments` are those it is in, `unnamed_segments` is the number of those that the
    project no longer has. `entries` are scenarios that it waits to enter until another of their group ends, each with
    the instant at which the entry is given up. `kept_inputs` are for later runs: instant and words. `rows` are the last
    ones of the outbox, the newest last, of `row_count`.
    """

    contact_id: str
    file: str
    project: str | None
    known_at: int | None
    last_input: int | None
    timezone: str
    profile: Mapping[str, Any]
    next_due: int | None
    journeys: Sequence[Waiting]
    ended: int
    triggers: Sequence[ArmedTrigger]
    segments: Sequence[str]
    unnamed_segments: int
    entries: Sequence[tuple[str, int]]
    kept_inputs: Sequence[tuple[int, str]]
    rows: Sequence[OutboxEntry]
    row_count: int


@dataclass(frozen=True, slots=True)
class Erased:
    """The data erased about contacts who were forgotten. `unknown` are ids without data in the store.

    `files` are the inputs that were read so far, which can still contain them.
    """

    contacts: int
    rows: int
    attempts: int
    kept_inputs: int
    journeys: int
    unknown: Sequence[str]
    files: Sequence[str]
