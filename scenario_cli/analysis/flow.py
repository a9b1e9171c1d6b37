"""The states of a scenario in the order of its flow: the main line and its branches. Runs nothing.

The main line has the states that every journey passes that reaches the last of them. Ends are not branches: a journey
that ends leaves the flow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scenario_cli.analysis.labels import exit_label
from scenario_cli.model.exits import Exit, common_exits, own_exits
from scenario_cli.model.scenario import Scenario, State
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A state. On a branch, `source` and `exit` are the exit to it: `worth_an_offer`, `if cart.total >= 80`."""

    state: str
    is_main: bool
    source: str = ""
    exit: str = ""


def flow(scenario: Scenario) -> tuple[Step, ...]:
    """Every state once: no state before the main state it follows, branches after the state that they leave."""
    onward = {state.name: _onward(state) for state in scenario.states.values()}
    every = {name: [*exits, *_asides(scenario, name, exits)] for name, exits in onward.items()}
    order = _in_order(scenario, every)
    main = _main_line(scenario.first.name, onward)
    steps = []
    for place, name in enumerate(order):
        if name in main:
            steps.append(Step(name, True))
            continue
        source, label = _exit_to(name, order[:place], every, scenario)
        steps.append(Step(name, False, source, label))
    return tuple(steps)


def _leading(exits: Sequence[Exit]) -> list[Exit]:
    return [exit_ for exit_ in exits if exit_.state is not None]


def _onward(state: State) -> list[Exit]:
    """The exits that a journey takes by itself; for a state with only event exits, these."""
    leading = [exit_ for exit_ in _leading(own_exits(state)) if exit_.state != state.name]
    return [exit_ for exit_ in leading if exit_.kind != "on"] or leading


def _asides(scenario: Scenario, name: str, onward: Sequence[Exit]) -> list[Exit]:
    """The other exits of a state. Exits of every state count as exits of the first."""
    own = [exit_ for exit_ in _leading(own_exits(scenario.states[name])) if exit_ not in onward]
    return [*own, *(_leading(common_exits(scenario)) if name == scenario.first.name else [])]


def _in_order(scenario: Scenario, exits: Mapping[str, Sequence[Exit]]) -> list[str]:
    """Reverse postorder: a state is after those that lead to it, unless there is a cycle. Exits are followed last to
    first, so that branches are in the order written. Unreachable states come last.
    """
    visited: set[str] = set()
    order: list[str] = []

    for start in (scenario.first.name, *scenario.states):
        postorder: list[str] = []
        waiting = [(start, False)]
        while waiting:
            name, is_done = waiting.pop()
            if is_done:
                postorder.append(name)
            elif name not in visited and name in scenario.states:
                visited.add(name)
                waiting.append((name, True))
                waiting += [(exit_.state, False) for exit_ in exits[name] if exit_.state is not None]
        order += reversed(postorder)
    return order


def _main_line(first: str, onward: Mapping[str, Sequence[Exit]]) -> set[str]:
    """The states without which no path leads from the first state to the end of the flow."""
    ahead = _without_circles(first, onward)
    return {name for name in ahead if name == first or not _stops(first, ahead, without=name)}


def _without_circles(first: str, onward: Mapping[str, Sequence[Exit]]) -> dict[str, list[str]]:
    """The states that the flow reaches, each with those that follow; exits back to an earlier state are left out."""
    ahead: dict[str, list[str]] = {}
    path: list[str] = []

    def visit(name: str) -> None:
        path.append(name)
        ahead[name] = []
        for exit_ in onward[name]:
            if exit_.state is not None and exit_.state in onward and exit_.state not in path:
                ahead[name].append(exit_.state)
                if exit_.state not in ahead:
                    visit(exit_.state)
        path.pop()

    visit(first)
    return ahead


def _stops(first: str, ahead: Mapping[str, Sequence[str]], without: str) -> bool:
    """Whether an exit leads to the end of the flow past a state."""
    visited = {first}
    waiting = [first]
    for name in waiting:  # grows while it is walked
        if not ahead[name]:
            return True
        fresh = [following for following in ahead[name] if following != without and following not in visited]
        visited.update(fresh)
        waiting += fresh
    return False


def _exit_to(
    name: str, before: Sequence[str], exits: Mapping[str, Sequence[Exit]], scenario: Scenario
) -> tuple[str, str]:
    """The nearest earlier state that leads to a state, and its exit; exits of every state have no source."""
    common = common_exits(scenario)
    for source in reversed(before):
        for exit_ in exits[source]:
            if exit_.state == name:
                return ("" if exit_ in common else source), exit_label(exit_)
    return "", ""
