"""The scope of each expression of a scenario: the available event, the trigger, the captured values. Checks nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from scenario_cli.analysis.graph import entering_events
from scenario_cli.language.names.check import Checker
from scenario_cli.language.names.shapes import ANYTHING, Scope, of_type
from scenario_cli.model.built_in import events_of
from scenario_cli.model.expression import Expression, Literal, Value
from scenario_cli.model.memo import memoized
from scenario_cli.model.project import Project, Property
from scenario_cli.model.scenario import Scenario, entry_instants
from scenario_cli.model.sites import Site, capture_sites, project_sites, sites
from scenario_cli.model.source import Name, Span
from scenario_cli.model.triggers import Trigger
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.vocabulary import RESERVED

_NOWHERE = Span("", 1, 1, 1, 1)
_BY_TIME = "time or a condition can lead to this state"
_DATE = "a date trigger can use only the profile and metrics"
_NOT_YET = "nobody has entered yet"
_ON_TIME = "there is no event when a wait ends or a condition is checked"


@dataclass(frozen=True, slots=True)
class ScopedExpression:
    """One expression with its scope, the names that it can read; a `condition` decides something."""

    expression: Expression
    scope: Scope
    condition: bool = False


@memoized
def scopes_of(scenario: Scenario, base: Scope) -> Scopes:
    """The scopes of a scenario's expressions; each knows at least the names of `base`."""
    return Scopes(scenario, base)


class Scopes:
    """The scopes of one scenario's expressions."""

    def __init__(self, scenario: Scenario, base: Scope) -> None:
        self.scenario = scenario
        self.plan = base.plan
        self.base = replace(base, defined=frozenset(definition.name.text for definition in scenario.define))
        self.triggers = tuple(
            dict.fromkeys(event for trigger in scenario.triggers for event in events_of(trigger, base.plan))
        )
        self.entering = entering_events(scenario, base.plan)
        self.captures: dict[str, Property] = {}
        self.since_entry = frozenset(".".join(name) for name in entry_instants([scenario]))
        # None as long as captured values are added, which the scopes below know.
        self._scopes: dict[tuple[str, str], Scope] | None = None
        self.item = self._item()
        for name, value, scope in self.captured():
            if name.text in RESERVED:
                continue  # reported as such; the name keeps its own meaning
            shape = self.shape(value, scope.beside(self.captures))
            shape_before = self.captures.get(name.text)
            self.captures[name.text] = shape if shape_before is None or shape_before == shape else ANYTHING
        self._scopes = {}

    def _once(self, kind: str, name: str, make: Callable[[], Scope]) -> Scope:
        """A scope that many places share: it takes long to make."""
        if self._scopes is None:
            return make()
        if (kind, name) not in self._scopes:
            self._scopes[kind, name] = make()
        return self._scopes[kind, name]

    def quiet(self) -> Scope:
        """The scope without an event."""
        return self._once("quiet", "", self._quiet)

    def _quiet(self) -> Scope:
        return replace(
            self.base, trigger=self.triggers, events=None, why_no_event=_ON_TIME,
            names={**self.item, **self.captures}, since_entry=self.since_entry, states=tuple(self.scenario.states),
        )  # fmt: skip

    def _item(self) -> dict[str, Property]:
        """`item`, if a trigger starts a journey for each element of a list."""
        shapes = [
            Checker().shape(trigger.each.root, self.on(trigger)).items or ANYTHING
            for trigger in self.scenario.triggers
            if trigger.each is not None
        ]
        return {"item": shapes[0] if len(set(map(id, shapes))) == 1 else ANYTHING} if shapes else {}

    def on_event(self, name: str) -> Scope:
        return self._once("event", name, lambda: self.quiet().at(self.plan.expand(name)))

    def on_entering(self, state: str) -> Scope:
        events = self.entering[state]
        return self._once(
            "entering", state, lambda: self.quiet().at(None if events is None else sorted(events), _BY_TIME)
        )

    def on_trigger(self) -> Scope:
        """The scope of `audience` and `key`, at the point of entry."""
        return replace(self.base, trigger=self.triggers, events=self.triggers, names=self.item, not_entered=_NOT_YET)

    def on(self, trigger: Trigger) -> Scope:
        """The scope of a trigger's own conditions, before anybody enters."""
        events = events_of(trigger, self.plan)
        return replace(self.base, trigger=events, events=events, not_entered=_NOT_YET)

    def captured(self) -> Iterator[tuple[Name, Value, Scope]]:
        """Every value that is captured: its name, the value, and the scope in which that is read."""
        for site in capture_sites(self.scenario):
            if site.name is not None:
                yield site.name, site.value if site.value is not None else _COLLECTED, self.at(site)

    @staticmethod
    def captured_names(scenario: Scenario) -> Iterator[Name]:
        """Every name that a scenario captures, each place it does."""
        return (site.name for site in capture_sites(scenario) if site.name is not None)

    def at(self, site: Site) -> Scope:
        """The scope of a site of the scenario."""
        if site.kind == "date" and site.trigger is not None:
            return replace(self.on(site.trigger), events=None, contact_alone=_DATE)
        if site.trigger is not None:
            return self.on(site.trigger)
        if site.event is not None:
            return self.on_event(site.event.text)
        if site.at_hand == "entering" and site.state is not None:
            return self.on_entering(site.state.name)
        return self.on_trigger() if site.at_hand == "entry" else self.quiet()

    @cached_property
    def expressions(self) -> Sequence[ScopedExpression]:
        """Every expression of the scenario, each with its scope."""
        cached: dict[object, Scope] = {}  # a scope is costly to make, and many sites share one
        scoped: list[ScopedExpression] = []
        for site in sites(self.scenario):
            if site.expression is None:
                continue
            state = site.state.name if site.state is not None and site.at_hand == "entering" else ""
            key = site.at_hand, state, site.event.text if site.event is not None else "", id(site.trigger)
            if key not in cached:
                cached[key] = self.at(site)
            scoped.append(ScopedExpression(site.expression, cached[key], site.decides))
        return scoped

    def shape(self, value: Value, scope: Scope) -> Property:
        """The shape of a value in a scope, as far as it is known."""
        if isinstance(value, Expression):
            return Checker().shape(value.root, scope)
        return of_type(_SHAPES.get(type(value.value), "")) if type(value.value) in _SHAPES else ANYTHING


_COLLECTED = Literal([], _NOWHERE)
_SHAPES = {str: "string", list: "array", bool: "boolean"}


def project_expressions(project: Project, base: Scope) -> Iterator[ScopedExpression]:
    """The conditions and values of segments, metrics and caps, each with its scope."""
    for site in project_sites(project):
        scope = base
        if site.event is not None:
            scope = replace(base.at(project.plan.expand(site.event.text)), event_alone=True)
        if site.expression is not None:
            yield ScopedExpression(site.expression, scope, site.decides)
