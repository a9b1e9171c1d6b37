"""Coverage of scenarios by test cases: states, transitions, branches and messages gone through. Runs nothing.

It reads the records of a traced program (`Looked`): a transition or branch was taken where it was looked at and held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scenario_cli.analysis.labels import written_label
from scenario_cli.model.case_run import CaseRun
from scenario_cli.model.exits import Exit, ExitKind, common_exits, own_exits
from scenario_cli.model.records import Looked, Moved
from scenario_cli.model.scenario import Message, Scenario
from scenario_cli.model.source import Span
from scenario_cli.model.triggers import called

KINDS = ("states", "transitions", "branches", "messages")

# The trace that a case leaves of an element: a state by name, a place by its span, an arm, a message.
Mark = tuple[str, str, str, object]


@dataclass(frozen=True, slots=True)
class Element:
    """A part that a case can go through. `state` is empty for what holds in every state; `text` describes it."""

    kind: str
    scenario: str
    state: str
    text: str
    span: Span
    mark: Mark


@dataclass(frozen=True, slots=True)
class Coverage:
    """One scenario's elements, and those that no case went through."""

    scenario: str
    elements: tuple[Element, ...]
    missed: tuple[Element, ...]

    def count(self, kind: str) -> tuple[int, int]:
        """The number of elements of a kind that were reached, and of all."""
        total = sum(one.kind == kind for one in self.elements)
        return total - sum(one.kind == kind for one in self.missed), total


def share(coverages: Iterable[Coverage]) -> float:
    """The share of all elements that were gone through, in percent; 100 where there are none."""
    total = missed = 0
    for one in coverages:
        total += len(one.elements)
        missed += len(one.missed)
    return 100 * (total - missed) / total if total else 100.0


def coverage(scenarios: Iterable[Scenario], runs: Iterable[CaseRun]) -> list[Coverage]:
    gone = {mark for run in runs for mark in _marks(run)}
    found = []
    for scenario in scenarios:
        elements = tuple(_elements(scenario))
        found.append(Coverage(scenario.name, elements, tuple(one for one in elements if one.mark not in gone)))
    return found


def _marks(run: CaseRun) -> Iterator[Mark]:
    for one in run.story:
        if isinstance(one, Looked):
            if one.held:
                yield "place", one.scenario, one.state, one.place
                yield "place", one.scenario, "", one.place  # where it holds in every state, in whichever it did
        elif isinstance(one, Moved):
            yield "state", one.scenario, one.target, ""
            if one.kind == "split":
                yield "arm", one.scenario, one.source, one.target
    for played in run.messages:
        if not played.reason:
            asked = played.asked
            yield "message", asked.scenario, asked.state, (asked.channel, asked.template)
            yield "message", asked.scenario, "", (asked.channel, asked.template)


def _elements(scenario: Scenario) -> Iterator[Element]:
    name = scenario.name
    for trigger in scenario.triggers:
        yield _placed("transitions", name, "", f"trigger {called(trigger)}", trigger.span)
    if scenario.goal is not None:
        ends = f" -> end {scenario.goal.ends}" if scenario.goal.ends is not None else ""
        yield _placed("transitions", name, "", f"goal {scenario.goal.event}{ends}", scenario.goal.span)
    yield from _exits(name, "", common_exits(scenario))
    for one in scenario.on:
        yield from _sent(name, "", one.messages)
    for state in scenario.states.values():
        yield Element("states", name, state.name, "never entered", state.span, ("state", name, state.name, ""))
        yield from _sent(name, state.name, state.asked)
        yield from _exits(name, state.name, own_exits(state))


def _sent(scenario: str, state: str, messages: Iterable[Message]) -> Iterator[Element]:
    for message in messages:
        channel, template = message.channel.text, message.template.text
        sent: Mark = ("message", scenario, state, (channel, template))
        yield Element("messages", scenario, state, f"{channel} {template} never sent", message.span, sent)


# Branches come before the transitions of a state; its `end` and the goal are elements of other kinds.
_LISTED: tuple[ExitKind, ...] = ("choose", "split", "next", "on", "when", "after")


def _exits(scenario: str, state: str, exits: Iterable[Exit]) -> Iterator[Element]:
    for one in sorted((one for one in exits if one.kind in _LISTED), key=lambda one: _LISTED.index(one.kind)):
        kind = "branches" if one.kind in ("choose", "split") else "transitions"
        if one.kind == "split":
            drawn: Mark = ("arm", scenario, state, one.state or "")
            yield Element(kind, scenario, state, written_label(one), one.span, drawn)
        else:
            yield _placed(kind, scenario, state, written_label(one), one.span)


def _placed(kind: str, scenario: str, state: str, text: str, span: Span) -> Element:
    return Element(kind, scenario, state, text, span, ("place", scenario, state, span))
