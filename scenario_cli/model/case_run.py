"""The run of a test case: what happened, and its differences from what was expected. Compares nothing."""

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
    """A message that a journey requested, with its row of a plan, rendered where it left.

    `journey` is the journey's number among those of its scenario, 1 for the first that entered.
    """

    request: Asked
    row: PlanRow
    journey: int = 0

    @property
    def reason(self) -> str:
        """The reason why it was dropped, `render_error` where its text failed; empty where it left."""
        return self.row.reason or ""


@dataclass(frozen=True, slots=True)
class ConversionRun:
    """A conversion with the key of the journey that converted."""

    at: int
    scenario: str
    key: Any
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
    """A case and all that happened in it.

    `story` is the order in which it happened: each line of the timeline before what it brought about. `conversions` are
    in order of time. `expected_at` are the instants of the expected messages, None where none is written. `stopped`
    states why the timeline could not be fed to its end, and `stopped_at` where; empty and None where it was.
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
    """A field of a message that is not as expected; `at` is in microseconds, `dropped` empty where it left."""

    field: str
    expected: Any
    actual: Any


@dataclass(frozen=True, slots=True)
class Pair:
    """An expected message and the one that stands for it, by their places; None where there is none."""

    expected: int | None
    actual: int | None
    differences: tuple[FieldDifference, ...] = ()

    @property
    def agrees(self) -> bool:
        return self.expected is not None and self.actual is not None and not self.differences


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """Outcomes, states or conversions that are not as expected, of one scenario or (empty) of all; of the profile
    `scenario` is the attribute. Conversions are counts, or tuples of `ExpectedConversion` and `ConversionRun`."""

    key: str
    scenario: str
    expected: Any
    actual: Any
    span: Span


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a case came to what was expected. `pairs` are empty where no messages are compared."""

    run: CaseRun
    pairs: tuple[Pair, ...]
    values: tuple[ValueDifference, ...]

    @property
    def passed(self) -> bool:
        return not self.run.stopped and not self.values and all(pair.agrees for pair in self.pairs)
