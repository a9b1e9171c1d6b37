"""A project made ready to run: names resolved to values, conditions to functions. Made once, then only read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from zoneinfo import ZoneInfo

from scenario_cli.engine.calendar import UTC, zone
from scenario_cli.engine.expressions import Function, compile_condition, compile_value
from scenario_cli.engine.frame import Frame
from scenario_cli.engine.policy import CompiledPolicy, compile_policy
from scenario_cli.model.expression import Expression, Value
from scenario_cli.model.project import Channel, Project, TrackingPlan
from scenario_cli.model.scenario import (
    Branch,
    FirstOf,
    Goal,
    Message,
    Scenario,
    Split,
    State,
    Target,
    Timeout,
    Transition,
)
from scenario_cli.model.source import Name
from scenario_cli.model.triggers import EventTrigger, Trigger
from scenario_cli.model.waits import Duration, Wait

Condition = Callable[[Frame], bool]
Sets = tuple[tuple[str, Function], ...]


@dataclass(frozen=True, slots=True)
class CompiledBranch:
    """A condition (None always holds), where it leads, and how a trace tells of it."""

    holds: Condition | None
    target: Target
    what: str


@dataclass(frozen=True, slots=True)
class CompiledTransition:
    """What an event does to a journey."""

    holds: Condition | None
    of: str | None
    any_key: bool
    sets: Sets
    target: Target | None
    what: str


@dataclass(frozen=True, slots=True)
class CompiledTimeout:
    wait: Wait
    branch: CompiledBranch


@dataclass(frozen=True, slots=True)
class CompiledMessage:
    """A message on its channel, ready to be asked for."""

    channel: str
    again: int  # how many of the state's messages before it are on the same channel
    template: str
    purpose: str
    recipient: str
    condition: Condition | None
    address: Function | None
    consent: Function | None
    consent_place: str
    values: Sets
    expires: int | None
    tags: frozenset[str]
    on_cap: str
    on_quiet: str


@dataclass(frozen=True, slots=True)
class CompiledSend:
    """One message, or (`first_of`) several of which the first that can reach the contact is taken."""

    choices: tuple[CompiledMessage, ...]
    first_of: bool


@dataclass(frozen=True, slots=True)
class CompiledSplit:
    """Branches with the running sum of their weights, and whether a draw is a journey's own."""

    arms: tuple[tuple[float, CompiledBranch], ...]
    by_journey: bool


@dataclass(frozen=True, slots=True)
class CompiledState:
    """A state."""

    name: str
    sets: Sets
    sends: tuple[CompiledSend, ...]
    end: str | None
    onward: tuple[CompiledBranch, ...]  # choose, or next
    split: CompiledSplit | None
    on: Mapping[str, tuple[CompiledTransition, ...]]
    when: tuple[CompiledBranch, ...]
    after: tuple[CompiledTimeout, ...]


@dataclass(frozen=True, slots=True)
class CompiledGoal:
    """A goal, by the event that reaches it."""

    holds: Condition | None
    of: str | None
    any_key: bool
    within: int
    value: Function | None
    ends: str | None


@dataclass(frozen=True, slots=True)
class Machine:
    """A scenario. `rank` is its place in the order in which scenarios are looked at: by priority, then name."""

    name: str
    version: int | str
    program: str
    holdout: float
    rank: int
    states: Mapping[str, CompiledState]
    first: str
    triggers: Mapping[str, tuple[Condition | None, ...]]
    audience: Condition | None
    key: Function | None
    key_property: str | None
    while_running: str
    reentry: Duration | str
    goals: Mapping[str, CompiledGoal]
    on: Mapping[str, tuple[CompiledTransition, ...]]
    when: tuple[CompiledBranch, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """All machines by rank, and which of them an event concerns."""

    project: str
    salt: str
    zone: ZoneInfo
    policy: CompiledPolicy
    machines: tuple[Machine, ...]
    concerned: Mapping[str, tuple[Machine, ...]]
    watching: tuple[Machine, ...]  # those with a `when` anywhere: they look after every event
    profile_events: frozenset[str]
    has_zones: bool  # whether the tracking plan gives contacts a time zone of their own
    by_name: Mapping[str, Machine]


def compile_program(project: Project, names: Iterable[str] | None = None) -> Program:
    """The program of the named scenarios, else of those that are live or draft."""
    wanted = set(names) if names is not None else None
    chosen = [
        scenario
        for scenario in project.scenarios.values()
        if (scenario.status in ("live", "draft") if wanted is None else scenario.name in wanted)
    ]
    chosen.sort(key=lambda scenario: (-scenario.priority, scenario.name))
    machines = tuple(_Compiler(scenario, project, rank).machine() for rank, scenario in enumerate(chosen))
    watching = tuple(one for one in machines if one.when or any(state.when for state in one.states.values()))
    concerned: dict[str, list[Machine]] = {}
    for machine in machines:
        heard = {*machine.triggers, *machine.goals, *machine.on}
        for state in machine.states.values():
            heard.update(state.on)
        for event in heard:
            concerned.setdefault(event, []).append(machine)
    return Program(
        project=project.name,
        salt=project.salt,
        policy=compile_policy(project.policy),
        zone=zone(project.timezone) or UTC,
        machines=machines,
        concerned={
            event: tuple(sorted({one.rank: one for one in (*those, *watching)}.values(), key=lambda one: one.rank))
            for event, those in concerned.items()
        },
        watching=watching,
        profile_events=frozenset(name for name, event in project.plan.events.items() if event.profile),
        has_zones="timezone" in project.plan.profile,
        by_name={machine.name: machine for machine in machines},
    )


class _Compiler:
    """Makes one scenario's machine."""

    def __init__(self, scenario: Scenario, project: Project, rank: int) -> None:
        self.scenario = scenario
        self.plan: TrackingPlan = project.plan
        self.channels: Mapping[str, Channel] = project.channels
        self.policy = project.policy
        self.rank = rank

    def machine(self) -> Machine:
        scenario = self.scenario
        return Machine(
            name=scenario.name,
            version=scenario.version,
            program=scenario.program.text if scenario.program else "",
            holdout=scenario.holdout,
            rank=self.rank,
            states={name: self.state(state) for name, state in scenario.states.items()},
            first=scenario.first.name,
            triggers=self.triggers(scenario.triggers),
            audience=self.condition(scenario.audience),
            key=self.value(scenario.key),
            key_property=scenario.key_property,
            while_running=scenario.while_running,
            reentry=scenario.reentry_of(scenario.triggers[0]),
            goals=self.goals(scenario.goal),
            on=self.transitions(scenario.on),
            when=self.branches(scenario.when, "when"),
        )

    def condition(self, expression: Expression | None) -> Condition | None:
        return None if expression is None else compile_condition(expression, self.scenario.name)

    def value(self, value: Value | None) -> Function | None:
        return None if value is None else compile_value(value, self.scenario.name)

    def sets(self, pairs: tuple[tuple[Name, Value], ...]) -> Sets:
        return tuple((name.text, compile_value(value, self.scenario.name)) for name, value in pairs)

    def triggers(self, triggers: tuple[Trigger, ...]) -> dict[str, tuple[Condition | None, ...]]:
        found: dict[str, tuple[Condition | None, ...]] = {}
        for trigger in triggers:
            if isinstance(trigger, EventTrigger):
                for event in self.plan.expand(trigger.event.text):
                    found[event] = (*found.get(event, ()), self.condition(trigger.where))
        return found

    def goals(self, goal: Goal | None) -> dict[str, CompiledGoal]:
        if goal is None:
            return {}
        made = CompiledGoal(
            self.condition(goal.where),
            goal.of.text if goal.of else None,
            goal.any_key,
            goal.within.elapsed,
            self.value(goal.value),
            goal.ends,
        )
        return dict.fromkeys(self.plan.expand(goal.event.text), made)

    def transitions(self, transitions: tuple[Transition, ...]) -> dict[str, tuple[CompiledTransition, ...]]:
        found: dict[str, tuple[CompiledTransition, ...]] = {}
        for one in transitions:
            made = CompiledTransition(
                self.condition(one.where),
                one.of.text if one.of else None,
                one.any_key,
                self.sets(one.set),
                one.target,
                f"on {one.event.text}",
            )
            for event in self.plan.expand(one.event.text):
                found[event] = (*found.get(event, ()), made)
        return found

    def branches(self, branches: tuple[Branch, ...], word: str) -> tuple[CompiledBranch, ...]:
        return tuple(
            CompiledBranch(
                self.condition(branch.condition),
                branch.target,
                f"{word} {branch.condition.source}" if branch.condition else "else",
            )
            for branch in branches
        )

    def state(self, state: State) -> CompiledState:
        onward = self.branches(state.choose, "choose")
        if state.next is not None:
            onward = (*onward, CompiledBranch(None, state.next, "next"))
        return CompiledState(
            name=state.name,
            sets=self.sets(state.set),
            sends=self.sends(state),
            end=state.end.text if state.end else None,
            onward=onward,
            split=self.split(state.split),
            on=self.transitions(state.on),
            when=self.branches(state.when, "when"),
            after=tuple(self.timeout(timeout) for timeout in state.after),
        )

    def split(self, split: Split | None) -> CompiledSplit | None:
        if split is None:
            return None
        sums = accumulate(weight for _, weight in split.arms)
        arms = tuple(
            (upto, CompiledBranch(None, target, f"split {target.state}"))
            for upto, (target, _) in zip(sums, split.arms, strict=True)
        )
        return CompiledSplit(arms, split.by_journey)

    def timeout(self, timeout: Timeout) -> CompiledTimeout:
        text = timeout.wait.text
        what = text if text.startswith("at ") else f"after {text}"
        return CompiledTimeout(timeout.wait, CompiledBranch(self.condition(timeout.condition), timeout.target, what))

    def sends(self, state: State) -> tuple[CompiledSend, ...]:
        seen: Counter[str] = Counter()
        made: list[CompiledSend] = []
        for send in state.send:
            messages = send.messages if isinstance(send, FirstOf) else (send,)
            choices = tuple(self.message(message, seen[message.channel.text]) for message in messages)
            seen.update({message.channel.text for message in messages})
            made.append(CompiledSend(choices, isinstance(send, FirstOf)))
        return tuple(made)

    def message(self, message: Message, again: int) -> CompiledMessage:
        channel = self.channels[message.channel.text]
        return CompiledMessage(
            channel=channel.name,
            again=again,
            template=message.template.text,
            purpose=message.purpose,
            recipient=message.recipient or channel.recipient,
            condition=self.condition(message.condition),
            address=self.value(message.to or channel.address),
            consent=self.value(channel.consent),
            consent_place=channel.consent.source if channel.consent else "",
            values=self.sets(message.values),
            expires=message.expires.elapsed if message.expires is not None else None,
            tags=frozenset(message.tags),
            on_cap=message.on_cap or self.policy.on_cap,
            on_quiet=message.on_quiet or self.policy.on_quiet,
        )
