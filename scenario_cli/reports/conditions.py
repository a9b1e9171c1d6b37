"""Joins each `Looked` record to the record that it led to, for timelines and stories. Writes no text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from scenario_cli.model.records import Ended, Looked, Moved
from scenario_cli.reports.record_words import of_reach

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Occurrence(Generic[T]):
    """A record of a story with its conditions; None if they led to no record.

    `branch` is the branch that ended a journey, if a branch did.
    """

    record: T | None
    conditions: list[Looked]
    branch: Looked | None = None


def with_conditions(story: Iterable[T]) -> Iterator[Occurrence[T]]:
    """Yields a story in its order, each record with its conditions.

    Conditions are before the record that they led to, each once. Those of another journey, or of an earlier instant,
    led to nothing.
    """
    conditions: list[Looked] = []
    last_held: Looked | None = None
    for record in story:
        if isinstance(record, Looked):
            if conditions and not _together(conditions[-1], record):
                yield Occurrence(None, conditions)
                conditions = []
            if record not in conditions:  # a `when` is checked several times on the way, with the same result
                conditions.append(record)
            last_held = record if record.held and not of_reach(record) else last_held
            continue
        if conditions and not _together(conditions[-1], record):
            yield Occurrence(None, conditions)
            conditions = []
        yield Occurrence(record, conditions, last_held if _ended_by(record, last_held) else None)
        conditions = []
        if isinstance(record, Moved):
            last_held = None  # it led here; from here on another branch ends the journey
    if conditions:
        yield Occurrence(None, conditions)


def _ended_by(record: Any, branch: Looked | None) -> bool:
    """Whether a record is the end of a journey, and that branch led to it."""
    if not isinstance(record, Ended) or branch is None:
        return False
    return (branch.at, branch.journey_id) == (record.at, record.journey_id)


def _together(condition: Looked, following: Any) -> bool:
    """Whether a condition can have led to the record after it: of the same journey, or an entry to the scenario."""
    if condition.at != following.at or condition.scenario != getattr(following, "scenario", None):
        return False
    journey = getattr(following, "journey_id", "")  # a refused entry has none
    return condition.journey_id == journey or (condition.journey_id == "" and not isinstance(following, Looked))
