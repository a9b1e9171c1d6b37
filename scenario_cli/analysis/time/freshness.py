"""The lateness of data that a scenario tolerates before its actions change. Runs nothing.

An event can be late by a quarter of the time until the message that it causes, holds back or changes, rounded down to
one of five steps. Data that is only counted afterwards can come once a day.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator

from scenario_cli.analysis.labels import length_words
from scenario_cli.analysis.time.waiting import shortest
from scenario_cli.model.exits import exits, own_exits
from scenario_cli.model.scenario import Scenario, State, Target
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.waits import DAY, HOUR, MINUTE

STEPS = (
    (5 * MINUTE, "within 5 minutes"),
    (15 * MINUTE, "within 15 minutes"),
    (HOUR, "within an hour"),
    (6 * HOUR, "within 6 hours"),
    (DAY, "daily"),
)


@dataclass(frozen=True, slots=True, order=True)
class Freshness:
    """A step, as its place in `STEPS`, and the reason for it."""

    step: int
    why: str = ""

    @property
    def words(self) -> str:
        return STEPS[self.step][1]


DAILY = len(STEPS) - 1


def daily(reason: str) -> Freshness:
    return Freshness(DAILY, reason)


def within(time: int | None, reason: str = "") -> Freshness:
    """The freshness that a time in microseconds allows; None: it never has an effect."""
    if time is None:
        return daily(reason or "no message depends on when it comes")
    steps = [step for step, (length, _) in enumerate(STEPS) if length <= time / 4]
    default_reason = "a message leaves at once" if time == 0 else f"a message may leave {length_words(time)} later"
    return Freshness(max(steps, default=0), reason or default_reason)


class Times:
    """The shortest times of a scenario: from its states to a message, and from its entry to its states."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.to_message = _to_message(scenario)

    def onward(self, target: Target | None) -> int | None:
        """The time from a target to the next message; None if none comes."""
        return None if target is None or target.state is None else self.to_message.get(target.state)

    def race(self, states: Iterable[State]) -> int | None:
        """The time from one of these states to the next message after a wait. An event there must be earlier."""
        times = [
            shortest(exit_.wait) + onward
            for state in states
            for exit_ in own_exits(state)
            if exit_.wait is not None and exit_.fallback is None and (onward := self.onward(exit_.target)) is not None
        ]
        return min(times, default=None)


def _to_message(scenario: Scenario) -> dict[str, int]:
    """The shortest time from entering a state to something that leaves; other events do not help it along.

    If a transition sends, its event can come as soon as the state is entered.
    """
    incoming: dict[str, list[tuple[str, int]]] = {}
    for state in scenario.states.values():
        for target, time in _by_itself(scenario, state):
            incoming.setdefault(target, []).append((state.name, time))
    times: dict[str, int] = {}
    waiting = [(0, state.name) for state in scenario.states.values() if scenario.sendings_in(state)]
    heapq.heapify(waiting)
    while waiting:
        time, name = heapq.heappop(waiting)
        if name not in times:
            times[name] = time
            for source, length in incoming.get(name, ()):
                heapq.heappush(waiting, (time + length, source))
    return times


def _by_itself(scenario: Scenario, state: State) -> Iterator[tuple[str, int]]:
    """The states that a state leads to without an event, each with the least time that it takes."""
    for exit_ in exits(scenario, state):
        if exit_.event is None and exit_.state is not None:
            yield exit_.state, shortest(exit_.wait) if exit_.wait is not None and exit_.fallback is None else 0
