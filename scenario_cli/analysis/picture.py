"""A scenario as boxes and arrows with their words, ends and scenario-wide transitions included. Draws nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from scenario_cli.analysis import labels
from scenario_cli.model.exits import Exit, ExitKind, common_exits, own_exits
from scenario_cli.model.results import EdgeCount
from scenario_cli.model.scenario import Scenario, State
from scenario_cli.model.source import Position
from scenario_cli.model.value_class import dataclass

START, ANYWHERE = "(start)", "(anywhere)"  # no state is called so: names have no brackets

NodeKind = Literal["start", "anywhere", "state", "end"]
ArrowKind = ExitKind | Literal["enter"]


@dataclass(frozen=True, slots=True)
class Node:
    """A state, an end, where journeys start, or (`anywhere`) the settings of every state. `lines` list its actions."""

    name: str
    kind: NodeKind
    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow from a node to another. `contacts` took it `times` times; None if nobody counted."""

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
    """Nodes in the order written, ends last; arrows in the order of their sources. `note` names the counted log."""

    scenario: str
    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    note: str = ""


def picture(scenario: Scenario) -> Picture:
    arrows = [Arrow(START, scenario.first.name, "enter", labels.entry_label(scenario)), *_anywhere(scenario)]
    notes = _notes(scenario)
    for state in scenario.states.values():
        arrows += [_arrow(state.name, exit_) for exit_ in own_exits(state) if exit_.target is not None]
    nodes = [Node(START, "start", "")]
    if notes or any(arrow.source == ANYWHERE for arrow in arrows):
        nodes.append(Node(ANYWHERE, "anywhere", "in every state", notes))
    nodes += [Node(state.name, "state", state.name, _lines(state)) for state in scenario.states.values()]
    ends = dict.fromkeys(arrow.target for arrow in arrows if arrow.target.startswith(_END))
    nodes += [Node(name, "end", name.removeprefix(_END)) for name in ends]
    return Picture(scenario.name, scenario.title, tuple(nodes), tuple(arrows))


def counted(base: Picture, contacts: Mapping[EdgeCount, int], times: Mapping[EdgeCount, int], note: str) -> Picture:
    """The picture with the counts of a replay on every arrow; an arrow without journeys has 0."""
    arrows = []
    for arrow in base.arrows:
        source = {START: "", ANYWHERE: "*"}.get(arrow.source, arrow.source)
        edge = EdgeCount(base.scenario, source, arrow.place, arrow.outcome)
        arrows.append(replace(arrow, contacts=contacts.get(edge, 0), times=times.get(edge, 0)))
    return replace(base, arrows=tuple(arrows), note=note)


_END = "end:"


def _arrow(source: str, exit_: Exit) -> Arrow:
    target = exit_.state or f"{_END}{exit_.outcome}"
    position = exit_.target.span.position if exit_.target is not None and exit_.kind != "end" else None
    return Arrow(source, target, exit_.kind, labels.exit_label(exit_), position, exit_.outcome or "")


def _anywhere(scenario: Scenario) -> Iterator[Arrow]:
    """The arrows of every state, the goal's first."""
    leading = (exit_ for exit_ in common_exits(scenario) if exit_.target is not None)
    yield from (_arrow(ANYWHERE, exit_) for exit_ in sorted(leading, key=lambda exit_: exit_.kind != "goal"))


def _notes(scenario: Scenario) -> tuple[str, ...]:
    """Lines for the parts that apply in every state and lead nowhere."""
    goal = scenario.goal
    clock = [labels.clock_label(scenario)] if scenario.on_project_clock else []
    measured = [f"{labels.goal_label(goal)} (measured)"] if goal is not None and goal.ends is None else []
    return (
        *clock,
        *measured,
        *(labels.stays_label(transition) for transition in scenario.on if transition.target is None),
    )


def _lines(state: State) -> tuple[str, ...]:
    stays = (labels.stays_label(transition) for transition in state.on if transition.target is None)
    frees = ("lets others of its key in",) if state.frees_key else ()
    return (*labels.happens_labels(state.update, state.emit), *map(labels.send_label, state.send), *frees, *stays)
