"""Binds the names of expressions to metrics, segments, past events and reference tables, each at its first use.

A compiled program has only the aggregates and past events that some expression reads. Runs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.engine.breakdown import Breakdown
from scenario_cli.engine.calendar import UTC, zone
from scenario_cli.engine.compile.expression_code import Namespace
from scenario_cli.engine.compile.expressions import compile_bare, compile_condition, compile_days, compile_value
from scenario_cli.engine.compile.history_calls import compile_history_call
from scenario_cli.engine.compile.identities import identities, identity
from scenario_cli.engine.compile.quiet import asks_quietly
from scenario_cli.engine.feeding import Feed, Intake
from scenario_cli.engine.history import EventHistory
from scenario_cli.engine.metrics import Aggregate, binned
from scenario_cli.engine.segments import Clock, Segment
from scenario_cli.engine.state import Condition, Function
from scenario_cli.engine.tables import Tables
from scenario_cli.model import expression as tree
from scenario_cli.model.metrics import Aggregate as Definition
from scenario_cli.model.metrics import Bins, Formula
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario, entry_instants
from scenario_cli.model.vocabulary import FUNCTIONS, JOURNEY_EVENTS

# The meaning of a metric's or segment's name.
Read = Definition | Formula | Bins | tree.Expression


class Bindings:
    """Compiles and remembers the values that expressions read.

    `feeds` and `histories` are the aggregates and past events that each event feeds, `slot_owners` the same by slot.
    `segments` are those that something reads, `scenarios` the definitions that are compiled. `entry_instants` has the
    instants that cannot be before a journey's entry. `zone` is the clock on which expressions are calculated, None the
    contact's.
    """

    zone: ZoneInfo | None = None
    _everywhere: Bindings | None = None

    def __init__(self, project: Project, scenarios: Iterable[Scenario], tables: Tables, for_few: bool = False) -> None:
        self.project = project
        self.tables = tables
        self.namespace = Namespace(for_few)
        self.clock = Clock(project.clock, zone(project.timezone) or UTC)
        self.scenarios = tuple(scenarios)
        self.entry_instants = entry_instants(self.scenarios)
        self.feeds: dict[str, list[Feed]] = {}
        self.histories: dict[str, list[EventHistory]] = {}
        self.slot_owners: list[Aggregate | Breakdown | EventHistory] = []
        self.segments: dict[str, Segment] = {}
        self._segment_identities: dict[str, str] = {}
        self._metrics: dict[str, Function] = {}
        self._breakdowns: dict[str, Breakdown] = {}
        self._slots: dict[str, int] = {}
        self._parts: dict[tuple[str, str | None, str | None], Feed] = {}
        self._call_slots: dict[tree.Call, int] = {}
        self._history: dict[tree.Call, Function] = {}

    def on_project_clock(self) -> Bindings:
        """The same values for expressions that are on the project's clock.

        Metrics and segments are shared by all scenarios, and stay on the contact's.
        """
        # Attribute by attribute, because an object compiled to machine code cannot be copied.
        bindings = Bindings(self.project, (), self.tables)
        bindings.zone = self.clock.tz
        bindings.namespace = self.namespace
        bindings.scenarios = self.scenarios
        bindings.entry_instants = self.entry_instants
        bindings.feeds, bindings.histories, bindings.slot_owners = self.feeds, self.histories, self.slot_owners
        bindings.segments, bindings._segment_identities = self.segments, self._segment_identities
        bindings._metrics, bindings._breakdowns, bindings._slots = self._metrics, self._breakdowns, self._slots
        bindings._everywhere = self
        return bindings

    def metric(self, name: str) -> Function:
        if self._everywhere is not None:
            return self._everywhere.metric(name)
        function = self._metrics.get(name)
        if function is None:
            function = self._metrics[name] = self._compile_metric(name)
        return function

    def _compile_metric(self, name: str) -> Function:
        definition = self.project.metrics[name].definition
        metric_name = f"metric.{name}"
        if isinstance(definition, Definition):
            return self._aggregate(definition, metric_name)
        if isinstance(definition, Bins):
            days = compile_days(definition.value, "", self)
            number = days or compile_value(definition.value, "", self)
            return binned(definition, number, metric_name, days_pass=days is not None)
        return compile_value(definition.value, "", self)

    def _aggregate(self, definition: Definition, place: str) -> Function:
        events = self.project.plan.expand(definition.event.text)
        aggregate = Aggregate(
            len(self.slot_owners), definition.kind, definition.within, place, identity(definition, events)
        )
        slot = len(self.slot_owners)
        self.slot_owners.append(aggregate)
        where = compile_condition(definition.where, "", self) if definition.where is not None else None
        value = compile_value(definition.value, "", self) if definition.value is not None else None
        by = compile_value(definition.by, "", self) if definition.by is not None else None
        owner = Breakdown(aggregate, by) if by is not None else aggregate
        self.slot_owners[slot] = owner
        self._slots[place.removeprefix("metric.")] = slot
        for event in events:
            self._feed(event, definition, owner, where, value)
        if isinstance(owner, Breakdown):
            self._breakdowns[place.removeprefix("metric.")] = owner
        return owner.read

    def _feed(
        self,
        event: str,
        definition: Definition,
        owner: Aggregate | Breakdown,
        where: Condition | None,
        value: Function | None,
    ) -> None:
        """Lets an event feed an aggregate; feeds that take the same part of it are given a number."""
        feeds = self.feeds.setdefault(event, [])
        feed = Feed(owner, where, value, _root(definition.where), _first_counts(definition))
        feeds.append(feed)
        sources = [part.source if part is not None else None for part in (definition.where, definition.value)]
        first = self._parts.setdefault((event, sources[0], sources[1]), feed)
        if first is not feed and not _is_plain(definition):
            if first.shared < 0:
                first.shared = len(feeds)
            feed.shared = first.shared

    def breakdown(self, name: str) -> Callable[[Any, Any], Any] | None:
        """The function that gives one figure of a metric with `by`; None for any other metric."""
        self.metric(name)
        return self._breakdowns[name].read_at if name in self._breakdowns else None

    def segment(self, name: str) -> Function:
        return self.membership(name).read

    def membership(self, name: str) -> Segment:
        if self._everywhere is not None:
            return self._everywhere.membership(name)
        segment = self.segments.get(name)
        if segment is None:
            condition = self.project.segments[name].condition
            clock = self.clock if self.reads_time(condition.root) else None
            segment = self.segments[name] = Segment(
                name,
                self._segment_identity(name),
                compile_condition(condition, "", self),
                clock,
                asks_quietly(condition.root, self.project),
            )
        return segment

    def _segment_identity(self, name: str) -> str:
        if not self._segment_identities:
            meanings = [
                (segment.condition, self.definitions_read(segment.condition.root, {}))
                for segment in self.project.segments.values()
            ]
            self._segment_identities = dict(zip(self.project.segments, identities(meanings), strict=True))
        return self._segment_identities[name]

    def definitions_read(self, root: tree.Expr, definitions: dict[str, Read]) -> dict[str, Read]:
        """The metrics and segments that take part in a value, by name, added to those already found."""
        for node in tree.walk(root):
            path = tree.path_of(node) if isinstance(node, tree.Attr | tree.Item) else None
            name = ".".join(path or ())
            if path is None or len(path) != 2 or name in definitions:
                continue
            if path[0] == "metric" and path[1] in self.project.metrics:
                definition = definitions[name] = self.project.metrics[path[1]].definition
                if not isinstance(definition, Definition):
                    self.definitions_read(definition.value.root, definitions)
            elif path[0] == "segment" and path[1] in self.project.segments:
                condition = definitions[name] = self.project.segments[path[1]].condition
                self.definitions_read(condition.root, definitions)
        return definitions

    def _taking_part(self, root: tree.Expr) -> tuple[list[tree.Expr], list[Definition]]:
        """Every node of a value, also through metrics and segments, and the aggregates that it reads."""
        definitions = self.definitions_read(root, {}).values()
        aggregates = [definition for definition in definitions if isinstance(definition, Definition)]
        values = [definition if isinstance(definition, tree.Expression) else definition.value
                  for definition in definitions if not isinstance(definition, Definition)]  # fmt: skip
        return [node for part in (root, *(value.root for value in values)) for node in tree.walk(part)], aggregates

    def reads_time(self, root: tree.Expr) -> bool:
        """Whether a value can change without any event: it reads the time, or content of a window."""
        nodes, aggregates = self._taking_part(root)
        return any(aggregate.within is not None for aggregate in aggregates) or any(
            (isinstance(node, tree.Ref) and node.name == "now")
            or (
                isinstance(node, tree.Call)
                and (node.name in ("days_since", "lookup") or "within" in dict(node.keywords))
            )
            for node in nodes
        )

    def intakes(self) -> dict[str, Intake]:
        """The aggregates and past events that take a part of each event; gives each of them the segments that read
        it.
        """
        slots_read = {name: self._slots_read(self.project.segments[name].condition.root) for name in self.segments}
        for owner in self.slot_owners:
            owner.readers = tuple(segment for name, segment in self.segments.items() if owner.slot in slots_read[name])
        refreshed = self.refreshed()
        return {
            event: self._intake(event, refreshed.get(event, ()))
            for event in {**self.feeds, **self.histories, **refreshed}
        }

    def _intake(self, event: str, segments: tuple[Segment, ...]) -> Intake:
        feeds = self.feeds.get(event, [])
        always = [feed for feed in feeds if feed.where is None and not feed.first_counts]
        by_any = {segment for feed in always for segment in feed.aggregate.readers}
        for feed in feeds:
            feed.readers = tuple(segment for segment in feed.aggregate.readers if segment not in by_any)
        touched = segments if event in JOURNEY_EVENTS else tuple(segment for segment in segments if segment in by_any)
        return Intake(tuple(feeds), tuple(self.histories.get(event, ())), segments, touched)

    def _slots_read(self, root: tree.Expr) -> set[int]:
        """The slots of the metrics and past events that take part in a value."""
        aggregates = {name for name, read in self.definitions_read(root, {}).items() if isinstance(read, Definition)}
        calls = [node for node in self._taking_part(root)[0] if isinstance(node, tree.Call)]
        return {self._slots[name.removeprefix("metric.")] for name in aggregates} | {
            self._call_slots[call] for call in calls if call in self._call_slots
        }

    def refreshed(self) -> dict[str, tuple[Segment, ...]]:
        """The segments that each event can change.

        A segment can change by the events that feed a metric or past events it reads. A segment that asks whether a
        journey runs can change by a journey's entry and end.
        """
        segments_by_event: dict[str, list[Segment]] = {}
        for name, segment in self.segments.items():
            for event in sorted(self.events_read(self.project.segments[name].condition.root)):
                segments_by_event.setdefault(event, []).append(segment)
        return {event: tuple(segments) for event, segments in segments_by_event.items()}

    def events_read(self, root: tree.Expr) -> set[str]:
        """The events that take part in a value, through metrics, segments and history calls."""
        nodes, aggregates = self._taking_part(root)
        names = {event for aggregate in aggregates for event in self.project.plan.expand(aggregate.event.text)}
        for node in nodes:
            if isinstance(node, tree.Call) and FUNCTIONS[node.name].history and isinstance(node.args[0], tree.Const):
                names.update(self.project.plan.expand(node.args[0].value))
            elif isinstance(node, tree.Call) and node.name == "running":
                names.update(JOURNEY_EVENTS)
        return names

    def table(self, name: str) -> Callable[[Any, int], Any]:
        return self.tables[name].look_up

    def history(self, call: tree.Call) -> Function:
        function = self._history.get(call)
        if function is None:
            function = self._history[call] = self._history_call(call)
        return function

    def _history_call(self, call: tree.Call) -> Function:
        keywords = dict(call.keywords)
        where, since = keywords.get("where"), keywords.get("since")
        condition = tree.Expression(f"where of {call.name}()", where, where.span) if where is not None else None
        name = call.args[0]
        assert isinstance(name, tree.Const)
        events = self.project.plan.expand(name.value)
        # Both can make metrics, which take slots of their own: the call's slot is numbered after them.
        compiled_where = compile_condition(condition, "", self) if condition is not None else None
        compiled_since = compile_bare(since, self) if since is not None else None
        history_call = compile_history_call(
            call,
            len(self.slot_owners),
            events,
            compiled_where,
            compiled_since,
            since_entry="of" in keywords or (since is not None and tree.path_of(since) in self.entry_instants),
            zone=self.zone,
        )
        self._call_slots[call] = len(self.slot_owners)
        self.slot_owners.append(history_call.history)
        for event in events:
            self.histories.setdefault(event, []).append(history_call.history)
        return history_call.read


def _is_plain(definition: Definition) -> bool:
    """Whether the value that an event gives is read as quickly as it is remembered: no value, or one property."""
    value = definition.value.root if definition.value is not None else None
    path = tree.path_of(value) if value is not None else ()
    return definition.where is None and (value is None or (path is not None and len(path) == 2 and path[0] == "event"))


def _root(expression: tree.Expression | None) -> tree.Expr | None:
    return None if expression is None else expression.root


def _first_counts(definition: Definition) -> bool:
    """Whether only the first event counts, each has a value, and no event can leave a warning."""
    return (
        definition.kind == "first"
        and definition.within is None
        and definition.where is None
        and definition.by is None
        and definition.value is not None
        and tree.path_of(definition.value.root) == ("event", "timestamp")
    )
