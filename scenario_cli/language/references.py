"""Resolves every name a scenario uses before anything runs: events, states, channels, templates, values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from scenario_cli.analysis.kpi import measured
from scenario_cli.language.names.check import check_expression
from scenario_cli.language.names.insights import check_insights
from scenario_cli.language.names.message_events import check_message_events
from scenario_cli.language.names.metrics import catalogue, check_metrics
from scenario_cli.language.names.scopes import Scopes, scopes_of
from scenario_cli.language.names.shapes import Scope
from scenario_cli.language.names.unknown import misnamed, unknown_name
from scenario_cli.language.schema.synonyms import value_meant
from scenario_cli.language.templates.check import check_template
from scenario_cli.language.templates.files import TemplateText
from scenario_cli.model.built_in import BUILT_IN, event_type
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.exits import all_exits, outcomes
from scenario_cli.model.expression import Expression, walk
from scenario_cli.model.policy import Cap, QuietHours
from scenario_cli.model.project import Project, Property, Template
from scenario_cli.model.scenario import OWN_OUTCOMES, Message, Scenario, State, Transition, requested_by
from scenario_cli.model.source import Name
from scenario_cli.model.triggers import AbsenceTrigger, OutcomeTrigger, Trigger, trigger_events, watched
from scenario_cli.model.vocabulary import FUNCTIONS, RESERVED


def check_references(project: Project, texts: Mapping[str, TemplateText]) -> Iterator[Diagnostic]:
    """The names that do not exist, in every scenario, the channels and the policy."""
    base = Scope(project.plan, catalogue(project))
    yield from check_metrics(project, base)
    about_contact = replace(base, contact_alone="a channel's address and consent know the contact alone")
    for channel in project.channels.values():
        for expression in (channel.address, channel.consent):
            if expression is not None:
                yield from check_expression(expression, about_contact)
    yield from _policy(project, base)
    yield from check_insights(project)
    for channel_name in project.links.channels if project.links is not None else ():
        yield from unknown_name("REF003", "channel", channel_name, project.channels, "channels of project.yaml")
    yield from check_message_events(project)
    for delivery in project.delivery.channels.values() if project.delivery is not None else ():
        name = Name(delivery.name, delivery.span)
        yield from unknown_name("REF003", "channel", name, project.channels, "channels of project.yaml")
    for measuring in measured(project).values():
        yield from _events(measuring, project)
        for scoped in scopes_of(measuring, base).expressions:
            yield from check_expression(scoped.expression, scoped.scope, scoped.condition)
    by_message: dict[tuple[str, str], list[Template]] = {}
    for template in project.templates:
        by_message.setdefault((template.name, template.channel), []).append(template)
    for scenario in project.scenarios.values():
        yield from _settings(scenario, project)
        yield from _events(scenario, project)
        yield from _states(scenario)
        yield from _moves(scenario)
        yield from _captures(scenario)
        yield from _updates(scenario, project)
        for scoped in scopes_of(scenario, base).expressions:
            faults = check_expression(scoped.expression, scoped.scope, scoped.condition)
            yield from (_where_used(fault, scoped.expression) for fault in faults)
        scopes = scopes_of(scenario, base)
        for state, transition, message in _message_sites(scenario):
            yield from _channel(message, project)
            if message.channel.text in project.channels:
                yield from _template(message, project, by_message, texts, scopes, state, transition)


def _message_sites(scenario: Scenario) -> Iterator[tuple[State | None, Transition | None, Message]]:
    """Every message with the state and the transition that ask for it, as far as it has them."""
    for state in scenario.states.values():
        yield from ((state, None, message) for message in state.messages)
        yield from ((state, transition, message) for transition in state.on for message in transition.messages)
    yield from ((None, transition, message) for transition in scenario.on for message in transition.messages)


def _where_used(fault: Diagnostic, expression: Expression) -> Diagnostic:
    """A fault in the expression of a `define` name, with the place that uses the name: elsewhere it can be sound."""
    defined = [part.root for part in expression.names if "." not in part.name]
    if any(node.span == fault.span for root in defined for node in walk(root)):
        return replace(fault, related=(*fault.related, ("used here", expression.span)))
    return fault


def _policy(project: Project, scope: Scope) -> Iterator[Diagnostic]:
    tags = {tag for scenario in project.scenarios.values() for message in scenario.messages for tag in message.tags}
    for quiet in project.policy.quiet_hours:
        yield from _picked(quiet, project, tags)
        for value in (quiet.start, quiet.end):
            if isinstance(value, Expression):
                yield from check_expression(value, replace(scope, contact_alone="quiet hours know the contact alone"))
    for cap in project.policy.caps:
        yield from _picked(cap, project, tags)
        if cap.condition is not None:
            about_contact = replace(scope, contact_alone="a cap knows the contact alone")
            yield from check_expression(cap.condition, about_contact, condition=True)


def _picked(rule: QuietHours | Cap, project: Project, tags: set[str]) -> Iterator[Diagnostic]:
    """The unknown names by which quiet hours or a cap pick messages, or leave some out."""
    for names in (rule, rule.exempt) if rule.exempt is not None else (rule,):
        for name in names.channels:
            yield from unknown_name("REF003", "channel", name, project.channels, "channels of project.yaml")
        for name in names.programs:
            yield from unknown_name("REF005", "program", name, project.programs, "programs of project.yaml")
        for name in names.scenarios:
            yield from unknown_name("REF011", "scenario", name, {*project.scenarios, *project.faulty}, "scenarios")
        for name in names.tags:
            yield from unknown_name("REF012", "tag", name, tags, "tags of messages")


def _settings(scenario: Scenario, project: Project) -> Iterator[Diagnostic]:
    if scenario.program is not None:
        yield from unknown_name("REF005", "program", scenario.program, project.programs, "programs of project.yaml")
    if scenario.phase is not None:
        yield from unknown_name("REF006", "phase", scenario.phase, project.phases, "phases of project.yaml")


def _events(scenario: Scenario, project: Project) -> Iterator[Diagnostic]:
    names = [transition.event for transition in scenario.transitions] + (
        [scenario.goal.event] if scenario.goal is not None else []
    )
    events = {**project.plan.events, **project.plan.groups}
    for name in (*names, *(name for trigger in scenario.triggers for name in trigger_events(trigger))):
        if name.text not in BUILT_IN:
            yield from unknown_name("REF001", "event", name, events, "events of the tracking plan")
    for trigger in scenario.triggers:
        yield from _trigger(trigger, project)
    for listener in (*scenario.transitions, scenario.goal):
        if listener is not None and listener.of is not None:
            yield from unknown_name("REF002", "state", listener.of, scenario.states, "states")
            yield from _message_id(listener.event, listener.of, project)


def _trigger(trigger: Trigger, project: Project) -> Iterator[Diagnostic]:
    for kind, name in watched(trigger):
        match kind:
            case "segment":
                yield from unknown_name("REF015", kind, name, project.segments, "segments of metrics.yaml")
            case "attribute":
                yield from unknown_name("REF004", kind, name, project.plan.profile, "attributes")
            case "scenario":
                known_scenarios = {*project.scenarios, *project.faulty}
                yield from unknown_name("REF011", kind, name, known_scenarios, "scenarios")
    match trigger:
        case AbsenceTrigger(by=Name() as by):
            for event in dict.fromkeys(
                event for heard_name in trigger_events(trigger) for event in project.plan.expand(heard_name.text)
            ):
                type_ = event_type(project.plan, event)
                if type_ is not None:
                    yield from unknown_name("REF004", "property", by, type_.properties, f"properties of '{event}'")
        case OutcomeTrigger():
            watched_scenario = project.scenarios.get(trigger.scenario.text)
            for outcome in (
                trigger.outcomes if watched_scenario is not None and watched_scenario.name not in project.faulty else ()
            ):
                assert watched_scenario is not None
                yield from unknown_name("REF017", "outcome", outcome, (*outcomes(watched_scenario), *OWN_OUTCOMES),
                                    f"outcomes of '{watched_scenario.name}'")  # fmt: skip


def _updates(scenario: Scenario, project: Project) -> Iterator[Diagnostic]:
    """Checks that scenarios write attributes of the profile and emit events of the plan."""
    plan = project.plan
    for act in scenario.acts:
        for name, _ in act.update:
            yield from unknown_name("REF004", "attribute", name, plan.profile, "attributes of the profile")
        for emitted in act.emit:
            yield from unknown_name("REF001", "event", emitted.event, plan.events, "events of the tracking plan")
            event = plan.events.get(emitted.event.text)
            if event is not None and event.broadcast:
                yield Diagnostic("REF018", f"'{event.name}' is a broadcast event, which no journey can emit",
                                 emitted.event.span, hint="emit an event of the contact")  # fmt: skip
            for name, _ in emitted.values if event is not None else ():
                assert event is not None
                yield from unknown_name("REF004", "property", name, event.properties, f"properties of '{event.name}'")


def _message_id(event: Name, of: Name, project: Project) -> Iterator[Diagnostic]:
    for name in project.plan.expand(event.text):
        type_ = event_type(project.plan, name)
        if type_ is not None and "message_id" not in type_.properties:
            yield Diagnostic("REF013", f"'of' never matches: event '{name}' has no property 'message_id'", of.span,
                             hint=(
                                 "declare it in events.yaml: it is the id "
                                 "of the opened or clicked message"
                             ))  # fmt: skip


def _states(scenario: Scenario) -> Iterator[Diagnostic]:
    for exit_ in all_exits(scenario):
        target = exit_.target
        if target is None or target.state is None or not _NAME.fullmatch(target.state):
            continue  # the check of the file's shape reports a text that cannot be a name
        for finding in unknown_name("REF002", "state", Name(target.state, target.span), scenario.states, "states"):
            intended = value_meant("if_past", target.state) if exit_.fallback is not None else None
            if intended is not None:
                yield replace(finding, hint=f"did you mean '{intended}'? {finding.hint}", fix=None)
            elif target.state.lower() in _ENDINGS:
                hint = f"to end the journey write '{{end: <outcome>}}'; {finding.hint}"
                yield replace(finding, hint=hint, fix=None)
            else:
                yield finding


def _moves(scenario: Scenario) -> Iterator[Diagnostic]:
    """Checks that `migrate` leads from states that are gone to states that exist."""
    for name, target in scenario.migrate:
        if name.text in scenario.states:
            related = ((f"'{name.text}' is here", scenario.states[name.text].span),)
            yield Diagnostic("REF024", f"'{name.text}' is still a state, so journeys in it do not move", name.span,
                             hint="remove the line, or the state", related=related)  # fmt: skip
        if target.state is not None and _NAME.fullmatch(target.state):
            yield from unknown_name("REF002", "state", Name(target.state, target.span), scenario.states, "states")


_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
# Words that people write for the end of a journey at the place of a state's name.
_ENDINGS = frozenset("end ends exit stop finish finished done quit terminate close over none".split())


def _captures(scenario: Scenario) -> Iterator[Diagnostic]:
    reserved = {*RESERVED, *FUNCTIONS}
    for name in Scopes.captured_names(scenario):
        if name.text in reserved:
            message = f"'{name.text}' cannot be captured: the name has a meaning of its own"
            yield Diagnostic("REF010", message, name.span, hint="use another name")


# Keys of other tools for what is written `email: cart/reminder` here.
_SPELT_OUT = {"channel": "write the channel as the key: '{value}: TEMPLATE'",
              "template": "write it after its channel: 'CHANNEL: {value}'"}  # fmt: skip


def _channel(message: Message, project: Project) -> Iterator[Diagnostic]:
    channel = message.channel
    if channel.text in _SPELT_OUT and channel.text not in project.channels:
        hint = _SPELT_OUT[channel.text].format(value=message.template.text)
        yield Diagnostic("REF003", f"unknown channel '{channel.text}'", channel.span, hint=hint)
        return
    yield from unknown_name("REF003", "channel", message.channel, project.channels, "channels of project.yaml")


def _template(
    message: Message,
    project: Project,
    by_message: Mapping[tuple[str, str], list[Template]],
    texts: Mapping[str, TemplateText],
    scopes: Scopes,
    state: State | None,
    transition: Transition | None,
) -> Iterator[Diagnostic]:
    channel, template_name = message.channel.text, message.template
    variants = by_message.get((template_name.text, channel))
    if variants is None:
        other_channels = sorted(channel_ for name, channel_ in by_message if name == template_name.text)
        names = (name for name, channel_ in by_message if channel_ == channel)
        missing = f"no template '{template_name.text}' for {channel}"
        finding = misnamed("REF007", missing, template_name, names, f"templates for {channel}")
        if intended := _intended_template(template_name.text, channel, by_message):
            finding = replace(finding, hint=f"write '{intended}'")
        elif other_channels:
            hint = f"it exists for {', '.join(other_channels)}: create templates/{template_name.text}.{channel}.j2"
            finding = replace(finding, hint=hint, fix=None)
        else:
            finding = replace(finding, hint=f"{finding.hint}; or create templates/{template_name.text}.{channel}.j2")
        yield finding
        return
    scope = scopes.quiet().beside(_values(message, scopes, state, transition))
    scope = scope.at(None, "a template reads 'trigger' and captured values, no event")
    asked_at = (requested_by(state, scopes.scenario), message.span)
    for template in variants:
        for fault in check_template(
            texts[template.path], texts, scope, template.locale or project.locale, project.currency
        ):
            yield replace(fault, related=(*fault.related, asked_at))


def _intended_template(name: str, channel: str, by_message: Mapping[tuple[str, str], list[Template]]) -> str | None:
    """The intended template of a channel if its name is written as the path of its file, or in another case."""
    path = name.replace("\\", "/").removeprefix("./").removeprefix("templates/").lower()
    stem = re.sub(rf"(\.{re.escape(channel)}(\.[a-z-]+)?)?\.(j2|html|txt)$|\.{re.escape(channel)}$", "", path)
    return next((template for template, of in sorted(by_message) if of == channel and template.lower() == stem), None)


def _values(
    message: Message, scopes: Scopes, state: State | None, transition: Transition | None
) -> dict[str, Property]:
    if transition is not None:
        scope = scopes.on_event(transition.event.text)
    else:
        scope = scopes.on_entering(state.name) if state is not None else scopes.quiet()
    return {name.text: scopes.shape(value, scope) for name, value in message.values}
