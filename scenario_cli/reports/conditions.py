"""Which conditions led to what happened: each `Looked` record put to the one that came of it. Says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from scenario_cli.model.records import Ended, Looked, Moved
from scenario_cli.reports.record_words import of_reach

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """What happened and the conditions that were looked at for it; None where they led to nothing.

    `way` is the branch that a journey ended by, where it was one.
    """

    record: T | None
    looked: list[Looked]
    way: Looked | None = None


def with_conditions(story: Iterable[T]) -> Iterator[Told[T]]:
    """A story in its order. Conditions stand before what they led to; those of another journey, or of an earlier
    instant, led to nothing."""
    looked: list[Looked] = []
    taken: Looked | None = None
    for one in story:
        if isinstance(one, Looked):
            if looked and not _together(looked[-1], one):
                yield Told(None, looked)
                looked = []
            looked.append(one)
            taken = one if one.held and not of_reach(one) else taken
            continue
        if looked and not _together(looked[-1], one):
            yield Told(None, looked)
            looked = []
        way = None
        if isinstance(one, Ended) and taken is not None and (taken.at, taken.journey_id) == (one.at, one.journey_id):
            way = taken
        yield Told(one, looked, way)
        looked = []
        if isinstance(one, Moved):
            taken = None  # it led here; what ends the journey from here on is another
    if looked:
        yield Told(None, looked)


def _together(looked: Looked, other: Any) -> bool:
    """Whether a condition may have led to what comes next: of the same journey, or an entry to the same scenario."""
    if looked.at != other.at or looked.scenario != getattr(other, "scenario", None):
        return False
    journey = getattr(other, "journey_id", "")  # a refused entry has none
    return looked.journey_id == journey or (looked.journey_id == "" and not isinstance(other, Looked))
