"""POL010: a wait that ends in quiet hours."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.analysis.time.quiet_hours import always_quiet, opens_after
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.model.days import weekdays_of
from scenario_cli.model.exits import ONWARD
from scenario_cli.model.scenario import Message, State
from scenario_cli.model.source import Span
from scenario_cli.model.triggers import DateTrigger, ScheduleTrigger
from scenario_cli.model.vocabulary import MESSAGE_EVENTS
from scenario_cli.model.wait_grammar import duration_text
from scenario_cli.model.waits import MINUTE


def check(subject: Subject) -> Findings:
    policy = subject.project.policy
    if not policy.quiet_hours:
        return
    for wait, span, at, days, target, by_project in _times(subject):
        for sending, message in _sent_at_once(subject, target):
            week = subject.overview.quiet(message, subject.scenario, by_project)
            if not (is_marketing(message, subject.project) and always_quiet(week, at, days)):
                continue
            opens = opens_after(week, at, days) * MINUTE
            longest_hold = message.expires.elapsed if message.expires is not None else policy.max_hold
            late = message.until is None and opens > longest_hold
            dropped = (message.on_quiet or policy.on_quiet) == "drop" or late
            consequence = "is always dropped" if dropped else f"is always held for {duration_text(opens)} or more"
            yield RULE.finding(
                (f"{wait} is in the quiet hours of {message.channel}: the message of '{sending.name}' {consequence}"),
                span,
                hint="choose a time outside the quiet hours of policy.yaml",
                related=[("the message here", message.span)],
            )


def _times(subject: Subject) -> Iterator[tuple[str, Span, int, tuple[int, ...], str, bool]]:
    """The local times of day that a scenario writes, with their days, the state that a journey then enters, and whether
    they are on the project's clock."""
    scenario = subject.scenario
    by_project = scenario.on_project_clock
    first = scenario.first.name
    for trigger in scenario.triggers:
        match trigger:
            case ScheduleTrigger(ticks=ticks) if ticks.at is not None:
                label, days = f"the trigger '{ticks.text}'", weekdays_of(ticks.days)
                yield label, trigger.span, ticks.at, days, first, trigger.on_project_clock
            case DateTrigger(at=int(at)):
                yield f"the trigger at {at // 60:02}:{at % 60:02}", trigger.span, at, (), first, by_project
    for state in subject.states:
        for timeout in state.after:
            wait, target = timeout.wait, timeout.target.state
            if wait.at is not None and target is not None and target in scenario.states:
                yield f"'{wait.text}'", wait.span, wait.at, weekdays_of(wait.days), target, by_project


def _sent_at_once(subject: Subject, name: str) -> Iterator[tuple[State, Message]]:
    """The messages requested at the instant at which a state is entered, in it and in those it goes straight on to.

    A transition is among those who ask if its event is made at that instant: by `emit`, or by a message that no quiet
    hours hold.
    """
    visited: set[str] = set()
    waiting = [name]
    while waiting:
        state = subject.scenario.states[waiting.pop()]
        if state.name in visited:
            continue
        visited.add(state.name)
        emitted = _emitted_on_entering(state, subject)
        for sending in subject.scenario.sendings_in(state):
            if sending.transition is None or sending.transition.event.text in emitted:
                yield from ((state, message) for message in sending.messages)
        if not state.send:
            waiting.extend(
                edge.target
                for edge in subject.timed_edges[state.name]
                if edge.exit.kind in ONWARD and edge.target is not None
            )


def _emitted_on_entering(state: State, subject: Subject) -> set[str]:
    """The events that the executor makes as soon as a state is entered."""
    emitted = {emission.event.text for emission in state.emit}
    if any(not is_marketing(message, subject.project) for message in state.messages):
        emitted.update(MESSAGE_EVENTS)
    return emitted


RULE = Rule(
    code="POL010",
    name="quiet-at-send-time",
    severity="warning",
    finds="a time of day in a wait or trigger that is in the quiet hours of the marketing message after it",
    because="the message is never sent at that time: it is sent hours later, or not at all",
    mend="choose a time outside the quiet hours",
    example={
        "policy.yaml": """\
policy:
  quiet_hours:
    - {channels: [push], from: "21:00", to: "08:00"}
""",
        "example.yaml": """\
states:
  waiting:
    after: {1d at 22:00: reminder}
  reminder:
    send: {push: cart/reminder}
    end: reminded
""",
    },
    instead={
        "policy.yaml": """\
policy:
  quiet_hours:
    - {channels: [push], from: "21:00", to: "08:00"}
""",
        "example.yaml": """\
states:
  waiting:
    after: {1d at 20:00: reminder}
  reminder:
    send: {push: cart/reminder}
    end: reminded
""",
    },
    check=check,
)
