"""The run of a test case: its events and its differences from the expectation. Compares nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenario_cli.model.case import Case, Happening
from scenario_cli.model.plan_row import PlanRow
from scenario_cli.model.records import Asked, Record
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Fed:
    """A line of the timeline as it was fed; `at` in microseconds since 1970."""

    at: int
    happening: Happening


@dataclass(frozen=True, slots=True)
class Played:
    """A message that a journey requested, with its row of a plan, rendered if it left.

    `journey` is the journey's number among those of its scenario, 1 for the first that entered.
    """

    request: Asked
    row: PlanRow
    journey: int = 0

    @property
    def reason(self) -> str:
        """The reason why it was dropped, `render_error` if its text failed; empty if it left."""
        return self.row.reason or ""


@dataclass(frozen=True, slots=True)
class ConversionRun:
    """A conversion with the key of the journey that converted, as a plan writes it."""

    at: int
    scenario: str
    key: str | None
    event: str
    value: Any


@dataclass(slots=True)
class JourneyRun:
    """One journey of the case: the states it entered, and the outcome it ended with, or `running`."""

    scenario: str
    key: Any
    states: list[str]
    outcome: str


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A case and everything that happened in it.

    `story` is in order of time: each line of the timeline before its effects. `conversions` are in order of time.
    `expected_at` are the instants of the expected messages, None if none is written. `stopped` is the reason why the
    timeline could not be fed to its end, and `stopped_at` its line; empty and None if it was fed.
    """

    file: str
    timezone: str
    case: Case
    story: tuple[Fed | Record, ...]
    messages: tuple[Played, ...]
    journeys: tuple[JourneyRun, ...]
    conversions: tuple[ConversionRun, ...]
    profile: Mapping[str, Any]  # at the end
    expected_at: tuple[int | None, ...]
    stopped: str = ""
    stopped_at: Span | None = None


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field of a message that is not as expected; `at` is in microseconds, `dropped` is empty if the message left."""

    field: str
    expected: Any
    actual: Any


@dataclass(frozen=True, slots=True)
class Pair:
    """An expected message and its match, by their places; None if there is no match."""

    expected: int | None
    actual: int | None
    differences: tuple[FieldDifference, ...] = ()

    @property
    def agrees(self) -> bool:
        return self.expected is not None and self.actual is not None and not self.differences


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """Outcomes, states or conversions that are not as expected, of one scenario or (empty) of all; for the profile,
    `scenario` is the attribute. Conversions are counts, or tuples of `ExpectedConversion` and `ConversionRun`.
    """

    key: str
    scenario: str
    expected: Any
    actual: Any
    span: Span


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a case had the expected result. `pairs` are empty if no messages are compared."""

    run: CaseRun
    pairs: tuple[Pair, ...]
    values: tuple[ValueDifference, ...]

    @property
    def passed(self) -> bool:
        return not self.run.stopped and not self.values and all(pair.agrees for pair in self.pairs)
