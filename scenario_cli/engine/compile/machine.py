"""Compiles one scenario: states, transitions, waits and messages, with their conditions as functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from scenario_cli.engine.compile.bindings import Bindings
from scenario_cli.engine.compile.definitions import Definition
from scenario_cli.engine.compile.elision import bare_captures
from scenario_cli.engine.compile.expressions import compile_condition, compile_value
from scenario_cli.engine.compile.identities import identities, identity
from scenario_cli.engine.compile.trace import traced, traced_value
from scenario_cli.engine.compile.triggers import attributes_read, compile_triggers
from scenario_cli.engine.compiled import (
    CompiledActions,
    CompiledBranch,
    CompiledGoal,
    CompiledMessage,
    CompiledSend,
    CompiledSplit,
    CompiledState,
    CompiledTarget,
    CompiledTimeout,
    CompiledTransition,
    DataWait,
    Machine,
    Sets,
)
from scenario_cli.engine.context import the_properties
from scenario_cli.engine.state import Condition, Fallen, Function
from scenario_cli.model.exits import Exit, ExitKind, common_exits, exits_of_wait, own_exits
from scenario_cli.model.expression import Expression, ListOf, Value
from scenario_cli.model.project import Channel, Project, TrackingPlan
from scenario_cli.model.records import Kind
from scenario_cli.model.scenario import (
    Emitted,
    Fallback,
    FirstOf,
    Goal,
    Message,
    Scenario,
    Send,
    Split,
    State,
    Target,
    Timeout,
    Transition,
)
from scenario_cli.model.source import Name, Span
from scenario_cli.model.splits import stages
from scenario_cli.model.waits import Wait


def compile_machine(
    definition: Definition, project: Project, bindings: Bindings, rank: int, trace: bool, rows: bool
) -> Machine:
    """The machine of a scenario; `rank` is its place in the order of scenarios."""
    scenario = definition.scenario
    unneeded = frozenset[str]() if rows or trace else bare_captures(scenario, project)
    return _Compiler(scenario, project, bindings, rank, trace, unneeded).machine(definition.name, definition.drawn_as)


class _Compiler:
    """Compiles one scenario; `bare` names the captured events of which only properties are needed."""

    def __init__(
        self, scenario: Scenario, project: Project, bindings: Bindings, rank: int, trace: bool, bare: frozenset[str]
    ) -> None:
        self.scenario = scenario
        self.plan: TrackingPlan = project.plan
        self.channels: Mapping[str, Channel] = project.channels
        self.policy = project.policy
        self.everywhere = bindings
        self.bindings = bindings.on_project_clock() if scenario.on_project_clock else bindings
        self.rank = rank
        self.trace = trace
        self.bare = bare
        self.common = common_exits(scenario)

    def machine(self, definition: str, drawn_as: str) -> Machine:
        scenario = self.scenario
        goals = self.goals(scenario.goal)
        triggers = compile_triggers(scenario, self.bindings.project, self.bindings, self.trace)
        return Machine(
            name=scenario.name,
            definition=definition,
            drawn_as=drawn_as,
            follows=scenario.in_flight == "follow",
            moves={name.text: _target(target) for name, target in scenario.migrate},
            version=scenario.version,
            program=scenario.program.text if scenario.program else "",
            paused=scenario.status == "paused",
            holdout=scenario.holdout,
            active=scenario.active if scenario.active != (None, None) else None,
            zone=self.bindings.zone,
            max_running=scenario.max_running,
            exclusive=scenario.exclusive,
            group_limit=scenario.group_limit,
            group_wait=scenario.group_wait,
            priority=scenario.priority,
            rank=self.rank,
            states={name: self.state(state) for name, state in scenario.states.items()},
            first=CompiledTarget(scenario.first.name, None, scenario.first.span.position),
            by_event=triggers.by_event,
            by_attribute=triggers.by_attribute,
            by_segment=triggers.by_segment,
            timed=triggers.timed,
            triggers=triggers.triggers,
            audience=self.condition(scenario.audience, "audience", "audience"),
            key=self.value(scenario.key) if scenario.triggers else None,
            has_key_parts=scenario.key is not None and isinstance(scenario.key.root, ListOf),
            key_properties=scenario.key_properties,
            while_running=scenario.while_running,
            goals=goals,
            window=max((goal.within for goal in goals.values()), default=-1),
            when=self.branches(self.common, "when"),
            when_identities=identities(scenario.when),
            trigger_identities=identities(scenario.triggers),
        )

    def condition(
        self, expression: Expression | None, cause: str, kind: Kind, word: str = "", place: Span | None = None
    ) -> Condition | None:
        """A condition; None if there is no expression.

        In a traced program it leaves a record of its `cause` and the `word` before the condition. With a `place` it
        does so also without an expression, because the branch is taken in any case.
        """
        name, bindings = self.scenario.name, self.bindings
        holds = None if expression is None else compile_condition(expression, name, bindings)
        if self.trace and expression is not None:
            text = f"{cause} {word}".strip()
            return traced(holds, expression, name, bindings, place or expression.span, text, kind)
        if self.trace and place is not None:
            return traced(None, None, name, bindings, place, cause, kind)
        return holds

    def value(self, value: Value | None) -> Function | None:
        return None if value is None else compile_value(value, self.scenario.name, self.bindings)

    def reach(self, own: Expression | None, of_channel: Expression | None, cause: str, kind: Kind) -> Function | None:
        """An address or a consent: the message's own, else that of its channel, which all scenarios share."""
        expression, bindings = (own, self.bindings) if own is not None else (of_channel, self.everywhere)
        if expression is None:
            return None
        function = compile_value(expression, self.scenario.name, bindings)
        if not self.trace:
            return function
        return traced_value(function, expression, self.scenario.name, bindings, cause, kind)

    def sets(self, pairs: tuple[tuple[Name, Value], ...]) -> Sets:
        return tuple((name.text, compile_value(value, self.scenario.name, self.bindings)) for name, value in pairs)

    def captures(self, pairs: tuple[tuple[Name, Value], ...]) -> Sets:
        return tuple((name, the_properties if name in self.bare else work_out) for name, work_out in self.sets(pairs))

    def actions(self, definition: State | Transition) -> CompiledActions | None:
        if not (definition.set or definition.update or definition.emit):
            return None
        return CompiledActions(
            self.captures(definition.set),
            self.sets(definition.update),
            tuple(self.emitted(emission) for emission in definition.emit),
        )

    def emitted(self, emitted: Emitted) -> tuple[str, Sets]:
        return emitted.event.text, self.sets(emitted.values)

    def goals(self, goal: Goal | None) -> dict[str, CompiledGoal]:
        if goal is None:
            return {}
        compiled = CompiledGoal(
            self.condition(goal.where, f"goal {goal.event}", "goal", "where", goal.span),
            goal.of.text if goal.of else None,
            goal.any_key,
            goal.within.elapsed,
            self.value(goal.value),
            goal.ends,
            goal.span.position,
        )
        return dict.fromkeys(self.plan.expand(goal.event.text), compiled)

    def transitions(self, exits: Iterable[Exit]) -> dict[str, tuple[CompiledTransition, ...]]:
        by_event: dict[str, tuple[CompiledTransition, ...]] = {}
        for exit in exits:
            transition = exit.transition
            if transition is None:
                continue
            compiled = CompiledTransition(
                self.condition(exit.condition, f"on {transition.event}", "on", "where", exit.span),
                transition.of.text if transition.of else None,
                transition.any_key,
                self.actions(transition),
                transition.collect.text if transition.collect else None,
                _target(exit.target) if exit.target is not None else None,
                f"on {transition.event.text}",
                self.answers(transition),
                identity(transition) if transition.send else "",
            )
            for event in self.plan.expand(transition.event.text):
                by_event[event] = (*by_event.get(event, ()), compiled)
        return by_event

    def branches(self, exits: Iterable[Exit], *kinds: ExitKind) -> tuple[CompiledBranch, ...]:
        return tuple(self.branch(exit) for exit in exits if exit.kind in kinds)

    def branch(self, exit: Exit) -> CompiledBranch:
        """The branch of an exit that no event opens: a condition, `next`, an arm of a split, a wait or its fallback."""
        assert exit.target is not None
        kind = _kind(exit)
        if exit.kind == "split":
            return CompiledBranch(None, _target(exit.target), f"split {exit.state}", kind)
        by_wait = exit.wait is not None
        name = _wait_name(exit.wait, exit.fallback) if exit.wait is not None else kind
        holds = self.condition(exit.condition, name, kind, "if" if by_wait else "", exit.span)
        cause = f"{name} {exit.condition.source}" if exit.condition is not None and not by_wait else name
        return CompiledBranch(holds, _target(exit.target), cause, kind)

    def state(self, state: State) -> CompiledState:
        exits = own_exits(state)
        return CompiledState(
            name=state.name,
            actions=self.actions(state),
            sends=self.sends(state),
            frees_key=state.frees_key,
            end=state.end.text if state.end else None,
            onward=self.branches(exits, "choose", "next"),
            split=self.split(state.split, self.branches(exits, "split")),
            on=self.transitions((*exits, *self.common)),
            when=self.branches(exits, "when"),
            watches=any(exit.kind == "when" for exit in (*exits, *self.common)),
            after=tuple(map(self.timeout, state.after, identities(timeout.wait for timeout in state.after))),
        )

    def split(self, split: Split | None, arms: tuple[CompiledBranch, ...]) -> CompiledSplit | None:
        if split is None:
            return None
        first_stage, *later_stages = (
            (stage.since, tuple((upto, arms[arm]) for upto, arm in stage.pieces))
            for stage in stages([weight for _, weight in split.arms])
        )
        later = tuple((since, pieces) for since, pieces in later_stages if since is not None)
        return CompiledSplit(first_stage[1], split.by_journey, later)

    def timeout(self, timeout: Timeout, name: str) -> CompiledTimeout:
        wait = timeout.wait
        branches = {exit.fallback: self.branch(exit) for exit in exits_of_wait(timeout)}
        is_plain = wait.duration is not None and not (wait.duration.calendar or wait.at is not None or wait.days)
        elapsed = wait.duration.microseconds if wait.duration is not None and is_plain and not wait.from_data else 0
        data = self.data_wait(timeout, branches) if wait.from_data else None
        return CompiledTimeout(wait, branches[None], data, elapsed, name)

    def data_wait(self, timeout: Timeout, branches: Mapping[Fallen | None, CompiledBranch]) -> DataWait:
        wait = timeout.wait
        return DataWait(
            self.value(wait.date),
            self.value(wait.length),
            self.value(wait.at_value),
            self.value(wait.since),
            branches.get("past") or _instant_of(timeout.if_past),
            branches.get("missing") or _instant_of(timeout.if_missing),
            attributes_read([value.root for value in wait.values]),
        )

    def answers(self, transition: Transition) -> tuple[CompiledSend, ...]:
        """The messages of a transition. Equal messages of several transitions can share a name: each has its event."""
        return tuple(
            CompiledSend(
                tuple(self.message(message, 0, identity(message)) for message in _of_send(send)),
                isinstance(send, FirstOf),
            )
            for send in transition.send
        )

    def sends(self, state: State) -> tuple[CompiledSend, ...]:
        counts: Counter[str] = Counter()
        names = iter(identities(state.messages))
        compiled: list[CompiledSend] = []
        for send in state.send:
            messages = _of_send(send)
            choices = tuple(self.message(message, counts[message.channel.text], next(names)) for message in messages)
            counts.update({message.channel.text for message in messages})
            compiled.append(CompiledSend(choices, isinstance(send, FirstOf)))
        return tuple(compiled)

    def message(self, message: Message, again: int, name: str) -> CompiledMessage:
        channel = self.channels[message.channel.text]
        return CompiledMessage(
            channel=channel.name,
            again=again,
            template=message.template.text,
            purpose=message.purpose,
            recipient=message.recipient or channel.recipient,
            condition=self.condition(message.condition, f"{channel.name} {message.template}", "message", "if"),
            address=self.reach(message.to, channel.address, f"{channel.name} address", "address"),
            address_place=_source(message.to or channel.address),
            consent=self.reach(None, channel.consent, f"{channel.name} consent", "consent"),
            consent_place=channel.consent.source if channel.consent else "",
            values=self.sets(message.values),
            expires=message.expires.elapsed if message.expires is not None else None,
            until=self.value(message.until),
            until_place=_source(message.until),
            tags=frozenset(message.tags),
            on_cap=message.on_cap or self.policy.on_cap,
            on_quiet=message.on_quiet or self.policy.on_quiet,
            identity=name,
        )


def _of_send(send: Send) -> tuple[Message, ...]:
    return send.messages if isinstance(send, FirstOf) else (send,)


def _kind(exit: Exit) -> Kind:
    """The kind of a branch's record: a wait has its kind of counting, a missing condition is `else`."""
    if exit.fallback is not None:
        return "if_past" if exit.fallback == "past" else "if_missing"
    if exit.wait is not None:
        return "cron" if exit.wait.cron else "date" if exit.wait.date is not None else "after"
    if exit.kind in ("when", "choose") and exit.condition is None:
        return "else"
    assert exit.kind != "end"
    return exit.kind


def _wait_name(wait: Wait, fallen: Fallen | None) -> str:
    """A wait's name in a trace: its text, after the word `after` if it is a length; then the case it fell back to."""
    alone = (wait.duration is None and not wait.cron) or wait.text.startswith("date ")
    name = wait.text if alone or wait.before or wait.date is not None else f"after {wait.text}"
    return f"{name}: if {fallen}" if fallen is not None else name


def _instant_of(fallback: Fallback | None) -> str:
    """The instant of a fallback that leads nowhere else: `now` or `never`."""
    return fallback if isinstance(fallback, str) else "never"


def _target(target: Target) -> CompiledTarget:
    return CompiledTarget(target.state, target.outcome, target.span.position)


def _source(value: Value | None) -> str:
    return value.source if isinstance(value, Expression) else ""
