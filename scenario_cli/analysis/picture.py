"""A scenario as boxes and arrows with their words, ends and scenario-wide transitions included. Draws nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from scenario_cli.analysis import labels
from scenario_cli.model.results import EdgeCount
from scenario_cli.model.scenario import Scenario, State, Target
from scenario_cli.model.source import Position

START, ANYWHERE = "(start)", "(anywhere)"  # no state is called so: names have no brackets

NodeKind = Literal["start", "anywhere", "state", "end"]
ArrowKind = Literal["enter", "on", "when", "after", "choose", "split", "next", "goal", "end"]


@dataclass(frozen=True, slots=True)
class Node:
    """A state, an end, where journeys start, or (`anywhere`) what holds in every state. `lines` say what it does."""

    name: str
    kind: NodeKind
    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrow:
    """One way from a node to another. `contacts` took it `times` times; None where nobody counted."""

    source: str
    target: str
    kind: ArrowKind
    label: str
    place: Position | None = None
    outcome: str = ""
    contacts: int | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """Nodes in the order written, ends last; arrows in the order of their sources. `note` says what was counted."""

    scenario: str
    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    note: str = ""


def picture(scenario: Scenario) -> Picture:
    arrows = [Arrow(START, scenario.first.name, "enter", _entries(scenario)), *_anywhere(scenario)]
    notes = _notes(scenario)
    for state in scenario.states.values():
        arrows += _state(state)
    nodes = [Node(START, "start", "")]
    if notes or any(arrow.source == ANYWHERE for arrow in arrows):
        nodes.append(Node(ANYWHERE, "anywhere", "in every state", notes))
    nodes += [Node(state.name, "state", state.name, _lines(state)) for state in scenario.states.values()]
    ends = dict.fromkeys(arrow.target for arrow in arrows if arrow.target.startswith(_END))
    nodes += [Node(name, "end", name.removeprefix(_END)) for name in ends]
    return Picture(scenario.name, scenario.title, tuple(nodes), tuple(arrows))


def counted(drawn: Picture, contacts: Mapping[EdgeCount, int], times: Mapping[EdgeCount, int], note: str) -> Picture:
    """The picture with the counts of a replay on every arrow; a way that nobody took has 0."""
    found = []
    for arrow in drawn.arrows:
        source = {START: "", ANYWHERE: "*"}.get(arrow.source, arrow.source)
        way = EdgeCount(drawn.scenario, source, arrow.place, arrow.outcome)
        found.append(replace(arrow, contacts=contacts.get(way, 0), times=times.get(way, 0)))
    return replace(drawn, arrows=tuple(found), note=note)


_END = "end:"


def _entries(scenario: Scenario) -> str:
    entries = " or ".join(map(labels.trigger_label, scenario.triggers))
    return entries + (f", {labels.audience_label(scenario.audience)}" if scenario.audience is not None else "")


def _arrow(source: str, target: Target, kind: ArrowKind, label: str) -> Arrow:
    to = target.state or f"{_END}{target.outcome}"
    return Arrow(source, to, kind, label, target.span.place, target.outcome or "")


def _anywhere(scenario: Scenario) -> Iterator[Arrow]:
    goal = scenario.goal
    if goal is not None and goal.ends is not None:
        to = f"{_END}{goal.ends}"
        yield Arrow(ANYWHERE, to, "goal", labels.goal_label(goal), goal.span.place, goal.ends)
    for transition in scenario.on:
        if transition.target is not None:
            yield _arrow(ANYWHERE, transition.target, "on", labels.transition_label(transition))
    for branch in scenario.when:
        yield _arrow(ANYWHERE, branch.target, "when", labels.when_label(branch))


def _notes(scenario: Scenario) -> tuple[str, ...]:
    """What holds in every state and leads nowhere."""
    goal = scenario.goal
    measured = [f"{labels.goal_label(goal)} (measured)"] if goal is not None and goal.ends is None else []
    return (*measured, *(labels.stays_label(one) for one in scenario.on if one.target is None))


def _state(state: State) -> Iterator[Arrow]:
    for transition in state.on:
        if transition.target is not None:
            yield _arrow(state.name, transition.target, "on", labels.transition_label(transition))
    for branch in state.when:
        yield _arrow(state.name, branch.target, "when", labels.when_label(branch))
    for timeout in state.after:
        yield _arrow(state.name, timeout.target, "after", labels.timeout_label(timeout))
        for way, why in ((timeout.if_past, "past"), (timeout.if_missing, "missing")):
            if isinstance(way, Target):
                yield _arrow(state.name, way, "after", labels.fallback_label(timeout, why))
    for branch in state.choose:
        yield _arrow(state.name, branch.target, "choose", labels.choice_label(branch))
    if state.split is not None:
        total = sum(weight for _, weight in state.split.arms)
        for target, weight in state.split.arms:
            yield _arrow(state.name, target, "split", labels.share_label(weight, total))
    if state.next is not None:
        yield _arrow(state.name, state.next, "next", "")
    if state.end is not None:
        yield Arrow(state.name, f"{_END}{state.end.text}", "end", "", None, state.end.text)


def _lines(state: State) -> tuple[str, ...]:
    stays = (labels.stays_label(one) for one in state.on if one.target is None)
    return (*labels.happens_labels(state.update, state.emit), *map(labels.send_label, state.send), *stays)
