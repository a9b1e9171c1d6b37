"""The data that a scenario needs: events, properties, attributes, metrics, segments, tables; how fresh they must be,
and who provides them. Runs nothing, and looks at no export.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from scenario_cli.analysis.constants import constant_text
from scenario_cli.analysis.labels import metric_label
from scenario_cli.analysis.lineage import CountedEvent, Lineage
from scenario_cli.analysis.needs import emitted_events
from scenario_cli.analysis.readings import CONSENT_TO, TEXT_OF, policy_readings, readings
from scenario_cli.analysis.time.freshness import Freshness, Times, daily, within
from scenario_cli.analysis.time.waiting import shortest
from scenario_cli.model.project import EventType, Project, Property
from scenario_cli.model.scenario import Goal, Scenario, State, Transition
from scenario_cli.model.triggers import AbsenceTrigger, EventTrigger, watched
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.variables import EACH, Variables
from scenario_cli.model.waits import HOUR


@dataclass(frozen=True, slots=True)
class ValueNeed:
    """A property of an event, or an attribute. `type` is empty if the plan states none.

    `always`: no event lacks it, by the plan. `freshness` is an attribute's own; a property comes with its event.
    """

    name: str
    type: str
    uses: tuple[str, ...]
    owner: str = ""
    always: bool = False
    description: str = ""
    freshness: Freshness | None = None


@dataclass(frozen=True, slots=True)
class EventNeed:
    """`roles` are the event's roles in the scenario; `maker` is the scenario that emits it, if there is one."""

    event: EventType
    roles: tuple[str, ...]
    freshness: Freshness
    properties: tuple[ValueNeed, ...] = ()
    maker: str = ""

    @property
    def name(self) -> str:
        return self.event.name


@dataclass(frozen=True, slots=True)
class MadeNeed:
    """A metric or a segment, which the project calculates itself, with its sources. For a constant: its value."""

    name: str
    text: str
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableNeed:
    """A reference table; `file` is its path below the project's folder."""

    name: str
    file: str
    key: str
    columns: tuple[str, ...]
    owner: str = ""


@dataclass(frozen=True, slots=True)
class DataNeeds:
    """The needs of one scenario, or of quiet hours and frequency caps together."""

    events: tuple[EventNeed, ...]
    attributes: tuple[ValueNeed, ...]
    metrics: tuple[MadeNeed, ...]
    segments: tuple[MadeNeed, ...]
    constants: tuple[MadeNeed, ...]
    tables: tuple[TableNeed, ...]


@dataclass(frozen=True, slots=True)
class ScenarioNeeds(DataNeeds):
    """One scenario's needs, events in the order in which it meets them."""

    scenario: Scenario


def policy_needs(project: Project) -> DataNeeds:
    """The data that the delivery policy reads. Events are read once a message is due, so a day is soon enough."""
    lineage = policy_readings(project)
    roles: dict[str, dict[str, Freshness]] = {}
    for counted in lineage.counted:
        over_window = counted.window is not None
        freshness = (
            within(counted.window, "it is counted over a window") if over_window else daily("it is only counted")
        )
        for event in project.plan.expand(counted.event):
            of_event = roles.setdefault(event, {})
            of_event[f"counted: {counted.by}"] = min(freshness, of_event.get(f"counted: {counted.by}", freshness))
    attributes = tuple(
        ValueNeed(
            datum.name,
            project.plan.profile[datum.name].type or "",
            _merged(uses),
            project.plan.profile[datum.name].owner,
            freshness=daily("it is checked when a message is sent"),
        )
        for datum, uses in lineage.uses.items()
        if datum.kind == "attribute"
    )
    events = tuple(
        _event_need(name, of_event, project, lineage) for name, of_event in roles.items() if name in project.plan.events
    )
    return DataNeeds(events, attributes, *_definitions(project, lineage))


def data_needs(scenario: Scenario, project: Project, variables: Variables, policy: bool = True) -> ScenarioNeeds:
    """`variables` are the values that the project's templates read; without `policy`, `policy_needs` has the data for
    it.
    """
    lineage = readings(scenario, project, variables, policy)
    roles = _Roles(scenario, project)
    roles.collect(lineage)
    attributes = tuple(_attributes(scenario, project, lineage))
    if attributes:
        fastest = min(attribute.freshness for attribute in attributes if attribute.freshness is not None)
        for event in project.plan.events.values():
            if event.profile:
                roles.add(event.name, "brings the attributes", fastest)
    events = tuple(
        _event_need(name, event_roles, project, lineage)
        for name, event_roles in roles.by_event.items()
        if name in project.plan.events
    )
    return ScenarioNeeds(events, attributes, *_definitions(project, lineage), scenario)


def _definitions(
    project: Project, lineage: Lineage
) -> tuple[tuple[MadeNeed, ...], tuple[MadeNeed, ...], tuple[MadeNeed, ...], tuple[TableNeed, ...]]:
    """The metrics, segments, constants and tables that are read."""
    return (
        _needs_of("metric", project, lineage),
        _needs_of("segment", project, lineage),
        _needs_of("constant", project, lineage),
        tuple(_tables(project, lineage)),
    )


def _needs_of(kind: str, project: Project, lineage: Lineage) -> tuple[MadeNeed, ...]:
    """The metrics, segments or constants that are read, each with its description."""

    def text(name: str) -> str:
        if kind == "metric":
            return metric_label(project.metrics[name])
        if kind == "segment":
            return " ".join(project.segments[name].condition.source.split())
        return constant_text(project.constants[name].value)

    return tuple(
        MadeNeed(datum.name, text(datum.name), tuple(uses))
        for datum, uses in lineage.uses.items()
        if datum.kind == kind
    )


class _Roles:
    """The roles of each event in a scenario, and the freshness that each role needs."""

    def __init__(self, scenario: Scenario, project: Project) -> None:
        self.scenario = scenario
        self.project = project
        self.times = Times(scenario)
        self.by_event: dict[str, dict[str, Freshness]] = {}

    def add(self, name: str, role: str, freshness: Freshness) -> None:
        for event in self.project.plan.expand(name):
            event_roles = self.by_event.setdefault(event, {})
            event_roles[role] = min(freshness, event_roles.get(role, freshness))

    def collect(self, lineage: Lineage) -> None:
        scenario = self.scenario
        first = self.times.to_message.get(scenario.first.name)
        for trigger in scenario.triggers:
            match trigger:
                case EventTrigger():
                    self.add(trigger.event.text, "lets enter", within(first))
                case AbsenceTrigger():
                    length = shortest(trigger.length)
                    later = None if first is None else length + first
                    self.add(trigger.since.text, "lets enter, unless another follows", within(later))
                    self.add(trigger.absent.text, "prevents entry", within(later))
        states = tuple(scenario.states.values())
        for state in states:
            for transition in state.on:
                self.transition(transition, (state,))
        for transition in scenario.on:
            self.transition(transition, states)
        if scenario.goal is not None:
            self.goal(scenario.goal, states)
        for counted_event in lineage.counted:
            self.add(counted_event.event, f"counted: {counted_event.by}", self.counted(counted_event, first))

    def transition(self, transition: Transition, states: Iterable[State]) -> None:
        if transition.send:
            self.add(transition.event.text, "is answered", within(0))
        elif transition.target is None:
            self.add(transition.event.text, "is noted", within(self.times.race(states)))
        elif transition.target.state is not None:
            times = [self.times.onward(transition.target), self.times.race(states)]
            soonest = min((time for time in times if time is not None), default=None)
            self.add(transition.event.text, f"leads to {transition.target.state}", within(soonest))
        else:
            self.add(transition.event.text, f"ends: {transition.target.outcome}", within(self.times.race(states)))

    def goal(self, goal: Goal, states: Iterable[State]) -> None:
        if goal.ends is None:
            self.add(goal.event.text, "is the goal", daily("it is only counted"))
        else:
            self.add(goal.event.text, f"is the goal, ends: {goal.ends}", within(self.times.race(states)))

    def counted(self, counted_event: CountedEvent, first: int | None) -> Freshness:
        """The freshness of a counted event: sooner for a window or a start, later for an entry segment."""
        if counted_event.by.startswith("segment ") or counted_event.by.startswith("metric "):
            kinds = {kind for trigger in self.scenario.triggers for kind, _ in watched(trigger)}
            if "segment" in kinds and first is not None:
                return within(max(first, HOUR), "the entry segment depends on it")
        if counted_event.window is not None:
            return within(counted_event.window, "it is counted over a window")
        if counted_event.since:
            return within(self.times.race(self.scenario.states.values()), "it is counted since an instant")
        return daily("it is only counted")


def _event_need(name: str, event_roles: Mapping[str, Freshness], project: Project, lineage: Lineage) -> EventNeed:
    event = project.plan.events[name]
    makers = [scenario.name for scenario in project.scenarios.values() if name in emitted_events(scenario)]
    properties = [
        _property(event, datum.name, _merged(uses))
        for datum, uses in lineage.uses.items()
        if datum.kind == "property" and datum.owner == name
    ]
    return EventNeed(event, tuple(event_roles), min(event_roles.values()), tuple(properties), ", ".join(makers))


def _property(event: EventType, name: str, uses: tuple[str, ...]) -> ValueNeed:
    keys = name.replace(EACH, f".{EACH}").split(".")
    property_: Property | None = event.properties.get(keys[0])
    owner = property_.owner if property_ is not None else ""
    for key in keys[1:]:
        if property_ is not None:
            property_ = property_.items if key == EACH else (property_.fields or {}).get(key)
            owner = property_.owner or owner if property_ is not None else owner
    if property_ is None:
        return ValueNeed(name, "", uses, owner)
    always = len(keys) == 1 and keys[0] in event.required
    return ValueNeed(name, property_.type or "", uses, owner, always, property_.description)


def _attributes(scenario: Scenario, project: Project, lineage: Lineage) -> Iterator[ValueNeed]:
    pairs = [pair for trigger in scenario.triggers for pair in watched(trigger)]
    let_in = {name.text for kind, name in pairs if kind == "attribute"}
    first = Times(scenario).to_message.get(scenario.first.name)
    for datum, uses in lineage.uses.items():
        if datum.kind != "attribute":
            continue
        attribute = project.plan.profile[datum.name]
        freshness = daily("it is checked when a message is sent or a branch is chosen")
        if any(use.startswith(CONSENT_TO) for use in uses):
            freshness = within(4 * HOUR, "contacts who have withdrawn consent receive nothing more")
        if datum.name in let_in:
            freshness = min(freshness, within(first))
        yield ValueNeed(
            datum.name, attribute.type or "", _merged(uses), attribute.owner, False, attribute.description, freshness
        )


def _merged(uses: Iterable[str]) -> tuple[str, ...]:
    """Uses with the texts of several messages as one."""
    texts = [use.removeprefix(TEXT_OF) for use in uses if use.startswith(TEXT_OF)]
    rest = [use for use in uses if not use.startswith(TEXT_OF)]
    return (*rest, *([f"{TEXT_OF}{', '.join(texts)}"] if texts else []))


def _tables(project: Project, lineage: Lineage) -> Iterator[TableNeed]:
    for datum in lineage.uses:
        if datum.kind == "table" and datum.name in project.tables:
            table = project.tables[datum.name]
            columns = [column.name for column in lineage.uses if column.kind == "column" and column.owner == datum.name]
            file = table.file.removeprefix(project.root).lstrip("/\\")
            yield TableNeed(table.name, file, ", ".join(table.keys), tuple(columns), table.owner)
