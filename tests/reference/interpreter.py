"""The reference: takes one contact's inputs in the order of section "The order of things".

It keeps no figures and no timers: it computes metrics from the whole history at each reading, and searches everything
that can be due for what is due next.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import SegmentTrigger
from tests.reference import entering, figures, journeys, triggers, types
from tests.reference.clock import shows, zone_named
from tests.reference.contact import NO_ITEM, Asking, Fact, Journey, Left, as_read, plain
from tests.reference.due import next_due
from tests.reference.figures import events_read
from tests.reference.reading import Names, Past, holds
from tests.reference.triggers import Change, Fired

# Each row: its key, the instant from which it is valid (None: always), and its values.
Tables = Mapping[str, Sequence[tuple[Any, int | None, Mapping[str, Any]]]]

_MOST_INTERNAL = 1_000
_BEFORE_TIME = -(1 << 62)


class Contact:
    """One contact with all its events and journeys; `facts` are what the engine should report."""

    def __init__(
        self,
        project: Project,
        contact_id: str,
        profile: Mapping[str, Any],
        known_at: int | None,
        tables: Tables | None = None,
    ) -> None:
        self.project = project
        self.tables = tables or {}
        run = [scenario for scenario in project.scenarios.values() if scenario.status in ("live", "draft")]
        self.scenarios = sorted(run, key=lambda record: (-record.priority, record.name))
        self.contact_id = contact_id
        self.project_zone = zone_named(project.timezone) or ZoneInfo("UTC")
        self.profile = types.fitted(project.plan.profile, profile)
        self.known_at: int | None = None
        self.now = _BEFORE_TIME
        self.inputs = 0
        self.past: list[Past] = []
        self.taken: set[tuple[str, int]] = set()
        self.moves, self.moved_at = 0, _BEFORE_TIME
        self.journeys: list[Journey] = []
        self.left: list[Left] = []
        self.entries: dict[tuple[str, Any], list[tuple[int, int]]] = defaultdict(list)  # instant, inputs until then
        self.takers: list[tuple[Journey, bool]] = []  # journeys that took the event, and whether to collect it
        self.fired: dict[tuple[str, int], Fired] = defaultdict(Fired)
        self.memberships: dict[str, bool] = {}
        self.last_tick: int | None = None
        self.entering_by_tick: list[tuple[int, int, int, Event]] = []
        self.in_already: list[tuple[int, int, int, Event]] = []  # those for first memberships
        self.waiting: list[Asking] = []
        self.queue: deque[Event] = deque()
        self.made = 0
        self.may_enter = True
        self.facts: list[Fact] = []
        if known_at is not None:
            self.becomes_known(known_at)

    # Questions of other modules.

    @property
    def zone(self) -> ZoneInfo:
        name = self.profile.get("timezone")
        return (zone_named(name) if isinstance(name, str) else None) or self.project_zone

    def clock(self, scenario: Scenario | None) -> ZoneInfo:
        """The clock of a scenario; without a scenario, the contact's own."""
        return self.project_zone if scenario is not None and scenario.on_project_clock else self.zone

    def names(self, journey: Journey | None, event: Event | None, scenario: Scenario | None = None) -> Names:
        profile = {**self.profile, "id": self.contact_id}
        if journey is None:
            return Names(self.now, self.clock(scenario), profile, self, event, event)
        about = {
            "entered_at": shows(journey.entered_at, self.zone),
            "key": as_read(journey.key),
            "state": journey.state_name,
            "variant": dict(journey.variant),
        }
        within = {} if journey.item is NO_ITEM else {"item": journey.item}
        requests: dict[str, list[str]] = defaultdict(list)
        for _, state, name in journey.requested:
            requests[state].append(name)
        trigger, captures = journey.trigger, journey.captures
        return Names(
            self.now, self.clock(journey.scenario), profile, self, event, trigger, about, captures, within, requests
        )

    def metric(self, name: str, names: Names) -> Any:
        definition, names = self.project.metrics[name], replace(names, zone=self.zone)
        counted = getattr(definition.definition, "event", None)
        return figures.metric(definition, self.history(counted.text) if counted is not None else [], names)

    def segment(self, name: str, names: Names) -> bool:
        return self.memberships[name]

    def history(self, event: str) -> list[Past]:
        names = self.project.plan.expand(event)
        return [past for past in self.past if past.event.name in names]

    def running(self, scenario: str, state: str | None) -> bool:
        under_way = [journey for journey in self.journeys if journey.scenario.name == scenario and not journey.ended]
        return any(state in (None, journey.state_name) for journey in under_way)

    def lookup(self, table: str, keys: list[Any], names: Names) -> Any:
        """The row with these keys that became valid last; if several did at once, the last written."""
        if not all(isinstance(key, str | int | float) for key in keys):
            return None
        texts = [_as_key(key) for key in keys]
        valid = [
            (since or _BEFORE_TIME, place, row)
            for place, (row_key, since, row) in enumerate(self.tables[table])
            if [str(key) for key in (row_key if isinstance(row_key, tuple) else (row_key,))] == texts
            and (since is None or since <= names.now)
            and (since is None or since <= names.now)
        ]
        return max(valid, key=lambda each: each[:2])[2] if valid else None

    def tell(self, kind: str, *rest: Any) -> None:
        self.facts.append((kind, self.now, *(plain(item) for item in rest)))

    def happens(self, event: str, **properties: Any) -> None:
        """Queues an internal event, to be handled after the present input."""
        self.made += 1
        if self.made <= _MOST_INTERNAL:
            present = {name: value for name, value in properties.items() if value is not None}
            self.queue.append(Event(event, self.now, present))

    def set_attributes(self, attributes: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Changes the profile; returns the real changes, with the value before and after."""
        zone = self.zone
        changed = {}
        fitted = types.fitted(self.project.plan.profile, attributes)
        for name in attributes:
            before, after = self.profile.get(name), fitted.get(name)
            if before != after or type(before) is not type(after):
                changed[name] = (before, after)
        self.starts_from(attributes)
        moved = self.zone.key != zone.key
        if moved:
            self.moves += 1
            self.moved_at = self.now
        for journey in self.journeys:
            if not journey.ended and journey.settled_at is not None:
                journeys.read_waits_again(self, journey, changed, moved)
        return changed

    def starts_from(self, attributes: Mapping[str, Any]) -> None:
        """Takes a row from before the contact is known: a starting point, to which nothing reacts."""
        others = {name: value for name, value in self.profile.items() if name not in attributes}
        self.profile = {**others, **types.fitted(self.project.plan.profile, attributes)}

    # Inputs.

    def take(self, event: Event, may_enter: bool = True) -> None:
        self.pass_time(event.at, inclusive=False, may_enter=may_enter)
        broadcast = event.name in self.project.plan.events and self.project.plan.events[event.name].broadcast
        if event.event_id is not None and not broadcast:
            if (event.event_id, event.at) in self.taken:
                return
            self.taken.add((event.event_id, event.at))
        if broadcast and self.known_at is None:
            return
        if self.known_at is None:
            self.becomes_known(event.at)
        self._begin(event.at, may_enter)
        event = self._with_days(event)
        if broadcast:
            self._look_at_scenarios(event, Change(), broadcast=True)
        else:
            self._work_on(event)
        self._empty_queue()

    def take_row(self, at: int, attributes: Mapping[str, Any], may_enter: bool = True) -> None:
        """Takes a row of the contacts table: new attributes from an instant on."""
        self.pass_time(at, inclusive=False, may_enter=may_enter)
        if self.known_at is None:
            self.becomes_known(at)
        self._begin(at, may_enter)
        changed = self.set_attributes(attributes)
        moved = self.look_at_segments(self.project.segments) if changed else {}
        self._look_at_scenarios(None, Change(changed, moved))
        self._empty_queue()

    def pass_time(self, until: int, inclusive: bool = True, may_enter: bool = True) -> None:
        """Does everything due before an instant (and at it, if `inclusive`), one thing after the other."""
        while (due := next_due(self)) is not None:
            at, _, act = due
            if at > until or (at == until and not inclusive):
                return
            self.now, self.may_enter, self.made = at, may_enter, 0
            act()
            self._empty_queue()

    def pass_time_to(self, until: int, start: int | None) -> None:
        """Does everything due before an instant; nobody enters before `start`."""
        if start is not None:
            self.pass_time(min(start, until), inclusive=False, may_enter=False)
        self.pass_time(until, inclusive=False, may_enter=start is None or until >= start)

    def _with_days(self, event: Event) -> Event:
        """The event with its dates of the tracking plan as days; a profile event's are fitted with the attributes."""
        declared = self.project.plan.events.get(event.name)
        if declared is None or declared.profile:
            return event
        dates = {name: event.properties.get(name) for name, each in declared.properties.items() if each.type == "date"}
        days = {**dict.fromkeys(dates), **types.fitted(declared.properties, dates)}
        return Event(event.name, event.at, {**event.properties, **days}, event.event_id)

    def _begin(self, at: int, may_enter: bool) -> None:
        self.now, self.may_enter, self.made = at, may_enter, 0
        self.inputs += 1

    def becomes_known(self, at: int) -> None:
        """Computes the segments for the first time, on the profile and an empty history; fires nothing."""
        self.known_at = self.now = at
        self.look_at_segments(self.project.segments)
        for rank, scenario in enumerate(self.scenarios):
            for place, trigger in enumerate(scenario.triggers):
                if (
                    isinstance(trigger, SegmentTrigger)
                    and trigger.already_in
                    and self.memberships[trigger.segment.text]
                ):
                    event = triggers.of_segment(self, trigger)
                    self.in_already.append((at, rank, place, event))
                    self.entering_by_tick.append((at, rank, place, event))

    # One event.

    def _work_on(self, event: Event) -> None:
        """Handles an event: profile and metrics, then segments, then each scenario: its journeys, then its triggers."""
        changed: dict[str, tuple[Any, Any]] = {}
        type_ = self.project.plan.events.get(event.name)
        if type_ is not None and type_.profile:
            changed = self.set_attributes(event.properties)
        elif event.name == "profile.updated":
            properties = event.properties
            changed = {properties["attribute"]: (properties.get("before"), properties.get("after"))}
        self.past.append(Past(event, self.zone, self.moves))
        watched = [
            name
            for name, each in self.project.segments.items()
            if changed or event.name in events_read(self.project, each.condition)
        ]
        self._look_at_scenarios(event, Change(changed, self.look_at_segments(watched)))

    def _empty_queue(self) -> None:
        """Handles internal events, then entries that wait for a group that is free by now, and so on."""
        while self.queue or entering.somebody_may_enter(self):
            if self.queue:
                self._work_on(self.queue.popleft())
            else:
                entering.try_who_waits(self)

    def look_at_segments(self, names: Iterable[str]) -> dict[str, bool]:
        """Computes these memberships again, leaves the others as they are; returns those that changed."""
        before, watched = self.memberships, set(names)
        self.memberships = _Memberships(self)
        self.memberships.update({name: each for name, each in before.items() if name not in watched})
        self.memberships = {name: self.memberships[name] for name in self.project.segments}
        return {name: each for name, each in self.memberships.items() if before and before[name] != each}

    def _look_at_scenarios(self, event: Event | None, change: Change, broadcast: bool = False) -> None:
        for scenario in self.scenarios:
            self.takers = []
            for journey in [journey for journey in self.journeys if journey.scenario is scenario]:
                if event is not None:
                    journeys.offer(self, journey, event, broadcast)
                elif not journey.ended:
                    journeys.look_at_when(self, journey)
            for trigger in scenario.triggers if self.may_enter else ():
                let_in = triggers.fires(self, scenario, trigger, event, change)
                if let_in is not None:
                    entering.enter_each(self, scenario, trigger, let_in)
                    break
        self.takers = []


def _as_key(key: Any) -> str:
    return str(int(key)) if isinstance(key, float) and key.is_integer() else str(key)


class _Memberships(dict[str, bool]):
    """Memberships under computation: a segment that another's condition reads is computed first."""

    def __init__(self, contact: Contact) -> None:
        super().__init__()
        self.contact = contact

    def __missing__(self, name: str) -> bool:
        self[name] = holds(self.contact.project.segments[name].condition, self.contact.names(None, None))
        return self[name]


def known_from(log: ContactLog, begins: int, broadcasts: Iterable[str] = ()) -> int | None:
    """The instant at which a contact becomes known by the contacts table: `known_since`, else the log's beginning, and
    its first event at the latest. None: by its first event."""
    if not log.listed:
        return None
    since = begins if log.known_since is None else max(log.known_since, begins)
    return min([since, *(event.at for event in log.events if event.name not in broadcasts)])


def replay(
    project: Project,
    log: ContactLog,
    known_at: int | None,
    until: int,
    tables: Tables | None = None,
    start: int | None = None,
) -> Contact:
    """Replays one contact up to an instant, that instant included; nobody enters before `start`.

    The contacts table makes it known at `known_at`: earlier rows only set its first attributes.
    """
    contact = Contact(project, log.contact_id, log.profile, None, tables)
    inputs: list[tuple[int, int, Event | Mapping[str, Any]]] = [
        *((at, 0, attributes) for at, attributes in log.changes),
        *((event.at, 1, event) for event in log.events),
    ]
    # At one instant, rows of the contacts table come before events, and events keep their order.
    for at, _, input_ in sorted(inputs, key=lambda each: each[:2]):
        if at > until:
            break
        if known_at is not None and at < known_at:
            if not isinstance(input_, Event):
                contact.starts_from(input_)
            continue
        if known_at is not None and contact.known_at is None:
            contact.becomes_known(known_at)
        contact.pass_time_to(at, start)
        if isinstance(input_, Event):
            contact.take(input_, may_enter=start is None or at >= start)
        else:
            contact.take_row(at, input_, may_enter=start is None or at >= start)
    if known_at is not None and contact.known_at is None and known_at <= until:
        contact.becomes_known(known_at)
    contact.pass_time_to(until, start)
    contact.pass_time(until, may_enter=start is None or until >= start)
    return contact
