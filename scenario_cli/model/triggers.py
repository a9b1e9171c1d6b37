"""Triggers, by which a contact enters a scenario: one small value for each kind. Fires nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from scenario_cli.model.expression import Expression
from scenario_cli.model.source import Name, Span
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.waits import Duration, Wait


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """An event arrives, or an event of a group."""

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
    """Once, at a date and time; a time without a zone is read on the contact's clock, or on the project's."""

    at: Name
    span: Span
    on_project_clock: bool = False
    each: Expression | None = None


@dataclass(frozen=True, slots=True)
class DateTrigger:
    """A date of the profile is near, is today, or was a while ago.

    `offset` moves the day reached (backwards if `before`), `at` is in minutes after midnight; `yearly` is an
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
    """Another scenario's journey ended, with one of these outcomes; without any, with any outcome written there."""

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


@dataclass(frozen=True, slots=True)
class TriggerKind:
    """The facts about every trigger of a kind.

    - `word` names the kind in the meaning of a definition, and the stand-in for an event in a trace;
    - `stand_in` has the fields, with their types (None: any), of the stand-in if a contact enters without an event;
    - `timed`: the trigger is armed, and fires when its time has come;
    - `at_ticks`: it fires at the same local time for every contact, so a refusal by the audience is not recorded.
    """

    word: str
    stand_in: Mapping[str, str | None] | None = None
    timed: bool = False
    at_ticks: bool = False

    @property
    def by_time_alone(self) -> bool:
        """True if no event leads to the entry: an absence has an event from which it counts."""
        return self.timed and self.stand_in is not None


KINDS: Mapping[type, TriggerKind] = {
    EventTrigger: TriggerKind("event"),
    AbsenceTrigger: TriggerKind("absence", timed=True),
    ScheduleTrigger: TriggerKind("schedule", {"at": "datetime"}, timed=True, at_ticks=True),
    MomentTrigger: TriggerKind("moment", {"at": "datetime"}, timed=True, at_ticks=True),
    DateTrigger: TriggerKind("date", {"at": "datetime", "date": "datetime"}, timed=True),
    SegmentTrigger: TriggerKind("segment", {"at": "datetime", "segment": "string", "change": "string"}),
    AttributeTrigger: TriggerKind(
        "attribute", {"at": "datetime", "attribute": "string", "before": None, "after": None}
    ),
    OutcomeTrigger: TriggerKind("outcome"),
}


def kind_of(trigger: Trigger) -> TriggerKind:
    """The facts that hold for every trigger of its kind."""
    return KINDS[type(trigger)]


def entering_event(trigger: Trigger) -> str | None:
    """The event, or group of events, at hand when a contact enters by a trigger; None if there is a stand-in."""
    match trigger:
        case EventTrigger():
            return trigger.event.text
        case AbsenceTrigger():
            return trigger.since.text
        case OutcomeTrigger():
            return "journey.ended"
    return None


def where_of(trigger: Trigger) -> Expression | None:
    """The condition on the event that fires a trigger."""
    return trigger.where if isinstance(trigger, EventTrigger | AttributeTrigger) else None


def date_of(trigger: Trigger) -> Expression | None:
    """The value that decides when a trigger fires."""
    return trigger.date if isinstance(trigger, DateTrigger) else None


def trigger_events(trigger: Trigger) -> tuple[Name, ...]:
    """The events, or groups of events, of the tracking plan that a trigger listens to."""
    match trigger:
        case EventTrigger():
            return (trigger.event,)
        case AbsenceTrigger():
            return (trigger.since, trigger.absent)
    return ()


Watched = Literal["segment", "attribute", "scenario"]


def watched(trigger: Trigger) -> Iterator[tuple[Watched, Name]]:
    """The names that are not events and whose change fires a trigger, each with its kind."""
    match trigger:
        case SegmentTrigger():
            yield "segment", trigger.segment
        case AttributeTrigger():
            yield "attribute", trigger.attribute
        case OutcomeTrigger():
            yield "scenario", trigger.scenario


def fired_by_events(trigger: Trigger) -> bool:
    """Whether events alone fire a trigger, for any contact; other triggers read every known contact."""
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
