"""Renders messages for review: for a contact of a log, or for a made-up contact. Sends and counts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scenario_cli.analysis.changes.templates import included
from scenario_cli.analysis.linear_path import linear_paths, with_nearer_wait
from scenario_cli.analysis.pressure import is_marketing
from scenario_cli.analysis.tracking_plan.sample_values import SAMPLE_CONTACT, sample_profile, sample_properties
from scenario_cli.engine.calendar import UTC, local, zone
from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.filters import DataEnvironment, shown_in_text, template_filters, tests
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.engine.tables import Tables
from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.replay import feed
from scenario_cli.hosts.rows import link_facts, read_instant, template_values
from scenario_cli.hosts.sample_entry import sample_entry
from scenario_cli.hosts.tables import load_tables
from scenario_cli.messages.find import find_template
from scenario_cli.messages.render import Renderer, RenderError
from scenario_cli.model.event import Event
from scenario_cli.model.policy import Policy
from scenario_cli.model.preview import Preview, RenderedMessage
from scenario_cli.model.project import Project, Template
from scenario_cli.model.records import Asked, Moved, Record
from scenario_cli.model.scenario import FirstOf, Message, Scenario
from scenario_cli.model.waits import DAY, MINUTE

Properties = Callable[[str], Mapping[str, Any]]

SAMPLE = "for a contact made up from the tracking plan"
_SAMPLE_INSTANT = "2025-03-03T10:00"  # a Monday morning: any would do, and the same gives the same preview


@dataclass(frozen=True, slots=True)
class Stage:
    """The parts that all previews of a project share: the rows of its tables, its compiled templates."""

    project: Project
    tables: Tables
    renderer: Renderer


def stage_of(project: Project) -> Stage:
    """The stage of a project. Raises `ExportError` if a table cannot be read."""
    renderer = Renderer(project, DataEnvironment, template_filters(), tests(), shown_in_text)
    return Stage(project, load_tables(project), renderer)


def preview_of(
    stage: Stage,
    scenario: Scenario,
    source: str,
    requests: Iterable[tuple[str, Asked]],
    states: Iterable[str],
    locale: str | None = None,
) -> Preview:
    """The rendered messages that these states requested. `source` names the contacts for whom they were requested."""
    project = stage.project
    messages = _rendered(stage, scenario, requests, locale)
    shown_states = {message.state for message in messages}
    return Preview(
        project=project.title or project.name,
        scenario=scenario.name,
        title=scenario.title,
        source=source,
        messages=messages,
        missing=tuple(state for state in states if state not in shown_states),
        limits={
            channel.name: {"max_length": channel.max_length, "title_max": channel.title_max}
            for channel in project.channels.values()
        },
    )


def sample_messages(stage: Stage, scenario: Scenario) -> list[tuple[str, Asked]]:
    """The messages that a contact with sample values gets in every state, under any conditions."""
    project = _of_scenario(stage.project, scenario)
    stage = replace(stage, project=project)
    profile = sample_profile(project.plan, project.timezone)
    start = read_instant(_SAMPLE_INSTANT, project.timezone) or 0
    start, standing_since = sample_entry(scenario.triggers[0], profile, start, zone(project.timezone) or UTC)
    return [
        (SAMPLE_CONTACT, request)
        for path in linear_paths(scenario, project.plan)
        for request in messages_on_path(
            stage, path.scenario, path.events, SAMPLE_CONTACT, profile,
            lambda event: sample_properties(project.plan, event), start, standing_since,
        )
    ]  # fmt: skip


def requested_of_contact(
    project: Project, scenario: str, staged: StagedLog, contact_id: str, start: int | None, until: int
) -> list[Asked] | None:
    """The messages that a scenario requested for one contact of a log; None for a contact that is not in the log."""
    program = compile_program(project, [scenario], load_tables(project))
    broadcasts = list(staged.broadcasts()) if program.broadcasts else []
    # The one contact of this id: ids are compared by their bytes, and no other id is between it and this end.
    for log in staged.stream(ContactRange(contact_id, f"{contact_id}\0", 0)):
        _, records = feed(program, log, start, until, staged.report.first, broadcasts)
        return [record for record in records if isinstance(record, Asked)]
    return None


def _of_scenario(project: Project, scenario: Scenario) -> Project:
    """The project with the templates of one scenario alone: other templates need not be kept."""
    sent = {(message.template.text, message.channel.text) for message in scenario.messages}
    templates = tuple(template for template in project.templates if (template.name, template.channel) in sent)
    paths = {path for template in templates for path in (template.path, *included(template, project))}
    texts = {path: text for path, text in project.texts.items() if path in paths}
    return replace(project, templates=templates, texts=texts)


def messages_on_path(
    stage: Stage,
    straight: Scenario,
    events: tuple[tuple[str, ...], ...],
    contact_id: str,
    profile: Mapping[str, Any],
    properties: Properties,
    start: int,
    entry_properties: Mapping[str, Any] | None = None,
) -> list[Asked]:
    """The messages requested along a linear path: `events` are those fed to get in, then in each of its states.

    `entry_properties` are properties of the first event that depend on `start`.
    """
    scenarios = {**stage.project.scenarios, straight.name: straight}
    project = replace(stage.project, scenarios=scenarios, policy=Policy())
    program = compile_program(project, [straight.name], stage.tables)
    state = new_contact(program, contact_id, profile)
    (entering,) = events[0]
    records: list[Record] = step(
        program, state, Event(entering, start, {**properties(entering), **(entry_properties or {})})
    )
    for index, (path_state, fed) in enumerate(zip(straight.states.values(), events[1:], strict=False)):
        arrivals = [record.at for record in records if isinstance(record, Moved)]
        if index >= len(arrivals):
            break
        at = arrivals[index]
        for number, name in enumerate(fed, 1):
            records += step(program, state, Event(name, at + number * MINUTE, properties(name)))
        if path_state.after:
            until = _due(state, straight)
            if until is None:
                nearer = with_nearer_wait(straight, path_state.name)
                return messages_on_path(stage, nearer, events, contact_id, profile, properties, start, entry_properties)
            records += advance(program, state, max(until, at + len(fed) * MINUTE))
    return [record for record in records if isinstance(record, Asked)]


_LONGEST = 10 * 366 * DAY  # the longest wait that a reader would wait for; a date such as 9999-12-31 means "no end"


def _due(state: ContactState, straight: Scenario) -> int | None:
    """The instant at which the wait of the only journey is over; None if it is never over, or too far off."""
    (journey,) = state.journeys[straight.name]
    (until,) = journey.due_times
    return until if until is not None and until <= state.now + _LONGEST else None


def _rendered(
    stage: Stage, scenario: Scenario, messages: Iterable[tuple[str, Asked]], locale: str | None
) -> tuple[RenderedMessage, ...]:
    """The rendered messages in the order of the scenario, in every locale or the one for `locale`.

    Of a message that was requested several times the last is rendered.
    """
    latest = {
        (message.state, message.channel, message.template): (contact_id, message) for contact_id, message in messages
    }
    project, renderer = stage.project, stage.renderer
    rendered: list[RenderedMessage] = []
    for key, note, written in _scenario_messages(scenario):
        if key in latest:
            contact_id, message = latest[key]
            # Made-up contacts get every message as a service message, so that nothing holds it back.
            facts = link_facts(project, message) if is_marketing(written, project) else None
            for template in _templates(renderer, message, locale):
                values = template_values(contact_id, message, stage.tables)
                rendered.append(_render(renderer, template, values, facts, message, note, written.purpose))
    return tuple(rendered)


def _scenario_messages(scenario: Scenario) -> Iterator[tuple[tuple[str, str, str], str, Message]]:
    """Every message of the scenario once for each state, channel and template, with a note."""
    keys: set[tuple[str, str, str]] = set()
    for state in scenario.states.values():
        for send in (send for sending in scenario.sendings_in(state) for send in sending.send):
            messages = send.messages if isinstance(send, FirstOf) else (send,)
            for number, message in enumerate(messages):
                key = (state.name, message.channel.text, message.template.text)
                notes = [f"choice {number + 1} of {len(messages)}"] if isinstance(send, FirstOf) else []
                notes += [f"if {' '.join(message.condition.source.split())}"] if message.condition else []
                if key not in keys:
                    keys.add(key)
                    yield key, ", ".join(notes), message


def _templates(renderer: Renderer, message: Asked, locale: str | None) -> list[Template]:
    """The template for a locale; without one all of them, the contact's own first."""
    preferred = find_template(
        renderer.variants, message.template, message.channel, locale or message.profile.get("locale"), renderer.locale
    )
    if preferred is None or locale is not None:
        return [preferred] if preferred is not None else []
    variants = renderer.variants[(message.template, message.channel)]
    return [preferred, *(template for _, template in sorted(variants.items(), key=str) if template is not preferred)]


def _render(
    renderer: Renderer,
    template: Template,
    values: dict[str, Any],
    facts: Mapping[str, str] | None,
    message: Asked,
    note: str,
    purpose: str,
) -> RenderedMessage:
    if template.locale is not None:
        values["contact"] = {**values["contact"], "locale": template.locale}
    fields: Mapping[str, str] = {}
    body = problem = ""
    try:
        rendered = renderer.render_template(template, values, facts)
        fields, body = rendered.fields, rendered.body
    except RenderError as error:
        problem = str(error)
    return RenderedMessage(
        state=message.state,
        channel=message.channel,
        template=message.template,
        file=template.file,
        locale=template.locale,
        purpose=purpose,
        address="" if message.address is None else str(message.address),
        sent_at=local(message.at, zone(message.timezone) or UTC).isoformat(sep=" ", timespec="minutes"),
        fields=fields,
        body=body,
        note=note,
        dropped="" if problem else message.reason,
        problem=problem,
    )
