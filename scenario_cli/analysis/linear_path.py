"""Linear paths through a scenario: each leads any contact that gets its events through given states.

A path keeps what states and transitions capture, update, emit and send. It drops everything that could divert a
journey: conditions, other exits, the goal, entry rules. So messages can be shown for a contact with sample values.
"""

from __future__ import annotations

from dataclasses import replace

from scenario_cli.model.built_in import events_of
from scenario_cli.model.exits import Exit, ExitKind, exits
from scenario_cli.model.project import TrackingPlan
from scenario_cli.model.scenario import FirstOf, Message, Scenario, Send, Split, State, Timeout, Transition
from scenario_cli.model.source import Name
from scenario_cli.model.triggers import EventTrigger
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.waits import Duration, Wait


@dataclass(frozen=True, slots=True)
class LinearPath:
    """A scenario with one path through it, and for each of its states the events to feed there, in order.

    `events[0]` starts the journey; an event of state n is `events[n + 1]`, which is empty if time leads on.
    """

    scenario: Scenario
    events: tuple[tuple[str, ...], ...]


# The kinds of exits that are followed; among several exits to one state the first kind here is.
_FOLLOWED: tuple[ExitKind, ...] = ("on", "after", "choose", "when", "split", "next")

# A state and the exit that is followed out of it.
_Step = tuple[str, Exit]


def linear_paths(scenario: Scenario, plan: TrackingPlan) -> list[LinearPath]:
    """Shortest paths that together pass every reachable state."""
    before = _steps_into(scenario)
    passed: set[str] = set()
    paths: list[LinearPath] = []
    for name in reversed(before):  # the furthest first: their paths pass the others
        if name not in passed:
            steps = _steps_to(name, before)
            passed.update(state for state, _ in steps)
            passed.add(name)
            paths.append(_path(scenario, plan, steps, name))
    return paths[::-1]


def _steps_into(scenario: Scenario) -> dict[str, _Step | None]:
    """The last step of a shortest path to each reachable state, nearest state first."""
    first = scenario.first.name
    steps: dict[str, _Step | None] = {first: None}
    waiting = [first]
    for name in waiting:  # grows while it is walked: breadth first
        leading = [
            exit_ for exit_ in exits(scenario, scenario.states[name]) if exit_.kind in _FOLLOWED and not exit_.fallback
        ]
        for exit_ in sorted(leading, key=lambda exit_: _FOLLOWED.index(exit_.kind)):
            if exit_.state is not None and exit_.state in scenario.states and exit_.state not in steps:
                steps[exit_.state] = (name, exit_)
                waiting.append(exit_.state)
    return steps


def _steps_to(name: str, before: dict[str, _Step | None]) -> list[_Step]:
    """The steps from the first state to a state."""
    steps: list[_Step] = []
    step = before[name]
    while step is not None:
        steps.append(step)
        step = before[step[0]]
    return steps[::-1]


def _path(scenario: Scenario, plan: TrackingPlan, steps: list[_Step], last: str) -> LinearPath:
    trigger = scenario.triggers[0]
    entering = events_of(trigger, plan)[0].removeprefix("@")  # a trace writes a pseudo-event without its @
    span = trigger.span
    states: dict[str, State] = {}
    events: list[tuple[str, ...]] = [(entering,)]
    for name, followed in steps:
        states[name], fed = _follow(scenario.states[name], followed, plan)
        events.append(fed)
    states[last] = replace(_without_exits(scenario.states[last]), on=(), end=Name("previewed", span))
    declared = plan.events[entering].properties if entering in plan.events else {}
    parts = scenario.key_properties
    has_key = len(parts) == len(scenario.key_parts) and all(
        not part.of_item and part.name in declared for part in parts
    )
    key = scenario.key if has_key else None
    straight = replace(
        scenario, triggers=(EventTrigger(Name(entering, span), span, each=trigger.each),), states=states, key=key,
        status="live", audience=None, goal=None, holdout=0.0, active=(None, None), exclusive="", on=(), when=(),
    )  # fmt: skip
    return LinearPath(straight, tuple(events))


def _follow(original: State, followed: Exit, plan: TrackingPlan) -> tuple[State, tuple[str, ...]]:
    """A state with one exit left, and the events to feed there."""
    state = replace(_without_exits(original), on=())
    stays = tuple(_unconditioned(reaction) for reaction in original.on if reaction.target is None)
    if followed.transition is not None:
        leads, stays = _leading(followed.transition, stays, plan)
        fed = *(_event(reaction, plan) for reaction in stays), _event(leads, plan)
        # A reaction that is left out has its messages sent on entering.
        kept_spans = {reaction.span for reaction in stays}
        dropped_sends = (
            send
            for reaction in original.on
            if reaction.target is None and reaction.span not in kept_spans
            for send in _all_messages(reaction.send)
        )
        return replace(state, on=(*stays, leads), send=(*state.send, *dropped_sends)), fed
    assert followed.target is not None
    if followed.wait is not None:
        fed = tuple(_event(reaction, plan) for reaction in stays)
        wait = Timeout(followed.wait, followed.target, if_past="never", if_missing="never")
        return replace(state, on=stays, after=(wait,)), fed
    if original.split is not None and followed.kind == "split":
        # The arm gets all contacts here, even if it gets none in the scenario.
        return replace(state, split=Split(((followed.target, 1.0),), original.split.by_journey)), ()
    return replace(state, next=followed.target), ()


def with_nearer_wait(scenario: Scenario, name: str) -> Scenario:
    """The path with another wait in a state whose wait for a value from data leads nowhere: a day, at the same time of
    day and on the same days. A time of day from data is dropped only if that leads nowhere either.
    """
    state = scenario.states[name]
    (timeout,) = state.after
    wait = timeout.wait
    at = wait.at_value if wait.date is not None or wait.length is not None or wait.since is not None else None
    nearer = Wait("1d", wait.span, Duration(days=1), at=wait.at, at_value=at, days=wait.days)
    return replace(scenario, states={**scenario.states, name: replace(state, after=(replace(timeout, wait=nearer),))})


def _without_exits(state: State) -> State:
    """A state that asks for all its messages under any conditions, and leads nowhere yet."""
    return replace(state, send=_all_messages(state.send), end=None, choose=(), split=None, next=None, when=(), after=())


def _all_messages(sends: tuple[Send, ...]) -> tuple[Message, ...]:
    """Every message of some sends, under any conditions."""
    return tuple(
        replace(message, condition=None, purpose="transactional")
        for send in sends
        for message in (send.messages if isinstance(send, FirstOf) else (send,))
    )


def _unconditioned(transition: Transition) -> Transition:
    return replace(transition, where=None, of=None, any_key=True, send=_all_messages(transition.send))


def _leading(
    transition: Transition, stays: tuple[Transition, ...], plan: TrackingPlan
) -> tuple[Transition, tuple[Transition, ...]]:
    """A transition that is taken whenever its event comes, and the reactions that can remain next to it.

    One event does one thing: a reaction to the same event would always come first. Its captured values are captured on
    leaving.
    """
    same_event = tuple(reaction for reaction in stays if _event(transition, plan) in plan.expand(reaction.event.text))
    leads = replace(
        _unconditioned(transition),
        set=tuple(capture for reaction in (*same_event, transition) for capture in reaction.set),
        update=tuple(change for reaction in (*same_event, transition) for change in reaction.update),
        collect=next(
            (reaction.collect for reaction in (transition, *same_event) if reaction.collect is not None), None
        ),
    )
    return leads, tuple(reaction for reaction in stays if reaction not in same_event)


def _event(transition: Transition, plan: TrackingPlan) -> str:
    return plan.expand(transition.event.text)[0]
