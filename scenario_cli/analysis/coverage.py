"""Coverage of scenarios by test cases: states, transitions, branches and messages gone through. Runs nothing.

It reads the records of a traced program (`Looked`): a transition or branch was taken if it was checked and held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scenario_cli.analysis.labels import written_label
from scenario_cli.model.case_run import CaseRun
from scenario_cli.model.exits import Exit, ExitKind, common_exits, own_exits
from scenario_cli.model.records import Looked, Moved
from scenario_cli.model.scenario import Scenario, Sending
from scenario_cli.model.source import Span
from scenario_cli.model.triggers import called
from scenario_cli.model.value_class import dataclass

KINDS = ("states", "transitions", "branches", "messages")

# The trace that a case leaves of an element: a state by name, a place by its span, an arm, a message.
Mark = tuple[str, str, str, object]


@dataclass(frozen=True, slots=True)
class Element:
    """A part that a case can go through. `state` is empty for parts that apply in every state; `text` describes it."""

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
        total = sum(element.kind == kind for element in self.elements)
        return total - sum(element.kind == kind for element in self.missed), total


def share(coverages: Iterable[Coverage]) -> float:
    """The share of all elements that were gone through, in percent; 100 if there are none."""
    total = missed = 0
    for part in coverages:
        total += len(part.elements)
        missed += len(part.missed)
    return 100 * (total - missed) / total if total else 100.0


def coverage(scenarios: Iterable[Scenario], runs: Iterable[CaseRun]) -> list[Coverage]:
    marks = {mark for run in runs for mark in _marks(run)}
    coverages = []
    for scenario in scenarios:
        elements = tuple(_elements(scenario))
        coverages.append(
            Coverage(scenario.name, elements, tuple(element for element in elements if element.mark not in marks))
        )
    return coverages


def _marks(run: CaseRun) -> Iterator[Mark]:
    for record in run.story:
        if isinstance(record, Looked):
            if record.held:
                yield "place", record.scenario, record.state, record.place
                yield "place", record.scenario, "", record.place  # a part of every state counts in any state
        elif isinstance(record, Moved):
            yield "state", record.scenario, record.target, ""
            if record.kind == "split":
                yield "arm", record.scenario, record.source, record.target
    for played in run.messages:
        if not played.reason:
            message = played.request
            yield "message", message.scenario, message.state, (message.channel, message.template)
            yield "message", message.scenario, "", (message.channel, message.template)


def _elements(scenario: Scenario) -> Iterator[Element]:
    name = scenario.name
    for trigger in scenario.triggers:
        yield _placed("transitions", name, "", f"trigger {called(trigger)}", trigger.span)
    if scenario.goal is not None:
        ends = f" -> end {scenario.goal.ends}" if scenario.goal.ends is not None else ""
        yield _placed("transitions", name, "", f"goal {scenario.goal.event}{ends}", scenario.goal.span)
    yield from _exits(name, "", common_exits(scenario))
    yield from _sent(name, "", scenario.common_sendings)
    for state in scenario.states.values():
        yield Element("states", name, state.name, "never entered", state.span, ("state", name, state.name, ""))
        yield from _sent(name, state.name, state.sendings)
        yield from _exits(name, state.name, own_exits(state))


def _sent(scenario: str, state: str, sendings: Iterable[Sending]) -> Iterator[Element]:
    for message in (message for sending in sendings for message in sending.messages):
        channel, template = message.channel.text, message.template.text
        sent: Mark = ("message", scenario, state, (channel, template))
        yield Element("messages", scenario, state, f"{channel} {template} never sent", message.span, sent)


# Branches come before the transitions of a state; its `end` and the goal are elements of other kinds.
_LISTED: tuple[ExitKind, ...] = ("choose", "split", "next", "on", "when", "after")


def _exits(scenario: str, state: str, exits: Iterable[Exit]) -> Iterator[Element]:
    for exit_ in sorted(
        (exit_ for exit_ in exits if exit_.kind in _LISTED), key=lambda exit_: _LISTED.index(exit_.kind)
    ):
        kind = "branches" if exit_.kind in ("choose", "split") else "transitions"
        if exit_.kind == "split":
            mark: Mark = ("arm", scenario, state, exit_.state or "")
            yield Element(kind, scenario, state, written_label(exit_), exit_.span, mark)
        else:
            yield _placed(kind, scenario, state, written_label(exit_), exit_.span)


def _placed(kind: str, scenario: str, state: str, text: str, span: Span) -> Element:
    return Element(kind, scenario, state, text, span, ("place", scenario, state, span))
