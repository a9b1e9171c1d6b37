"""Tests of scenarios as their author meant them: cases of one contact each, and the expected end. Runs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scenario_cli.model.source import Name, Span
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.waits import Duration

# The outcome that a journey has which has not ended.
RUNNING = "running"

# The id of a contact without a written id.
SOMEBODY = "contact"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time: a date-time, on the file's clock if it has no zone, or a time after the line before."""

    span: Span
    written: datetime | Duration


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline. `of` is a state: the event is about the last message that left from it."""

    at: Moment
    event: Name
    span: Span
    properties: Mapping[str, Any]
    event_id: str | None = None
    of: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectedMessage:
    """An expected message: `fields` of a plan's row by name, `contains` texts by rendered field.

    `dropped` is the reason for which it must have been dropped; empty if it must have left. `of` is the number of the
    journey of its scenario that must have requested it, 1 for the first that entered.
    """

    span: Span
    at: Moment | None
    fields: Mapping[str, str]
    dropped: str
    contains: Mapping[str, str]
    of: int | None = None


@dataclass(frozen=True, slots=True)
class ExpectedConversion:
    """An expected conversion: its `event`, `key` and `value`, as far as they are written."""

    span: Span
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """A required value, of one scenario or (`scenario` empty) of all under test."""

    scenario: str
    value: Any
    span: Span


@dataclass(frozen=True, slots=True)
class Expectation:
    """The expected end of a case; a field that is None, or has no entry, is not compared.

    `outcomes` and `states` have tuples of texts, in order of entry and in order of time; `conversions` has counts, or
    tuples of `ExpectedConversion`; `profile` the attributes that the contact must have at the end.
    """

    messages: tuple[ExpectedMessage, ...] | None = None
    outcomes: tuple[Expected, ...] = ()
    states: tuple[Expected, ...] = ()
    conversions: tuple[Expected, ...] = ()
    profile: tuple[tuple[Name, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws that a case decides, independent of the contact's id: None and names without an entry are left to the draw.

    `holdouts` and `variants` are by scenario, `variants` also by state; an arm is a state or an outcome.
    """

    control_group: bool | None = None
    holdouts: tuple[tuple[str, bool], ...] = ()
    variants: tuple[tuple[str, str, str], ...] = ()


NO_DRAWS = Draws()


@dataclass(frozen=True, slots=True)
class Case:
    """One contact, the events of its life, and the expected result.

    The contact is known from `known_since` on, else from its first line.
    """

    name: str
    span: Span
    contact_id: str
    profile: Mapping[str, Any]
    known_since: Moment | None
    timeline: tuple[Happening, ...]
    until: Moment | None
    expect: Expectation
    draws: Draws = NO_DRAWS


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One test file. `scenarios` are those under test by name; None for all that are live or draft."""

    file: str
    timezone: str
    scenarios: tuple[str, ...] | None
    cases: tuple[Case, ...]
