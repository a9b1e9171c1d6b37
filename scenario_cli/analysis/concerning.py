"""The rows of a log that can let a contact into a scenario or cause a data warning. Reads no log.

A replay records nothing for a contact without such a row: it enters nowhere, so nothing is sent, refused or counted. A
row is included if in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scenario_cli.analysis.needs import past_readings
from scenario_cli.model.concerning import Concerning, ConcerningEvent
from scenario_cli.model.expression import Call, Expr, path_of, reads_past_alone
from scenario_cli.model.metrics import Aggregate
from scenario_cli.model.project import EventType, Project
from scenario_cli.model.property_conditions import Types, leading_condition, property_condition, property_read
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import AbsenceTrigger, AttributeTrigger, EventTrigger, Trigger, fired_by_events


def concerning(project: Project, scenarios: Iterable[Scenario]) -> Concerning | None:
    """The rows that can leave a record when these scenarios run; None if any contact can enter without a row."""
    listed = list(scenarios)
    triggers = [trigger for scenario in listed for trigger in scenario.triggers]
    if not all(fired_by_events(trigger) for trigger in triggers):
        return None
    events = [event for trigger in triggers for event in _letting_in(project, trigger)]
    events += _warned_of(project, listed)
    profile_events: list[str] = []
    for name, event in project.plan.events.items():
        if event.profile and _agrees(event, project):
            profile_events.append(name)
        elif event.profile:
            events.append(ConcerningEvent(name))
    later_rows = any(isinstance(trigger, AttributeTrigger) for trigger in triggers)
    return Concerning(tuple(dict.fromkeys(events)), later_rows, tuple(profile_events))


def _letting_in(project: Project, trigger: Trigger) -> Iterator[ConcerningEvent]:
    """The events by which a trigger can let a contact in. A journey's end is the consequence of another entry."""
    match trigger:
        case EventTrigger():
            for name in project.plan.expand(trigger.event.text):
                types, where = _types(project, name), trigger.where
                condition = leading_condition(where.root, "event", types) if where is not None else None
                yield ConcerningEvent(name, condition, lets_in=True)
        case AbsenceTrigger():
            # It counts from an event that can be before the instant from which contacts can enter.
            yield from (ConcerningEvent(name) for name in project.plan.expand(trigger.since.text))
        case AttributeTrigger():
            for name, event in project.plan.events.items():
                if event.profile and trigger.attribute.text in event.properties:
                    yield ConcerningEvent(name, lets_in=True)


def _warned_of(project: Project, scenarios: list[Scenario]) -> Iterator[ConcerningEvent]:
    """The events whose values can be unfit for a metric or a history call that they feed."""
    for events, reading in past_readings(project, scenarios):
        subject = "past" if isinstance(reading, Call) else "event"
        where = _condition_of(reading)
        for name in events:
            types = _types(project, name)
            decided = where is None or property_condition(where, subject, types) is not None
            if decided and (isinstance(reading, Call) or _fits(reading, types)):
                continue
            condition = None if where is None else leading_condition(where, subject, types)
            yield ConcerningEvent(name, condition)


def _condition_of(reading: Aggregate | Call) -> Expr | None:
    """The condition that is checked when an event arrives."""
    if isinstance(reading, Aggregate):
        return reading.where.root if reading.where is not None else None
    where = dict(reading.keywords).get("where")
    return where if where is not None and reads_past_alone(where) else None


# Aggregates that take every number without a data warning, and those that take every value.
_NUMERIC = frozenset({"sum", "avg", "min", "max"})
_OF_ANY = frozenset({"first", "last"})


def _fits(aggregate: Aggregate, types: Types) -> bool:
    """Whether no value of the event can be too large for an aggregate, or of an unsuitable type."""
    if aggregate.by is not None:
        return False
    if aggregate.value is None:
        return aggregate.kind == "count"
    path = path_of(aggregate.value.root)
    if aggregate.kind in _OF_ANY:
        return path is not None and len(path) == 2 and path[0] == "event"
    name = property_read(aggregate.value.root, "event", types)
    return name is not None and aggregate.kind in _NUMERIC and types[name] in ("number", "integer")


def _types(project: Project, name: str) -> Types:
    event = project.plan.events.get(name)
    return {} if event is None else {key: property_.type for key, property_ in event.properties.items()}


def _agrees(event: EventType, project: Project) -> bool:
    """Whether a profile event declares its attributes like the profile, so that the reader has converted them."""
    attributes = project.plan.profile
    return all(
        name not in attributes or attributes[name].type in (None, property_.type)
        for name, property_ in event.properties.items()
    )
