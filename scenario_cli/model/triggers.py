"""Triggers, which let a contact into a scenario: one small value for each kind. Fires nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scenario_cli.model.expression import Expression
from scenario_cli.model.source import Name, Span
from scenario_cli.model.waits import Duration, Wait


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """An event arrives, or one of a group."""

    event: Name
    span: Span
    where: Expression | None = None
    each: Expression | None = None


@dataclass(frozen=True, slots=True)
class AbsenceTrigger:
    """`length` passes after the last `since` event without the `absent` one; once for each `since` event.

    With `by`, a property of these events, the time is counted apart for each of its values.
    """

    absent: Name
    since: Name
    length: Wait
    span: Span
    each: Expression | None = None
    by: Name | None = None


@dataclass(frozen=True, slots=True)
class ScheduleTrigger:
    """Ticks, at local times (`at HH:MM on DAYS`, or cron), on the contact's clock or on the project's."""

    ticks: Wait
    span: Span
    on_project_clock: bool = False
    each: Expression | None = None


@dataclass(frozen=True, slots=True)
class MomentTrigger:
    """Once, at a date and time; one without a zone is read on the contact's clock, or on the project's."""

    at: Name
    span: Span
    on_project_clock: bool = False
    each: Expression | None = None


@dataclass(frozen=True, slots=True)
class DateTrigger:
    """A date of the profile comes near, comes, or came a while ago.

    `offset` moves the day reached (backwards where `before`), `at` is in minutes after midnight; `yearly` is an
    anniversary.
    """

    date: Expression
    span: Span
    offset: Duration | None = None
    before: bool = False
    at: int | None = None
    yearly: bool = False
    each: Expression | None = None


@dataclass(frozen=True, slots=True)
class SegmentTrigger:
    """The contact enters a segment, or leaves it. `already_in`: who is in at the first look counts as entering."""

    segment: Name
    span: Span
    left: bool = False
    each: Expression | None = None
    already_in: bool = False


@dataclass(frozen=True, slots=True)
class AttributeTrigger:
    """An attribute of the profile gets another value; `event.before` and `event.after` are the two."""

    attribute: Name
    span: Span
    where: Expression | None = None
    each: Expression | None = None


@dataclass(frozen=True, slots=True)
class OutcomeTrigger:
    """Another scenario's journey ended, with one of these outcomes; without any, with one that is written there."""

    scenario: Name
    span: Span
    outcomes: tuple[Name, ...] = ()
    each: Expression | None = None


Trigger = (
    EventTrigger
    | AbsenceTrigger
    | ScheduleTrigger
    | MomentTrigger
    | DateTrigger
    | SegmentTrigger
    | AttributeTrigger
    | OutcomeTrigger
)


def heard(trigger: Trigger) -> tuple[Name, ...]:
    """The events, or groups of events, of the tracking plan that a trigger listens to."""
    match trigger:
        case EventTrigger():
            return (trigger.event,)
        case AbsenceTrigger():
            return (trigger.since, trigger.absent)
    return ()


Watched = Literal["segment", "attribute", "scenario"]


def watched(trigger: Trigger) -> Iterator[tuple[Watched, Name]]:
    """The names beside events whose change fires a trigger, each with its kind."""
    match trigger:
        case SegmentTrigger():
            yield "segment", trigger.segment
        case AttributeTrigger():
            yield "attribute", trigger.attribute
        case OutcomeTrigger():
            yield "scenario", trigger.scenario


def fired_by_events(trigger: Trigger) -> bool:
    """Whether events alone fire a trigger, for any contact; the others look at every contact who is known."""
    return isinstance(trigger, EventTrigger | AbsenceTrigger | AttributeTrigger | OutcomeTrigger)


def called(trigger: Trigger) -> str:
    """A short name for a trigger: `cart_updated`, `no order_completed for 3d`, `schedule at 09:00 on mon`."""
    match trigger:
        case EventTrigger():
            return trigger.event.text
        case AbsenceTrigger():
            return f"no {trigger.absent.text} for {trigger.length.text}" + (f" by {trigger.by}" if trigger.by else "")
        case ScheduleTrigger():
            return f"schedule {trigger.ticks.text}"
        case MomentTrigger():
            return f"at {trigger.at.text}"
        case DateTrigger():
            return f"date {trigger.date.source}"
        case SegmentTrigger():
            return f"{'left' if trigger.left else 'entered'} segment {trigger.segment.text}"
        case AttributeTrigger():
            return f"attribute {trigger.attribute.text}"
        case OutcomeTrigger():
            return f"scenario {trigger.scenario.text}"
