"""Every place of a scenario or project with a value or condition, and the values at hand there: the one walk that
scopes, readings, captures and lineage share. Evaluates nothing, and reads no template.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal as OneOf

from scenario_cli.model.expression import Expression, Value
from scenario_cli.model.memo import memoized
from scenario_cli.model.metrics import Aggregate, Metric
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Emitted, Goal, Message, Scenario, State, Timeout, Transition
from scenario_cli.model.source import Name
from scenario_cli.model.triggers import Trigger, date_of, where_of
from scenario_cli.model.value_class import dataclass

SiteKind = OneOf[
    "each", "trigger", "date", "audience", "key", "goal", "worth", "on", "set", "collect", "update", "emit", "when",
    "send", "to", "until", "with", "choose", "after", "wait", "segment", "counted", "aggregated", "formula", "cap",
]  # fmt: skip

# Sites whose value decides something.
DECIDING: frozenset[SiteKind] = frozenset(
    {"trigger", "audience", "goal", "on", "when", "send", "until", "choose", "after", "segment", "counted", "cap"}
)

# The event at hand: the trigger's, that of any trigger, a named one, the one that led into the state, none.
AtHand = OneOf["trigger", "entry", "event", "entering", "nothing"]


@dataclass(frozen=True, slots=True)
class Site:
    """One place with a value.

    - `value` is None for `collect`, which appends the event at hand to a list;
    - `state` owns the site; None for the scenario's own and the project's;
    - `name` is the capture, attribute, property or template value that it gives; `emitted` the event that is made;
    - `event` is the named event at hand, `trigger`, `transition` and `message` the part that the site belongs to;
    - `captured` are the names that the same entry into a state, or the same transition, has captured before it.
    """

    kind: SiteKind
    value: Value | None
    at_hand: AtHand = "nothing"
    state: State | None = None
    name: Name | None = None
    event: Name | None = None
    emitted: Name | None = None
    trigger: Trigger | None = None
    transition: Transition | None = None
    message: Message | None = None
    captured: frozenset[str] = frozenset()

    @property
    def expression(self) -> Expression | None:
        """The value if it must be calculated; None if it is written out."""
        return self.value if isinstance(self.value, Expression) else None

    @property
    def decides(self) -> bool:
        return self.kind in DECIDING


@memoized
def sites(scenario: Scenario) -> tuple[Site, ...]:
    """Every site of a scenario: those of its entry, those that hold in every state, then state by state."""
    return (
        *(site for trigger in scenario.triggers for site in trigger_sites(trigger)),
        *entry_sites(scenario),
        *goal_sites(scenario.goal),
        *common_sites(scenario),
        *(site for state in scenario.states.values() for site in state_sites(state)),
    )


def trigger_sites(trigger: Trigger) -> Iterator[Site]:
    if trigger.each is not None:
        yield Site("each", trigger.each, "trigger", trigger=trigger)
    if (condition := where_of(trigger)) is not None:
        yield Site("trigger", condition, "trigger", trigger=trigger)
    if (date := date_of(trigger)) is not None:
        yield Site("date", date, trigger=trigger)


def entry_sites(scenario: Scenario) -> Iterator[Site]:
    """The sites that decide on an entry, whichever trigger fires."""
    if scenario.audience is not None:
        yield Site("audience", scenario.audience, "entry")
    if scenario.key is not None:
        yield Site("key", scenario.key, "entry")


def goal_sites(goal: Goal | None) -> Iterator[Site]:
    if goal is not None and goal.where is not None:
        yield Site("goal", goal.where, "event", event=goal.event)
    if goal is not None and goal.value is not None:
        yield Site("worth", goal.value, "event", event=goal.event)


@memoized
def common_sites(scenario: Scenario) -> tuple[Site, ...]:
    """The sites of all parts that are valid in every state."""
    conditions = (branch.condition for branch in scenario.when if branch.condition is not None)
    return (*_transitions(scenario.on, None), *(Site("when", condition) for condition in conditions))


@memoized
def state_sites(state: State) -> tuple[Site, ...]:
    """The sites of a state, in the order in which a journey comes to them."""
    sending = (site for message in state.messages for site in message_sites(state, message))
    return (*arrival_sites(state), *sending, *leaving_sites(state))


@memoized
def arrival_sites(state: State) -> tuple[Site, ...]:
    """The values that are captured, updated and emitted on entering a state."""
    return tuple(_actions(Site("set", None, "entering", state), state.set, state.update, state.emit))


def message_sites(state: State, message: Message) -> Iterator[Site]:
    captured = frozenset(name.text for name, _ in state.set)
    yield from _message(Site("send", None, "entering", state, captured=captured), message)


def _message(site: Site, message: Message) -> Iterator[Site]:
    site = replace(site, kind="send", value=message.condition, message=message)
    if message.condition is not None:
        yield site
    if message.to is not None:
        yield replace(site, kind="to", value=message.to)
    if message.until is not None:
        yield replace(site, kind="until", value=message.until)
    for name, value in message.values:
        yield replace(site, kind="with", value=value, name=name)


def leaving_sites(state: State) -> Iterator[Site]:
    """The conditions, waits and transitions that lead out of a state, and the actions of its transitions."""
    captured = frozenset(name.text for name, _ in state.set)
    for branch in state.choose:
        if branch.condition is not None:
            # A message can be held, and then time leads on: the event at entry is no longer at hand.
            yield Site("choose", branch.condition, "nothing" if state.send else "entering", state, captured=captured)
    for branch in state.when:
        if branch.condition is not None:
            yield Site("when", branch.condition, "nothing", state, captured=captured)
    for timeout in state.after:
        yield from (replace(site, state=state, captured=captured) for site in _timeout(timeout))
    yield from _transitions(state.on, state)


@memoized
def capture_sites(scenario: Scenario) -> tuple[Site, ...]:
    """The sites that capture a value (`set` and `collect`): state by state, then those valid in every state."""
    by_state = (site for state in scenario.states.values() for site in state_sites(state))
    return tuple(site for site in (*by_state, *common_sites(scenario)) if site.kind in _CAPTURING)


_CAPTURING = ("set", "collect")


def project_sites(project: Project) -> Iterator[Site]:
    """The sites of segments, metrics and frequency caps."""
    for segment in project.segments.values():
        yield Site("segment", segment.condition)
    for metric in project.metrics.values():
        yield from metric_sites(metric)
    for cap in project.policy.caps:
        if cap.condition is not None:
            yield Site("cap", cap.condition)


def metric_sites(metric: Metric) -> Iterator[Site]:
    aggregate = metric.definition
    if not isinstance(aggregate, Aggregate):
        yield Site("formula", aggregate.value)
        return
    if aggregate.where is not None:
        yield Site("counted", aggregate.where, "event", event=aggregate.event)
    if aggregate.value is not None:
        yield Site("aggregated", aggregate.value, "event", event=aggregate.event)
    if aggregate.by is not None:
        yield Site("aggregated", aggregate.by, "event", event=aggregate.event)


def _timeout(timeout: Timeout) -> Iterator[Site]:
    if timeout.condition is not None:
        yield Site("after", timeout.condition)
    for value in timeout.wait.values:
        yield Site("wait", value)


def _transitions(transitions: Iterable[Transition], state: State | None) -> Iterator[Site]:
    for transition in transitions:
        site = Site("on", transition.where, "event", state, event=transition.event, transition=transition)
        if transition.where is not None:
            yield site
        yield from _actions(site, transition.set, transition.update, transition.emit, transition.collect)
        captured = frozenset(name.text for name, _ in transition.set) | (
            {transition.collect.text} if transition.collect is not None else set()
        )
        for message in transition.messages:
            yield from _message(replace(site, captured=captured), message)


def _actions(
    site: Site,
    captures: Sequence[tuple[Name, Value]],
    update: Sequence[tuple[Name, Value]],
    emit: Sequence[Emitted],
    collect: Name | None = None,
) -> Iterator[Site]:
    captured: frozenset[str] = frozenset()
    for name, value in captures:
        yield replace(site, kind="set", value=value, name=name, captured=captured)
        captured |= {name.text}
    site = replace(site, captured=captured)
    if collect is not None:
        yield replace(site, kind="collect", value=None, name=collect)
    for name, value in update:
        yield replace(site, kind="update", value=value, name=name)
    for emitted in emit:
        for name, value in emitted.values:
            yield replace(site, kind="emit", value=value, name=name, emitted=emitted.event)
