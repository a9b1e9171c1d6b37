"""Resolves every name a scenario uses before anything runs: events, states, channels, templates, values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from scenario_cli.language.names import check_expression
from scenario_cli.language.scopes import Scopes, places
from scenario_cli.language.shapes import Scope
from scenario_cli.language.templates import TemplateText, check_template
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean
from scenario_cli.model.expression import Expression
from scenario_cli.model.project import Project, Property, Template
from scenario_cli.model.scenario import Message, Scenario
from scenario_cli.model.source import Name
from scenario_cli.model.vocabulary import BUILT_IN_EVENTS, FUNCTIONS, FUNCTIONS_TO_COME, RESERVED


def check_references(project: Project, texts: Mapping[str, TemplateText]) -> Iterator[Diagnostic]:
    """What names something that does not exist, in every scenario and in the channels."""
    about_contact = Scope(project.plan, why_no_event="channels and the delivery policy know the contact alone")
    for channel in project.channels.values():
        for expression in (channel.address, channel.consent):
            if expression is not None:
                yield from check_expression(expression, about_contact)
    yield from _policy(project, about_contact)
    by_message: dict[tuple[str, str], list[Template]] = {}
    for template in project.templates:
        by_message.setdefault((template.name, template.channel), []).append(template)
    for scenario in project.scenarios.values():
        yield from _settings(scenario, project)
        yield from _events(scenario, project)
        yield from _states(scenario)
        yield from _captures(scenario)
        scopes = Scopes(scenario, project.plan)
        for place in places(scopes):
            yield from check_expression(place.expression, place.scope, place.condition)
        for state in scenario.states.values():
            for message in state.messages:
                yield from _channel(message, project)
                if message.channel.text in project.channels:
                    yield from _template(message, by_message, texts, scopes, state.name)


def _unknown(code: str, what: str, name: Name, known: Iterable[str], plural: str) -> Iterator[Diagnostic]:
    names = set(known)
    if name.text not in names:
        hint = did_you_mean(name.text, names, plural)
        yield Diagnostic(code, f"unknown {what} '{name.text}'", name.span, hint=hint)


def _policy(project: Project, scope: Scope) -> Iterator[Diagnostic]:
    tags = {tag for scenario in project.scenarios.values() for state in scenario.states.values()
            for message in state.messages for tag in message.tags}  # fmt: skip
    for quiet in project.policy.quiet_hours:
        for name in quiet.channels:
            yield from _unknown("REF003", "channel", name, project.channels, "channels of project.yaml")
        for value in (quiet.start, quiet.end):
            if isinstance(value, Expression):
                yield from check_expression(value, scope)
    for cap in project.policy.caps:
        for name in cap.channels:
            yield from _unknown("REF003", "channel", name, project.channels, "channels of project.yaml")
        for name in cap.programs:
            yield from _unknown("REF005", "program", name, project.programs, "programs of project.yaml")
        for name in cap.scenarios:
            yield from _unknown("REF011", "scenario", name, project.scenarios, "scenarios")
        for name in cap.tags:
            yield from _unknown("REF012", "tag", name, tags, "tags of messages")
        if cap.condition is not None:
            yield from check_expression(cap.condition, scope, condition=True)


def _settings(scenario: Scenario, project: Project) -> Iterator[Diagnostic]:
    if scenario.program is not None:
        yield from _unknown("REF005", "program", scenario.program, project.programs, "programs of project.yaml")
    if scenario.phase is not None:
        yield from _unknown("REF006", "phase", scenario.phase, project.phases, "phases of project.yaml")


def _events(scenario: Scenario, project: Project) -> Iterator[Diagnostic]:
    transitions = [*scenario.on, *(one for state in scenario.states.values() for one in state.on)]
    names = [trigger.event for trigger in scenario.triggers] + [one.event for one in transitions]
    if scenario.goal is not None:
        names.append(scenario.goal.event)
    known = {**project.plan.events, **project.plan.groups}
    for name in names:
        if name.text in BUILT_IN_EVENTS:
            yield Diagnostic("SCH090", f"the event '{name.text}' is not carried out by this version", name.span)
        else:
            yield from _unknown("REF001", "event", name, known, "events of the tracking plan")
    for listener in (*transitions, scenario.goal):
        if listener is not None and listener.of is not None:
            yield from _unknown("REF002", "state", listener.of, scenario.states, "states")
            yield from _message_id(listener.event, listener.of, project)


def _message_id(event: Name, of: Name, project: Project) -> Iterator[Diagnostic]:
    for name in project.plan.expand(event.text):
        known = project.plan.events.get(name)
        if known is not None and "message_id" not in known.properties:
            yield Diagnostic("REF013", f"'of' never matches: event '{name}' has no property 'message_id'", of.span,
                             hint="declare it in events.yaml: it says which message was opened or clicked")  # fmt: skip


def _states(scenario: Scenario) -> Iterator[Diagnostic]:
    targets = [one.target for one in scenario.on] + [one.target for one in scenario.when]
    for state in scenario.states.values():
        targets += [one.target for one in state.on]
        targets += [one.target for one in (*state.when, *state.choose)]
        targets += [one.target for one in state.after]
        targets += [target for target, _ in state.split.arms] if state.split is not None else []
        targets.append(state.next)
    for target in targets:
        if target is not None and target.state is not None:
            yield from _unknown("REF002", "state", Name(target.state, target.span), scenario.states, "states")


def _captures(scenario: Scenario) -> Iterator[Diagnostic]:
    taken = {*RESERVED, *FUNCTIONS, *FUNCTIONS_TO_COME}
    for name in Scopes.captured_names(scenario):
        if name.text in taken:
            message = f"'{name.text}' cannot be captured: the name has a meaning of its own"
            yield Diagnostic("REF010", message, name.span, hint="choose another name")


def _channel(message: Message, project: Project) -> Iterator[Diagnostic]:
    yield from _unknown("REF003", "channel", message.channel, project.channels, "channels of project.yaml")


def _template(
    message: Message,
    by_message: Mapping[tuple[str, str], list[Template]],
    texts: Mapping[str, TemplateText],
    scopes: Scopes,
    state: str,
) -> Iterator[Diagnostic]:
    channel, wanted = message.channel.text, message.template
    variants = by_message.get((wanted.text, channel))
    if variants is None:
        others = sorted(other for name, other in by_message if name == wanted.text)
        hint = did_you_mean(wanted.text, (name for name, other in by_message if other == channel),
                            f"templates for {channel}")  # fmt: skip
        if others:
            hint = f"it exists for {', '.join(others)}: add templates/{wanted.text}.{channel}.j2"
        yield Diagnostic("REF007", f"no template '{wanted.text}' for {channel}", wanted.span, hint=hint)
        return
    scope = scopes.quiet().beside(_values(message, scopes, state))
    scope = scope.at(None, "a template reads 'trigger' and captured values, no event")
    asked = (f"asked for by state '{state}' of '{scopes.scenario.name}'", message.span)
    for template in variants:
        for fault in check_template(template, texts, scope):
            yield replace(fault, related=(*fault.related, asked))


def _values(message: Message, scopes: Scopes, state: str) -> dict[str, Property]:
    found: dict[str, Property] = {}
    for name, value in message.values:
        found[name.text] = scopes.shape(value, scopes.on_entering(state))
    return found
