"""The origin of the values that a scenario reads: through captures, loops, metrics, segments and tables, back to
properties of events and attributes of the profile. Runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Literal as Kind

from scenario_cli.model.expression import (
    Attr,
    Binary,
    Call,
    Const,
    Expr,
    Expression,
    Filter,
    IfElse,
    Item,
    Ref,
    Slice,
    Value,
    children,
)
from scenario_cli.model.metrics import Aggregate
from scenario_cli.model.project import Project
from scenario_cli.model.sites import metric_sites
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.variables import EACH, Path, dotted
from scenario_cli.model.vocabulary import FUNCTIONS
from scenario_cli.model.wait_grammar import WaitError, parse_window


@dataclass(frozen=True, slots=True)
class Datum:
    """A piece of data. `owner` is the event of a property, the table of a column, else empty; `name` can have dots."""

    kind: Kind["property", "attribute", "metric", "segment", "table", "column", "constant"]
    name: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class CountedEvent:
    """An event that metrics or history calls count. `window` is in microseconds (None: no limit)."""

    event: str
    window: int | None
    since: bool
    by: str


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A value in the data: its beginning, and the keys from there. A `collected` list holds whole events.

    Ordered, so that results do not depend on the order of a set.
    """

    kind: Kind["event", "collected", "contact", "metric", "segment", "table", "const"]
    owner: str = ""
    path: Path = ()


Sources = frozenset[Source]
NOTHING: Sources = frozenset()

_KEEPS_ELEMENTS = frozenset({"list", "sort", "unique", "reverse", "select", "reject", "selectattr", "rejectattr"})
_PICKS = frozenset({"first", "last", "min", "max"})


def events_source(names: Iterable[str]) -> Sources:
    return frozenset(Source("event", name) for name in names)


@dataclass(slots=True)
class Lineage:
    """Follows values and records every datum that it reads on the way under `use`: `uses` has the uses of each datum.

    `counted` are the events that metrics and history calls look back at.
    """

    project: Project
    use: str = ""
    uses: dict[Datum, dict[str, None]] = field(default_factory=dict)
    counted: dict[CountedEvent, None] = field(default_factory=dict)
    noting: bool = True
    entered: set[tuple[str, str]] = field(default_factory=set)

    def expression(self, value: Value | None, names: Mapping[str, Sources], use: str) -> Sources:
        """The sources of a value; records the data that it reads, used for `use`."""
        if not isinstance(value, Expression):
            return NOTHING
        before, self.use = self.use, use
        sources = self.whole_expression(value, names)
        self.use = before
        return sources

    def whole_expression(self, value: Expression, names: Mapping[str, Sources]) -> Sources:
        """The sources of an expression. Notes its constants, which the tree has as values."""
        for reference in value.names:
            owner, _, name = reference.name.partition(".")
            if owner == "const":
                self.note(Datum("constant", name))
        return self.trace(value.root, names)

    def origin(self, value: Value, names: Mapping[str, Sources]) -> Sources:
        """The sources of a captured value. Records nothing, because the value is read at the places of its name."""
        if not isinstance(value, Expression):
            return NOTHING
        quiet = Lineage(self.project, noting=False)
        return quiet.trace(value.root, names)

    def variable(self, path: Path, names: Mapping[str, Sources], use: str) -> None:
        """Records a path that a template reads."""
        before, self.use = self.use, use
        sources = self.name(path[0], names)
        for key in path[1:]:
            sources = self.elements(sources) if key == EACH else self.key(sources, key)
        self.use = before

    def note(self, datum: Datum) -> None:
        if self.noting:
            self.uses.setdefault(datum, {})[self.use] = None

    def count(self, name: str, window: int | None, since: bool) -> None:
        if self.noting:
            for event in self.project.plan.expand(name):
                self.counted[CountedEvent(event, window, since, self.use)] = None

    def trace(self, node: Expr, names: Mapping[str, Sources]) -> Sources:
        match node:
            case Ref():
                return self.name(node.name, names)
            case Attr():
                return self.key(self.trace(node.base, names), node.name)
            case Item():
                base = self.trace(node.base, names)
                self.trace(node.index, names)
                key = node.index.value if isinstance(node.index, Const) else None
                return self.key(base, key) if isinstance(key, str) else self.elements(base)
            case Slice():
                return self.trace(node.base, names)
            case Filter():
                return self.filter(node, names)
            case IfElse():
                self.trace(node.test, names)
                alternative = self.trace(node.otherwise, names) if node.otherwise is not None else NOTHING
                return self.trace(node.then, names) | alternative
            case Binary(op="and" | "or"):
                return self.trace(node.left, names) | self.trace(node.right, names)
            case Call():
                return self.call(node, names)
        for child in children(node):
            self.trace(child, names)
        return NOTHING

    def name(self, name: str, names: Mapping[str, Sources]) -> Sources:
        if name in names:
            return frozenset(self._captured_source(source) for source in sorted(names[name]))
        match name:
            case "contact" | "metric" | "segment" | "const":
                return frozenset({Source(name)})
        return NOTHING

    def _captured_source(self, source: Source) -> Source:
        """Records a captured property or attribute. It is read at the places of its name."""
        if source.path and source.kind == "event":
            return self._property(source)
        return self._attribute(source) if source.path and source.kind == "contact" else source

    def key(self, base: Sources, key: str) -> Sources:
        return frozenset(followed for source in sorted(base) for followed in self._key(source, key))

    def _key(self, source: Source, key: str) -> Iterator[Source]:
        match source.kind:
            case "event" if not source.path:
                event = self.project.plan.events.get(source.owner)
                if key == "properties":
                    yield source
                elif event is not None and key in event.properties:
                    yield self._property(Source("event", source.owner, (key,)))
            case "event":
                yield self._property(Source("event", source.owner, (*source.path, key)))
            case "contact":
                yield self._attribute(Source("contact", "", (*source.path, key)))
            case "metric":
                self._metric(key)
            case "segment":
                self._segment(key)
            case "const" if key in self.project.constants:
                self.note(Datum("constant", key))
            case "table":
                self.note(Datum("column", key, source.owner))

    def elements(self, base: Sources) -> Sources:
        """The sources of the elements of lists."""
        sources = set()
        for source in base:
            if source.kind == "collected":
                sources.add(Source("event", source.owner))
            elif source.kind in ("event", "contact") and source.path:
                sources.add(Source(source.kind, source.owner, (*source.path, EACH)))
        return frozenset(sources)

    def _property(self, source: Source) -> Source:
        if self.project.plan.events[source.owner].profile and source.path[0] in self.project.plan.profile:
            self.note(Datum("attribute", source.path[0]))
        else:
            for end, key in enumerate(source.path, 1):  # an inner value needs its outer value
                if key != EACH:
                    self.note(Datum("property", dotted(source.path[:end]), source.owner))
        return source

    def _attribute(self, source: Source) -> Source:
        if source.path[0] in self.project.plan.profile:
            self.note(Datum("attribute", source.path[0]))
        return source

    def _metric(self, name: str) -> None:
        metric = self.project.metrics.get(name)
        if metric is None:
            return
        self.note(Datum("metric", name))
        if not self._enter("metric", name):
            return
        before, self.use = self.use, f"metric {name}"
        if isinstance(metric.definition, Aggregate):
            self.count(metric.definition.event.text, metric.definition.within, False)
        for site in metric_sites(metric):
            if site.expression is not None:
                plan = self.project.plan
                names = {"event": events_source(plan.expand(site.event.text))} if site.event is not None else {}
                self.whole_expression(site.expression, names)
        self.use = before

    def _segment(self, name: str) -> None:
        segment = self.project.segments.get(name)
        if segment is None:
            return
        self.note(Datum("segment", name))
        if self._enter("segment", name):
            before, self.use = self.use, f"segment {name}"
            self.whole_expression(segment.condition, {})
            self.use = before

    def _enter(self, kind: str, name: str) -> bool:
        """Whether the sources of a metric or segment must still be recorded."""
        fresh = self.noting and (kind, name) not in self.entered
        self.entered.add((kind, name))
        return fresh

    def segment(self, name: str, use: str) -> None:
        """Records a segment that is named outside expressions."""
        before, self.use = self.use, use
        self._segment(name)
        self.use = before

    def filter(self, node: Filter, names: Mapping[str, Sources]) -> Sources:
        base = self.trace(node.base, names)
        paths = [value for name, value in node.keywords if name == "attribute"]
        paths += node.args[:1] if node.name in ("selectattr", "rejectattr", "groupby", "sum") else []
        mapped: Sources = NOTHING
        for argument in paths:
            if isinstance(argument, Const) and isinstance(argument.value, str):
                mapped = self.elements(base)
                for key in argument.value.split("."):
                    mapped = self.key(mapped, key)
        rest = NOTHING
        for arg in (*node.args, *(value for _, value in node.keywords)):
            rest |= self.trace(arg, names)
        if node.name in ("default", "d"):
            return base | rest
        if node.name in _KEEPS_ELEMENTS:
            return base
        return self.elements(base) if node.name in _PICKS else NOTHING

    def call(self, node: Call, names: Mapping[str, Sources]) -> Sources:
        function = FUNCTIONS.get(node.name)
        first = node.args[0] if node.args else None
        named_args = dict(node.keywords)
        if function is not None and function.history:
            return self._history(node.name, first, named_args, names)
        if node.name == "lookup" and isinstance(first, Const) and isinstance(first.value, str):
            self.note(Datum("table", first.value))
            for arg in node.args[1:]:
                self.trace(arg, names)
            return frozenset({Source("table", first.value)})
        traced = [
            self.trace(arg, names)
            for index, arg in enumerate(node.args)
            if function is None or index != function.per_item
        ]
        if function is not None and function.per_item is not None and traced:
            self.trace(node.args[function.per_item], {**names, "item": self.elements(traced[0])})
            return traced[0] if node.name == "filter" else NOTHING
        return NOTHING

    def _history(
        self, name: str, first: Expr | None, named_args: Mapping[str, Expr], names: Mapping[str, Sources]
    ) -> Sources:
        event_name = first.value if isinstance(first, Const) and isinstance(first.value, str) else ""
        past = events_source(self.project.plan.expand(event_name))
        self.count(event_name, _window(named_args.get("within")), "since" in named_args)
        if "since" in named_args:
            self.trace(named_args["since"], names)
        if "where" in named_args:
            self.trace(named_args["where"], {**names, "past": past})
        return past if name == "last" else NOTHING


def _window(node: Expr | None) -> int | None:
    if not isinstance(node, Const) or not isinstance(node.value, str):
        return None
    try:
        return parse_window(node.value).elapsed
    except WaitError:
        return None
