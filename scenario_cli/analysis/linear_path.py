"""Straight roads through a scenario: one that takes whoever is fed its events through given states, come what may.

A road keeps what states and transitions capture, update, emit and send, and drops whatever could turn a journey aside:
conditions, other ways out, the goal, entry rules. So messages can be looked at for somebody made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scenario_cli.model.built_in import events_of
from scenario_cli.model.project import TrackingPlan
from scenario_cli.model.scenario import Branch, FirstOf, Scenario, Split, State, Target, Timeout, Transition
from scenario_cli.model.source import Name
from scenario_cli.model.triggers import EventTrigger
from scenario_cli.model.waits import Duration, Wait


@dataclass(frozen=True, slots=True)
class Road:
    """A scenario with one way through, and for each of its states the events to feed there, in order.

    `events[0]` lets in; an event of state n is `events[n + 1]`, which is empty where time leads on.
    """

    scenario: Scenario
    events: tuple[tuple[str, ...], ...]


Way = Transition | Branch | Timeout | Split | Target


def roads(scenario: Scenario, plan: TrackingPlan) -> list[Road]:
    """Roads that between them pass every state that can be reached, each on a shortest way."""
    before = _ways(scenario)
    passed: set[str] = set()
    found: list[Road] = []
    for name in reversed(before):  # the furthest first: their roads pass the others
        if name not in passed:
            steps = _back(name, before)
            passed.update(state for state, _ in steps)
            passed.add(name)
            found.append(_road(scenario, plan, steps, name))
    return found[::-1]


def _ways(scenario: Scenario) -> dict[str, tuple[str, Way] | None]:
    """For each state that can be reached, nearest first, where a shortest way comes from and by what."""
    first = scenario.first.name
    found: dict[str, tuple[str, Way] | None] = {first: None}
    waiting = [first]
    for name in waiting:  # grows while it is walked: breadth first
        for to, way in _out_of(scenario, scenario.states[name]):
            if to in scenario.states and to not in found:
                found[to] = (name, way)
                waiting.append(to)
    return found


def _out_of(scenario: Scenario, state: State) -> Iterator[tuple[str, Way]]:
    for transition in (*state.on, *scenario.on):
        if transition.target is not None and transition.target.state is not None:
            yield transition.target.state, transition
    ways: tuple[Timeout | Branch, ...] = (*state.after, *state.choose, *state.when, *scenario.when)
    for one in ways:
        if one.target.state is not None:
            yield one.target.state, one
    for target, weight in state.split.arms if state.split is not None else ():
        if target.state is not None and state.split is not None:
            yield target.state, Split(((target, weight),), state.split.by_journey)
    if state.next is not None and state.next.state is not None:
        yield state.next.state, state.next


def _back(name: str, before: dict[str, tuple[str, Way] | None]) -> list[tuple[str, Way]]:
    """The states from the first up to the one before a state, each with the way out of it."""
    steps: list[tuple[str, Way]] = []
    step = before[name]
    while step is not None:
        steps.append(step)
        step = before[step[0]]
    return steps[::-1]


def _road(scenario: Scenario, plan: TrackingPlan, steps: list[tuple[str, Way]], last: str) -> Road:
    trigger = scenario.triggers[0]
    entering = events_of(trigger, plan)[0].removeprefix("@")  # what stands for an event is called so in a trace
    span = trigger.span
    states: dict[str, State] = {}
    events: list[tuple[str, ...]] = [(entering,)]
    for name, way in steps:
        state = _bare(scenario.states[name])
        stays = tuple(_unconditioned(one) for one in state.on if one.target is None)
        if isinstance(way, Transition):
            way, stays = _leading(way, stays, plan)
        fed = tuple(_event(one, plan) for one in stays)
        match way:
            case Transition():
                states[name] = replace(state, on=(*stays, way))
                fed += (_event(way, plan),)
            case Timeout():
                wait = Wait("1d", way.wait.span, Duration(days=1)) if way.wait.from_data else way.wait
                states[name] = replace(state, on=stays, after=(Timeout(wait, way.target),))
            case Split():
                states[name], fed = replace(state, on=(), split=way), ()
            case Branch() | Target():
                target = way.target if isinstance(way, Branch) else way
                states[name], fed = replace(state, on=(), next=target), ()
        events.append(fed)
    states[last] = replace(_bare(scenario.states[last]), on=(), end=Name("previewed", span))
    declared = plan.events[entering].properties if entering in plan.events else {}
    key = scenario.key if scenario.key_property in declared else None
    straight = replace(
        scenario, triggers=(EventTrigger(Name(entering, span), span, each=trigger.each),), states=states, key=key,
        status="live", audience=None, goal=None, holdout=0.0, active=(None, None), exclusive="", on=(), when=(),
    )  # fmt: skip
    return Road(straight, tuple(events))


def _bare(state: State) -> State:
    """A state that asks for all its messages, whatever their conditions, and leads nowhere yet."""
    sends = tuple(
        replace(message, condition=None, purpose="transactional")
        for send in state.send
        for message in (send.messages if isinstance(send, FirstOf) else (send,))
    )
    return replace(state, send=sends, end=None, choose=(), split=None, next=None, when=(), after=())


def _unconditioned(transition: Transition) -> Transition:
    return replace(transition, where=None, of=None, any_key=True)


def _leading(
    way: Transition, stays: tuple[Transition, ...], plan: TrackingPlan
) -> tuple[Transition, tuple[Transition, ...]]:
    """A transition that is taken whenever its event comes, and the reactions that can still stay beside it.

    One event does one thing: a reaction to the same event would always come first. What it keeps is kept on leaving.
    """
    same = tuple(one for one in stays if _event(way, plan) in plan.expand(one.event.text))
    leads = replace(
        _unconditioned(way),
        set=tuple(kept for one in (*same, way) for kept in one.set),
        update=tuple(kept for one in (*same, way) for kept in one.update),
        collect=next((one.collect for one in (way, *same) if one.collect is not None), None),
    )
    return leads, tuple(one for one in stays if one not in same)


def _event(transition: Transition, plan: TrackingPlan) -> str:
    return plan.expand(transition.event.text)[0]
