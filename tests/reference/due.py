"""The next thing due and its effect: waits, held messages, triggers by time, ticks of the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario_cli.model.event import Event
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import SegmentTrigger
from tests.reference import entering, journeys, triggers, waits
from tests.reference.clock import cron_next
from tests.reference.contact import Journey
from tests.reference.triggers import Change

if TYPE_CHECKING:
    from tests.reference.interpreter import Contact


def next_due(contact: Contact) -> Any:
    """The next thing due: its instant, its place in the order of that instant, and the action."""
    things: list[tuple[int, tuple[int, ...], Any]] = []
    if contact.known_at is None:
        return None
    if contact.project.segments:
        before = contact.known_at - 1 if contact.last_tick is None else contact.last_tick
        things.append((cron_next(contact.project.clock, before, contact.project_zone), (0,), lambda: _tick(contact)))
    for rank, scenario in enumerate(contact.scenarios):
        for journey in contact.journeys:
            if journey.scenario is scenario and not journey.ended:
                things += _of_journey(contact, rank, journey)
        for place in range(len(scenario.triggers)):
            fires = triggers.due(contact, scenario, place)
            if fires is not None:
                order = (1, rank, 1, place)
                things.append((fires[0], order, lambda s=scenario, p=place, e=fires[1]: _fire(contact, s, p, e)))
    things += [(entry.until, (2,), lambda: entering.give_up(contact)) for entry in contact.waiting]
    for each in contact.entering_by_tick:
        at, rank, place, _ = each
        things.append((at, (1, rank, 1, place), lambda each=each: _fire_by_tick(contact, each)))
    return min(things, key=lambda result: result[:2], default=None)


def _of_journey(contact: Contact, rank: int, journey: Journey) -> list[tuple[int, tuple[int, ...], Any]]:
    things: list[tuple[int, tuple[int, ...], Any]] = []
    for place, held in journey.held.items():
        order = (1, rank, 0, journey.number, 0, place)
        things.append((held.until, order, lambda p=place: journeys.held_is_due(contact, journey, p)))
    for place in range(len(journey.waits)):
        over = waits.due(contact, journey, place)
        if over is not None:
            order = (1, rank, 0, journey.number, 1, place)
            things.append((over[0], order, lambda p=place, t=over[1]: journeys.wait_is_over(contact, journey, p, t)))
    return things


def _tick(contact: Contact) -> None:
    """Checks the segments that time can change, at a tick of the project's clock."""
    contact.last_tick = contact.now
    change = Change(segments=contact.look_at_segments(contact.project.segments))
    for rank, scenario in enumerate(contact.scenarios):
        for place, trigger in enumerate(scenario.triggers):
            event = triggers.fires(contact, scenario, trigger, None, change)
            if event is not None:
                contact.entering_by_tick.append((contact.now, rank, place, event))


def _fire(contact: Contact, scenario: Scenario, place: int, event: Event) -> None:
    triggers.has_fired(contact, scenario, place, contact.now, event)
    if contact.may_enter:
        entering.enter_each(contact, scenario, scenario.triggers[place], event)


def _fire_by_tick(contact: Contact, tick: tuple[int, int, int, Event]) -> None:
    contact.entering_by_tick.remove(tick)
    scenario = contact.scenarios[tick[1]]
    trigger = scenario.triggers[tick[2]]
    of_segment = isinstance(trigger, SegmentTrigger) and tick in contact.in_already
    has_left = isinstance(trigger, SegmentTrigger) and of_segment and not contact.memberships[trigger.segment.text]
    if contact.may_enter and not has_left:
        entering.enter_each(contact, scenario, trigger, tick[3])
