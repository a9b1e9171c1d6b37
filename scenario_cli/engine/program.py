"""A project made ready to run, once: every condition becomes a function, every event finds whom it concerns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate

from scenario_cli.engine.calendar import UTC, zone
from scenario_cli.engine.compiled import (
    CompiledActions,
    CompiledBranch,
    CompiledGoal,
    CompiledMessage,
    CompiledSend,
    CompiledSplit,
    CompiledState,
    CompiledTimeout,
    CompiledTransition,
    Condition,
    DataWait,
    Listener,
    Machine,
    Program,
    Sets,
    TimedWay,
)
from scenario_cli.engine.expressions import Function, compile_condition, compile_value
from scenario_cli.engine.policy import compile_policy
from scenario_cli.engine.sources import Sources
from scenario_cli.engine.tables import Tables
from scenario_cli.engine.trace import telling, telling_value
from scenario_cli.engine.ways import attributes_read, compile_triggers
from scenario_cli.model.expression import Expression, Value
from scenario_cli.model.project import Channel, Project, TrackingPlan
from scenario_cli.model.scenario import (
    Branch,
    Emitted,
    Fallback,
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
from scenario_cli.model.source import Name, Span
from scenario_cli.model.triggers import OutcomeTrigger
from scenario_cli.model.vocabulary import BUILT_IN_EVENTS, MESSAGE_EVENTS, PROFILE_UPDATED

__all__ = ("Machine", "Program", "compile_program")


def compile_program(
    project: Project,
    names: Iterable[str] | None = None,
    tables: Tables | None = None,
    rows: bool = True,
    trace: bool = False,
) -> Program:
    """The program of the named scenarios, else of those that are live or draft.

    `tables` are the rows of the reference tables. Where nobody asks for `rows`, what only templates read is not
    kept. With `trace` it tells of every condition that it looks at, which takes time; see `engine.trace`.
    """
    wanted = set(names) if names is not None else None
    chosen = [
        scenario
        for scenario in project.scenarios.values()
        if (scenario.status in ("live", "draft") if wanted is None else scenario.name in wanted)
    ]
    chosen.sort(key=lambda scenario: (-scenario.priority, scenario.name))
    sources = Sources(project, chosen, tables or {})
    machines = tuple(
        _Compiler(scenario, project, sources, rank, trace).machine() for rank, scenario in enumerate(chosen)
    )
    policy = compile_policy(project.policy, sources)
    snapshot = tuple(_snapshot(project, sources)) if rows else ()
    compared = {name for one in machines for name, _ in one.by_segment}
    timed = tuple((machine, way) for machine in machines for way in machine.timed.values())
    arming: dict[str, list[tuple[Machine, TimedWay]]] = {}
    for machine, way in timed:
        for event in sorted(way.since | way.absent):
            arming.setdefault(event, []).append((machine, way))
    groups: dict[str, list[Machine]] = {}
    for machine in machines:
        if machine.exclusive:
            groups.setdefault(machine.exclusive, []).append(machine)
    watching = [one for one in machines if any(state.watches for state in one.states.values())]
    heard = _heard(chosen, machines, sources) if not watching else frozenset(BUILT_IN_EVENTS)
    refreshed = sources.refreshed()
    profile_events = frozenset(name for name, event in project.plan.events.items() if event.profile)
    return Program(
        project=project.name,
        salt=project.salt,
        zone=zone(project.timezone) or UTC,
        policy=policy,
        machines=machines,
        concerned=_concerned(machines, watching),
        watching=tuple(Listener(one, None, ()) for one in watching),
        telling=profile_events | {*sources.feeds, *sources.keepers, *arming, *refreshed, PROFILE_UPDATED},
        by_change=tuple(one for one in machines if one.by_attribute or one.by_segment),
        timed=timed,
        arming={event: tuple(those) for event, those in arming.items()},
        groups={name: tuple(those) for name, those in groups.items()},
        heard=heard,
        hears_messages=not heard.isdisjoint(MESSAGE_EVENTS),
        profile_events=profile_events,
        broadcasts=frozenset(name for name, event in project.plan.events.items() if event.broadcast),
        feeds=sources.feeds,
        keepers=sources.keepers,
        compared=tuple(sources.segments[name] for name in sorted(compared)),
        segments=sources.segments,
        refreshed=refreshed,
        clock=sources.clock if any(sources.segments[name].clock for name in compared) else None,
        snapshot=snapshot,
        slots=sources.slots,
        has_zones="timezone" in project.plan.profile,
        by_name={machine.name: machine for machine in machines},
    )


def _concerned(machines: Iterable[Machine], watching: Iterable[Machine]) -> dict[str, tuple[Listener, ...]]:
    concerned: dict[str, list[Machine]] = {}
    for machine in machines:
        for event in {*machine.by_event, *machine.goals, *(name for one in machine.states.values() for name in one.on)}:
            concerned.setdefault(event, []).append(machine)
    return {
        event: tuple(
            Listener(one, one.goals.get(event), one.by_event.get(event, ()))
            for one in sorted({*those, *watching}, key=lambda one: one.rank)
        )
        for event, those in concerned.items()
    }


def _heard(chosen: Iterable[Scenario], machines: Iterable[Machine], sources: Sources) -> frozenset[str]:
    """The executor's own events that a trigger, transition, goal, metric, segment or history call listens to.

    A `when` listens to them all: it is looked at after every event, whoever else listens to that.
    """
    names = {*sources.feeds, *sources.keepers, *sources.refreshed()}
    for machine in machines:
        names.update(machine.by_event, machine.goals)
        names.update(*(state.on for state in machine.states.values()), *(way.since for way in machine.timed.values()))
        names.update(*(way.absent for way in machine.timed.values()))
    if any(isinstance(trigger, OutcomeTrigger) for one in chosen for trigger in one.triggers):
        names.add("journey.ended")
    return frozenset({*names} & {*BUILT_IN_EVENTS}) | {PROFILE_UPDATED}


def _snapshot(project: Project, sources: Sources) -> Iterable[tuple[str, str, Function]]:
    """The metrics and segments that some template may read: those whose name is a word in one."""
    texts = [*project.texts.values(), *(text.text for one in project.templates for text in one.fields.values())]
    words = {word for text in texts if "metric" in text or "segment" in text for word in _WORD.findall(text)}
    for name in project.metrics:
        if name in words:
            yield "metric", name, sources.metric(name)
    for name in project.segments:
        if name in words:
            yield "segment", name, sources.segment(name)


_WORD = re.compile(r"[A-Za-z_]\w*")


class _Compiler:
    """Makes one scenario's machine."""

    def __init__(self, scenario: Scenario, project: Project, sources: Sources, rank: int, trace: bool) -> None:
        self.scenario = scenario
        self.plan: TrackingPlan = project.plan
        self.channels: Mapping[str, Channel] = project.channels
        self.policy = project.policy
        self.sources = sources
        self.rank = rank
        self.trace = trace

    def machine(self) -> Machine:
        scenario = self.scenario
        goals = self.goals(scenario.goal)
        triggers = compile_triggers(scenario, self.sources.project, self.sources, self.trace)
        return Machine(
            name=scenario.name,
            version=scenario.version,
            program=scenario.program.text if scenario.program else "",
            paused=scenario.status == "paused",
            holdout=scenario.holdout,
            active=scenario.active if scenario.active != (None, None) else None,
            exclusive=scenario.exclusive,
            priority=scenario.priority,
            rank=self.rank,
            states={name: self.state(state) for name, state in scenario.states.items()},
            first=Target(scenario.first.span, scenario.first.name),
            by_event=triggers.by_event,
            by_attribute=triggers.by_attribute,
            by_segment=triggers.by_segment,
            timed=triggers.timed,
            audience=self.condition(scenario.audience, "audience"),
            key=self.value(scenario.key),
            key_property=scenario.key_property,
            while_running=scenario.while_running,
            goals=goals,
            window=max((goal.within for goal in goals.values()), default=-1),
            when=self.branches(scenario.when, "when"),
        )

    def condition(
        self, expression: Expression | None, what: str, word: str = "", place: Span | None = None
    ) -> Condition | None:
        """None where nothing is asked. A traced program tells of what stands there by its name and the `word` before
        its condition; with a `place` also where nothing is asked, since it is taken all the same."""
        name, sources = self.scenario.name, self.sources
        holds = None if expression is None else compile_condition(expression, name, sources)
        if self.trace and expression is not None:
            return telling(holds, expression, name, sources, place or expression.span, f"{what} {word}".strip())
        if self.trace and place is not None:
            return telling(None, None, name, sources, place, what)
        return holds

    def value(self, value: Value | None) -> Function | None:
        return None if value is None else compile_value(value, self.scenario.name, self.sources)

    def reach(self, expression: Expression | None, what: str, given: bool = False) -> Function | None:
        """An address or a consent."""
        read = self.value(expression)
        if read is None or expression is None or not self.trace:
            return read
        return telling_value(read, expression, self.scenario.name, self.sources, what, given)

    def sets(self, pairs: tuple[tuple[Name, Value], ...]) -> Sets:
        return tuple((name.text, compile_value(value, self.scenario.name, self.sources)) for name, value in pairs)

    def actions(self, one: State | Transition) -> CompiledActions | None:
        if not (one.set or one.update or one.emit):
            return None
        return CompiledActions(
            self.sets(one.set), self.sets(one.update), tuple(self.emitted(each) for each in one.emit)
        )

    def emitted(self, emitted: Emitted) -> tuple[str, Sets]:
        return emitted.event.text, self.sets(emitted.values)

    def goals(self, goal: Goal | None) -> dict[str, CompiledGoal]:
        if goal is None:
            return {}
        made = CompiledGoal(
            self.condition(goal.where, f"goal {goal.event}", "where", goal.span),
            goal.of.text if goal.of else None,
            goal.any_key,
            goal.within.elapsed,
            self.value(goal.value),
            goal.ends,
            goal.span.place,
        )
        return dict.fromkeys(self.plan.expand(goal.event.text), made)

    def transitions(self, transitions: tuple[Transition, ...]) -> dict[str, tuple[CompiledTransition, ...]]:
        found: dict[str, tuple[CompiledTransition, ...]] = {}
        for one in transitions:
            made = CompiledTransition(
                self.condition(one.where, f"on {one.event}", "where", one.span),
                one.of.text if one.of else None,
                one.any_key,
                self.actions(one),
                one.collect.text if one.collect else None,
                one.target,
                f"on {one.event.text}",
            )
            for event in self.plan.expand(one.event.text):
                found[event] = (*found.get(event, ()), made)
        return found

    def branches(self, branches: tuple[Branch, ...], word: str) -> tuple[CompiledBranch, ...]:
        return tuple(
            CompiledBranch(
                self.condition(branch.condition, word if branch.condition else "else", place=branch.target.span),
                branch.target,
                f"{word} {branch.condition.source}" if branch.condition else "else",
            )
            for branch in branches
        )

    def state(self, state: State) -> CompiledState:
        onward = self.branches(state.choose, "choose")
        if state.next is not None:
            onward = (*onward, CompiledBranch(self.condition(None, "next", place=state.next.span), state.next, "next"))
        return CompiledState(
            name=state.name,
            actions=self.actions(state),
            sends=self.sends(state),
            end=state.end.text if state.end else None,
            onward=onward,
            split=self.split(state.split),
            on=self.transitions((*state.on, *self.scenario.on)),
            when=self.branches(state.when, "when"),
            watches=bool(state.when or self.scenario.when),
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
        wait = timeout.wait
        bare = (wait.duration is None and not wait.cron) or wait.text.startswith("date ")
        what = wait.text if bare or wait.before or wait.date is not None else f"after {wait.text}"
        branch = self.branch(timeout, timeout.target, what)
        plain = wait.duration is not None and not (wait.duration.calendar or wait.at is not None or wait.days)
        elapsed = wait.duration.microseconds if wait.duration is not None and plain and not wait.from_data else 0
        return CompiledTimeout(wait, branch, self.data_wait(timeout, branch) if wait.from_data else None, elapsed)

    def data_wait(self, timeout: Timeout, branch: CompiledBranch) -> DataWait:
        wait = timeout.wait
        values = (wait.date, wait.length, wait.at_value)
        return DataWait(
            self.value(wait.date),
            self.value(wait.length),
            self.value(wait.at_value),
            self.fallback(timeout, timeout.if_past, f"{branch.what}: if past"),
            self.fallback(timeout, timeout.if_missing, f"{branch.what}: if missing"),
            attributes_read([value.root for value in values if value is not None]),
        )

    def branch(self, timeout: Timeout, target: Target, what: str) -> CompiledBranch:
        return CompiledBranch(self.condition(timeout.condition, what, "if", target.span), target, what)

    def fallback(self, timeout: Timeout, way: Fallback | None, what: str) -> str | CompiledBranch:
        return self.branch(timeout, way, what) if isinstance(way, Target) else way or "never"

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
            condition=self.condition(message.condition, f"{channel.name} {message.template}", "if"),
            address=self.reach(message.to or channel.address, f"{channel.name} address"),
            consent=self.reach(channel.consent, f"{channel.name} consent", given=True),
            consent_place=channel.consent.source if channel.consent else "",
            values=self.sets(message.values),
            expires=message.expires.elapsed if message.expires is not None else None,
            tags=frozenset(message.tags),
            on_cap=message.on_cap or self.policy.on_cap,
            on_quiet=message.on_quiet or self.policy.on_quiet,
        )
