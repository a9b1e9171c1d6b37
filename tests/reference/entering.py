"""Entry into a scenario: who can enter, and the result of an entry. Section "Entry"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario_cli.model.event import Event
from scenario_cli.model.expression import ListOf
from scenario_cli.model.scenario import Scenario, Target
from scenario_cli.model.source import whole_file
from scenario_cli.model.triggers import MomentTrigger, ScheduleTrigger, Trigger
from scenario_cli.model.waits import Duration
from tests.reference import journeys, triggers
from tests.reference.clock import later, shows
from tests.reference.contact import NO_ITEM, Asking, Journey, as_read
from tests.reference.names import journey_id
from tests.reference.reading import Names, holds, value_of

if TYPE_CHECKING:
    from tests.reference.interpreter import Contact

_MOST_RUNNING = 1_000
_MOST_AT_ONCE = 100
_MOST_WAITING = 1_000


def enter_each(contact: Contact, scenario: Scenario, trigger: Trigger, event: Event) -> None:
    if trigger.each is None:
        _try_to_enter(contact, scenario, trigger, event, NO_ITEM)
        return
    elements = value_of(trigger.each, contact.names(None, event, scenario))
    for item in elements if isinstance(elements, list) else ():
        _try_to_enter(contact, scenario, trigger, event, item)


def _try_to_enter(contact: Contact, scenario: Scenario, trigger: Trigger, event: Event, item: Any) -> None:
    names = contact.names(None, event, scenario)
    if item is not NO_ITEM:
        names = names.beside(item=item)
    key = value_of(scenario.key, names) if scenario.key is not None else None
    if scenario.key is not None and isinstance(scenario.key.root, ListOf):
        # A key of several parts; each part must be there.
        parts = key if isinstance(key, list) else [None]
        key = tuple(parts) if all(isinstance(part, str | int | float) for part in parts) else None
    else:
        key = key if isinstance(key, str | int | float) else None
    reason = _refusal(contact, scenario, trigger, names, key)
    if reason == "audience" and isinstance(trigger, ScheduleTrigger | MomentTrigger):
        return
    if reason == "exclusive" and scenario.group_wait is not None:
        waits = any(entry.scenario is scenario and entry.key == key for entry in contact.waiting)
        if not waits and len(contact.waiting) < _MOST_WAITING:
            until = later(contact.now, scenario.group_wait, contact.clock(scenario))
            contact.waiting.append(Asking(scenario, trigger, event, item, key, until))
            reason = "waiting"
    if reason is not None:
        contact.tell("refused", scenario.name, "", key, triggers.word(trigger, event), reason)
        return
    if scenario.while_running == "restart":
        for journey in _running(contact, scenario, key):
            journeys.end(contact, journey, "restarted")
    running = _in_group(contact, scenario, key)
    # Lowest priority first; among equals, the last to enter first.
    lowest_first = sorted(running, key=lambda each: (each.scenario.priority, -each.number))
    for journey in lowest_first[: max(len(running) + 1 - scenario.group_limit, 0)]:
        journeys.end(contact, journey, "displaced")
    earlier = contact.entries[scenario.name, key]
    ordinal = sum(at == contact.now for at, _ in earlier)
    earlier.append((contact.now, contact.inputs))
    name = journey_id(contact.project.name, scenario.name, contact.contact_id, key, contact.now, ordinal)
    journey = Journey(len(contact.journeys), scenario, key, contact.now, event, name, item)
    contact.journeys.append(journey)
    contact.tell("entered", scenario.name, name, key, triggers.word(trigger, event))
    contact.happens("journey.entered", journey_id=name, scenario=scenario.name, key=as_read(key), variant="", state="")
    first = Target(whole_file(""), scenario.first.name)
    journeys.go(contact, journey, (first, ""), event)


def _refusal(contact: Contact, scenario: Scenario, trigger: Trigger, names: Names, key: Any) -> str | None:
    first, last = scenario.active
    today = shows(contact.now, contact.clock(scenario)).date()
    if (first is not None and today < first) or (last is not None and today > last):
        return "inactive"
    if not holds(scenario.audience, names):
        return "audience"
    if scenario.key is not None and key is None:
        return "key"
    earlier = contact.entries[scenario.name, key]
    running = _running(contact, scenario, key)
    if any(collected and each.scenario is scenario and each.key == key for each, collected in contact.takers):
        return "taken"
    if scenario.while_running == "ignore" and running:
        if any(each in running for each, _ in contact.takers):
            return "taken"
        return "running"
    restarts = scenario.while_running == "restart" and running
    reentry = scenario.reentry_of(trigger)
    if earlier and not restarts:
        if reentry == "never":
            return "reentry"
        if isinstance(reentry, Duration) and contact.now < later(earlier[-1][0], reentry, contact.clock(scenario)):
            return "reentry"
    ended_first = len(running) if restarts else 0
    if scenario.max_running is not None:
        here = sum(journey.scenario is scenario and not journey.ended for journey in contact.journeys)
        if here - ended_first >= scenario.max_running:
            return "limit"
    if _group_is_taken(contact, scenario, key):
        return "exclusive"
    if earlier.count((contact.now, contact.inputs)) >= _MOST_AT_ONCE:
        return "too_many"
    if sum(not journey.ended for journey in contact.journeys) - ended_first >= _MOST_RUNNING:
        return "too_many"
    return None


def somebody_may_enter(contact: Contact) -> bool:
    return contact.may_enter and any(
        not _group_is_taken(contact, entry.scenario, entry.key) for entry in contact.waiting
    )


def _group_is_taken(contact: Contact, scenario: Scenario, key: Any) -> bool:
    before = [each for each in _in_group(contact, scenario, key) if each.scenario.priority >= scenario.priority]
    return bool(scenario.exclusive) and len(before) >= scenario.group_limit


def _in_turn(contact: Contact) -> list[Asking]:
    return sorted(contact.waiting, key=lambda entry: -entry.scenario.priority)


def try_who_waits(contact: Contact) -> None:
    for each in _in_turn(contact):
        if contact.may_enter and not _group_is_taken(contact, each.scenario, each.key):
            contact.waiting.remove(each)
            _try_to_enter(contact, each.scenario, each.trigger, each.event, each.item)


def give_up(contact: Contact) -> None:
    """Refuses entries that have waited for their group too long."""
    for each in _in_turn(contact):
        if each.until <= contact.now:
            contact.waiting.remove(each)
            word = triggers.word(each.trigger, each.event)
            contact.tell("refused", each.scenario.name, "", each.key, word, "exclusive")


def _running(contact: Contact, scenario: Scenario, key: Any) -> list[Journey]:
    """The running journeys that occupy a key."""
    return [
        journey
        for journey in contact.journeys
        if journey.scenario is scenario and journey.key == key and not journey.ended and not journey.key_is_free
    ]


def _in_group(contact: Contact, scenario: Scenario, key: Any) -> list[Journey]:
    """Running journeys of the scenario's group, without those that a restart ends."""
    restarted = _running(contact, scenario, key) if scenario.while_running == "restart" else []
    return [
        journey
        for journey in contact.journeys
        if scenario.exclusive and journey.scenario.exclusive == scenario.exclusive
        if not journey.ended and journey not in restarted
    ]
