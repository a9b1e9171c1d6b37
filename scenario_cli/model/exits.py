"""Every edge that leads out of a state, in any notation: the one walk over `on`, `when`, `after`, `choose`, `split`,
`next`, `end` and the goal. Runs nothing, and draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Literal

from scenario_cli.model.expression import Expression
from scenario_cli.model.memo import memoized
from scenario_cli.model.scenario import Branch, Goal, Scenario, Split, State, Target, Timeout, Transition
from scenario_cli.model.source import Name, Span
from scenario_cli.model.splits import stages
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.waits import Wait

ExitKind = Literal["on", "when", "after", "choose", "split", "next", "end", "goal"]

# The order in which the exits of a state are listed.
EXIT_KINDS: tuple[ExitKind, ...] = ("on", "when", "after", "choose", "split", "next", "end", "goal")

# Exits that wait neither for an event nor for time.
AT_ONCE: frozenset[ExitKind] = frozenset({"when", "choose", "split", "next", "end"})

# Exits that need nothing to happen to the contact.
UNPROMPTED: frozenset[ExitKind] = frozenset({"after", "choose", "split", "next", "end"})

# Exits that a journey takes as soon as the state is settled.
ONWARD: frozenset[ExitKind] = AT_ONCE & UNPROMPTED

_RANK = {kind: rank for rank, kind in enumerate(EXIT_KINDS)}


@dataclass(frozen=True, slots=True)
class Exit:
    """One edge out of a state.

    - `target` is None if an event is noted and the journey stays in its state;
    - `span` is the place by which records and coverage name the exit: for an event the transition's, for others the
      target's;
    - `condition` is None if there is no condition;
    - `event` and `of` belong to `on` and the goal, `transition` has the other effects of an `on`;
    - `wait` and `timeout` belong to `after`; `fallback` marks the exit of a wait whose instant is past, or whose value
      is missing. A fallback of `now` or `never` has no exit of its own;
    - `percent` is the share of contacts that an arm of a split gets, the largest if it changes by date; `shares` are
      these by the day from which they are valid, None for before the first, empty if it does not change;
    - `from_scenario`: the exit is written once and is valid in every state.
    """

    kind: ExitKind
    target: Target | None
    span: Span
    condition: Expression | None = None
    event: Name | None = None
    of: Name | None = None
    transition: Transition | None = None
    wait: Wait | None = None
    timeout: Timeout | None = None
    fallback: Literal["past", "missing"] | None = None
    percent: float = 0.0
    shares: tuple[tuple[date | None, float], ...] = ()
    from_scenario: bool = False

    @property
    def state(self) -> str | None:
        """The state it leads to; None for an end, and if the journey stays."""
        return self.target.state if self.target is not None else None

    @property
    def outcome(self) -> str | None:
        """The outcome it ends the journey with; None for a state, and if the journey stays."""
        return self.target.outcome if self.target is not None else None


def exits(scenario: Scenario, state: State) -> tuple[Exit, ...]:
    """Every exit of a state, those that hold in every state included.

    They come in the order of `EXIT_KINDS`; within a kind the state's own come first, in the order written, and each
    wait is followed by its fallbacks.
    """
    return tuple(sorted((*own_exits(state), *common_exits(scenario)), key=lambda exit_: _RANK[exit_.kind]))


@memoized
def own_exits(state: State) -> tuple[Exit, ...]:
    """The exits that are written in a state, in the order of `EXIT_KINDS`."""
    return tuple(_written_in(state))


@memoized
def common_exits(scenario: Scenario) -> tuple[Exit, ...]:
    """The exits that hold in every state, in the order of `EXIT_KINDS`. A goal that only measures is left out."""
    goal = _by_goal(scenario.goal)
    return (*_by_event(scenario.on, everywhere=True), *_by_branch("when", scenario.when, everywhere=True), *goal)


@memoized
def all_exits(scenario: Scenario) -> tuple[Exit, ...]:
    """Every exit as it is written, each once: those that are valid in every state, then each state's own."""
    own = (exit_ for state in scenario.states.values() for exit_ in own_exits(state))
    return (*common_exits(scenario), *own)


@memoized
def outcomes(scenario: Scenario) -> tuple[str, ...]:
    """Every outcome that is written in a scenario, each once."""
    return tuple(dict.fromkeys(exit_.outcome for exit_ in all_exits(scenario) if exit_.outcome is not None))


def _written_in(state: State) -> Iterator[Exit]:
    yield from _by_event(state.on)
    yield from _by_branch("when", state.when)
    for timeout in state.after:
        yield from exits_of_wait(timeout)
    yield from _by_branch("choose", state.choose)
    yield from _by_draw(state.split)
    if state.next is not None:
        yield Exit("next", state.next, state.next.span)
    if state.end is not None:
        yield Exit("end", Target(state.end.span, outcome=state.end.text), state.end.span)


def _by_event(transitions: Iterable[Transition], *, everywhere: bool = False) -> Iterator[Exit]:
    for transition in transitions:
        yield Exit(
            "on",
            transition.target,
            transition.span,
            transition.where,
            transition.event,
            transition.of,
            transition=transition,
            from_scenario=everywhere,
        )


def _by_branch(kind: ExitKind, branches: Iterable[Branch], *, everywhere: bool = False) -> Iterator[Exit]:
    for branch in branches:
        yield Exit(kind, branch.target, branch.target.span, branch.condition, from_scenario=everywhere)


def exits_of_wait(timeout: Timeout) -> Iterator[Exit]:
    """The exit of a wait, then those of its fallbacks."""
    over = Exit("after", timeout.target, timeout.target.span, timeout.condition, wait=timeout.wait, timeout=timeout)
    yield over
    if isinstance(timeout.if_past, Target):
        yield replace(over, target=timeout.if_past, span=timeout.if_past.span, fallback="past")
    if isinstance(timeout.if_missing, Target):
        yield replace(over, target=timeout.if_missing, span=timeout.if_missing.span, fallback="missing")


def _by_draw(split: Split | None) -> Iterator[Exit]:
    arms = split.arms if split is not None else ()
    by_day = stages([weight for _, weight in arms])
    for number, (target, _) in enumerate(arms):
        shares = [(stage.since, stage.share(number)) for stage in by_day]
        changes = [
            step for step, before in zip(shares, [None, *shares], strict=False) if not before or before[1] != step[1]
        ]
        yield Exit("split", target, target.span, percent=max(share for _, share in shares),
                   shares=tuple(changes) if len(changes) > 1 else ())  # fmt: skip


def _by_goal(goal: Goal | None) -> Iterator[Exit]:
    if goal is not None and goal.ends is not None:
        yield Exit("goal", Target(goal.span, outcome=goal.ends), goal.span, goal.where, goal.event, goal.of,
                   from_scenario=True)  # fmt: skip
