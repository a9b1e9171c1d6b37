"""The data that a scenario cannot do without: events, properties, attributes, metrics, segments, tables; how fresh, and
from whom. Runs nothing, and looks at no export.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scenario_cli.analysis.constants import constant_text
from scenario_cli.analysis.labels import metric_label
from scenario_cli.analysis.lineage import Counted, Lineage
from scenario_cli.analysis.needs import made_events
from scenario_cli.analysis.readings import CONSENT_TO, TEXT_OF, readings
from scenario_cli.analysis.time.freshness import Freshness, Times, daily, within
from scenario_cli.analysis.time.waiting import shortest
from scenario_cli.model.project import EventType, Project, Property
from scenario_cli.model.scenario import Goal, Scenario, State, Transition
from scenario_cli.model.triggers import AbsenceTrigger, EventTrigger, watched
from scenario_cli.model.variables import EACH, Variables
from scenario_cli.model.waits import HOUR


@dataclass(frozen=True, slots=True)
class ValueNeed:
    """A property of an event, or an attribute. `type` is empty where the plan states none.

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
    """`roles` say what the event does in the scenario; `maker` is the scenario that makes it, where one does."""

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
    """A metric or a segment, which the project works out itself: from what. Of a constant: its value."""

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
    """One scenario's needs, events in the order in which it meets them."""

    scenario: Scenario
    events: tuple[EventNeed, ...]
    attributes: tuple[ValueNeed, ...]
    metrics: tuple[MadeNeed, ...]
    segments: tuple[MadeNeed, ...]
    tables: tuple[TableNeed, ...]
    constants: tuple[MadeNeed, ...] = ()


def data_needs(scenario: Scenario, project: Project, variables: Variables) -> DataNeeds:
    """`variables` are what the project's templates read."""
    found = readings(scenario, project, variables)
    roles = _Roles(scenario, project)
    roles.collect(found)
    attributes = tuple(_attributes(scenario, project, found))
    if attributes:
        fastest = min(one.freshness for one in attributes if one.freshness is not None)
        for event in project.plan.events.values():
            if event.profile:
                roles.add(event.name, "brings the attributes", fastest)
    return DataNeeds(
        scenario,
        tuple(_event(name, roles, project, found) for name in roles.found if name in project.plan.events),
        attributes,
        tuple(MadeNeed(one.name, metric_label(project.metrics[one.name]), tuple(uses))
              for one, uses in found.uses.items() if one.kind == "metric"),
        tuple(MadeNeed(one.name, " ".join(project.segments[one.name].condition.source.split()), tuple(uses))
              for one, uses in found.uses.items() if one.kind == "segment"),
        tuple(_tables(project, found)),
        tuple(MadeNeed(one.name, constant_text(project.constants[one.name].value), tuple(uses))
              for one, uses in found.uses.items() if one.kind == "constant"),
    )  # fmt: skip


class _Roles:
    """The roles of each event in a scenario, and the freshness that each role needs."""

    def __init__(self, scenario: Scenario, project: Project) -> None:
        self.scenario = scenario
        self.project = project
        self.times = Times(scenario)
        self.found: dict[str, dict[str, Freshness]] = {}

    def add(self, name: str, role: str, freshness: Freshness) -> None:
        for event in self.project.plan.expand(name):
            known = self.found.setdefault(event, {})
            known[role] = min(freshness, known.get(role, freshness))

    def collect(self, found: Lineage) -> None:
        scenario = self.scenario
        first = self.times.to_message.get(scenario.first.name)
        for trigger in scenario.triggers:
            match trigger:
                case EventTrigger():
                    self.add(trigger.event.text, "lets in", within(first))
                case AbsenceTrigger():
                    length = shortest(trigger.length)
                    later = None if first is None else length + first
                    self.add(trigger.since.text, "lets in, unless another follows", within(later))
                    self.add(trigger.absent.text, "keeps out", within(later))
        states = tuple(scenario.states.values())
        for state in states:
            for one in state.on:
                self.transition(one, (state,))
        for one in scenario.on:
            self.transition(one, states)
        if scenario.goal is not None:
            self.goal(scenario.goal, states)
        for counted in found.counted:
            self.add(counted.event, f"counted: {counted.by}", self.counted(counted, first))

    def transition(self, one: Transition, states: Iterable[State]) -> None:
        if one.target is None:
            self.add(one.event.text, "is noted", within(self.times.race(states)))
        elif one.target.state is not None:
            times = [self.times.onward(one.target), self.times.race(states)]
            soonest = min((time for time in times if time is not None), default=None)
            self.add(one.event.text, f"leads to {one.target.state}", within(soonest))
        else:
            self.add(one.event.text, f"ends: {one.target.outcome}", within(self.times.race(states)))

    def goal(self, goal: Goal, states: Iterable[State]) -> None:
        if goal.ends is None:
            self.add(goal.event.text, "is the goal", daily("it is only counted"))
        else:
            self.add(goal.event.text, f"is the goal, ends: {goal.ends}", within(self.times.race(states)))

    def counted(self, one: Counted, first: int | None) -> Freshness:
        """Over a window or since an instant it matters sooner than over a life; a segment that lets in lets in late."""
        if one.by.startswith("segment ") or one.by.startswith("metric "):
            kinds = {kind for trigger in self.scenario.triggers for kind, _ in watched(trigger)}
            if "segment" in kinds and first is not None:
                return within(max(first, HOUR), "the segment that lets in rests on it")
        if one.window is not None:
            return within(one.window, "it is counted over a window")
        if one.since:
            return within(self.times.race(self.scenario.states.values()), "it is counted since an instant")
        return daily("it is only counted")


def _event(name: str, roles: _Roles, project: Project, found: Lineage) -> EventNeed:
    event = project.plan.events[name]
    said = roles.found[name]
    makers = [one.name for one in project.scenarios.values() if name in made_events(one)]
    properties = [
        _property(event, datum.name, _merged(uses))
        for datum, uses in found.uses.items()
        if datum.kind == "property" and datum.owner == name
    ]
    return EventNeed(event, tuple(said), min(said.values()), tuple(properties), ", ".join(makers))


def _property(event: EventType, name: str, uses: tuple[str, ...]) -> ValueNeed:
    keys = name.replace(EACH, f".{EACH}").split(".")
    known: Property | None = event.properties.get(keys[0])
    owner = known.owner if known is not None else ""
    for key in keys[1:]:
        if known is not None:
            known = known.items if key == EACH else (known.fields or {}).get(key)
            owner = known.owner or owner if known is not None else owner
    if known is None:
        return ValueNeed(name, "", uses, owner)
    always = len(keys) == 1 and keys[0] in event.required
    return ValueNeed(name, known.type or "", uses, owner, always, known.description)


def _attributes(scenario: Scenario, project: Project, found: Lineage) -> Iterator[ValueNeed]:
    pairs = [pair for trigger in scenario.triggers for pair in watched(trigger)]
    let_in = {name.text for kind, name in pairs if kind == "attribute"}
    first = Times(scenario).to_message.get(scenario.first.name)
    for datum, uses in found.uses.items():
        if datum.kind != "attribute":
            continue
        known = project.plan.profile[datum.name]
        freshness = daily("it is looked at when a message leaves or a way is chosen")
        if any(use.startswith(CONSENT_TO) for use in uses):
            freshness = within(4 * HOUR, "who has withdrawn consent gets nothing more")
        if datum.name in let_in:
            freshness = min(freshness, within(first))
        yield ValueNeed(datum.name, known.type or "", _merged(uses), known.owner, False, known.description, freshness)


def _merged(uses: Iterable[str]) -> tuple[str, ...]:
    """Uses with the texts of several messages as one."""
    texts = [use.removeprefix(TEXT_OF) for use in uses if use.startswith(TEXT_OF)]
    others = [use for use in uses if not use.startswith(TEXT_OF)]
    return (*others, *([f"{TEXT_OF}{', '.join(texts)}"] if texts else []))


def _tables(project: Project, found: Lineage) -> Iterator[TableNeed]:
    for datum in found.uses:
        if datum.kind == "table" and datum.name in project.tables:
            table = project.tables[datum.name]
            columns = [one.name for one in found.uses if one.kind == "column" and one.owner == datum.name]
            file = table.file.removeprefix(project.root).lstrip("/\\")
            yield TableNeed(table.name, file, ", ".join(table.keys), tuple(columns), table.owner)
