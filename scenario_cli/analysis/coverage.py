"""Which states, transitions, branches and messages of scenarios any test case went through. Runs nothing.

It reads the records of a traced program (`Looked`): a transition or branch was taken where it was looked at and held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scenario_cli.model.case_run import CaseRun
from scenario_cli.model.records import Looked, Moved
from scenario_cli.model.scenario import Scenario, State, Target, Transition
from scenario_cli.model.source import Span
from scenario_cli.model.triggers import called

KINDS = ("states", "transitions", "branches", "messages")

# What a case goes through, as it is recorded: a state by name, a place by its span, an arm, a message.
Mark = tuple[str, str, str, object]


@dataclass(frozen=True, slots=True)
class Element:
    """Something that a case can go through. `state` is empty for what holds in every state; `text` tells of it."""

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
        """How many elements of a kind were gone through, and how many there are."""
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
            if one.what.startswith("split "):
                yield "arm", one.scenario, one.source, one.target
    for played in run.messages:
        if not played.reason:
            asked = played.asked
            yield "message", asked.scenario, asked.state, (asked.channel, asked.template)


def _elements(scenario: Scenario) -> Iterator[Element]:
    name = scenario.name
    for trigger in scenario.triggers:
        yield _placed("transitions", name, "", f"trigger {called(trigger)}", trigger.span)
    if scenario.goal is not None:
        ends = f" -> end {scenario.goal.ends}" if scenario.goal.ends is not None else ""
        yield _placed("transitions", name, "", f"goal {scenario.goal.event}{ends}", scenario.goal.span)
    yield from _transitions(name, "", scenario.on)
    for branch in scenario.when:
        asked = branch.condition.source if branch.condition is not None else ""
        yield _placed("transitions", name, "", f"when {asked}{_to(branch.target)}", branch.target.span)
    for state in scenario.states.values():
        yield Element("states", name, state.name, "never entered", state.span, ("state", name, state.name, ""))
        yield from _state(name, state)


def _state(scenario: str, state: State) -> Iterator[Element]:
    for message in state.messages:
        channel, template = message.channel.text, message.template.text
        sent: Mark = ("message", scenario, state.name, (channel, template))
        yield Element("messages", scenario, state.name, f"{channel} {template} never sent", message.span, sent)
    for branch in state.choose:
        asked = branch.condition.source if branch.condition is not None else "else"
        yield _placed("branches", scenario, state.name, f"{asked}{_to(branch.target)}", branch.target.span)
    for target, _ in state.split.arms if state.split is not None else ():
        drawn: Mark = ("arm", scenario, state.name, target.state or "")
        yield Element("branches", scenario, state.name, f"split{_to(target)}", target.span, drawn)
    if state.next is not None:
        yield _placed("transitions", scenario, state.name, f"next{_to(state.next)}", state.next.span)
    yield from _transitions(scenario, state.name, state.on)
    for branch in state.when:
        asked = branch.condition.source if branch.condition is not None else ""
        yield _placed("transitions", scenario, state.name, f"when {asked}{_to(branch.target)}", branch.target.span)
    for timeout in state.after:
        asked = f" if {timeout.condition.source}" if timeout.condition is not None else ""
        text = f"after {timeout.wait.text}{asked}{_to(timeout.target)}"
        yield _placed("transitions", scenario, state.name, text, timeout.target.span)
        for word, way in (("if past", timeout.if_past), ("if missing", timeout.if_missing)):
            if isinstance(way, Target):
                text = f"after {timeout.wait.text}: {word}{_to(way)}"
                yield _placed("transitions", scenario, state.name, text, way.span)


def _transitions(scenario: str, state: str, transitions: Iterable[Transition]) -> Iterator[Element]:
    for one in transitions:
        asked = f" where {one.where.source}" if one.where is not None else ""
        to = _to(one.target) if one.target is not None else ""
        yield _placed("transitions", scenario, state, f"on {one.event}{asked}{to}", one.span)


def _placed(kind: str, scenario: str, state: str, text: str, span: Span) -> Element:
    return Element(kind, scenario, state, text, span, ("place", scenario, state, span))


def _to(target: Target) -> str:
    return f" -> {target.state}" if target.state is not None else f" -> end {target.outcome}"
