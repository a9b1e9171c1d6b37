"""Messages rendered to be looked at: for a contact of a log, or for somebody made up. Sends and counts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from scenario_cli.engine.calendar import UTC, local, zone
from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.filters import DataEnvironment, shown_in_text, template_filters, tests
from scenario_cli.engine.step import advance, new_contact, step
from scenario_cli.engine.waits import due
from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.replay import feed
from scenario_cli.hosts.rows import template_values
from scenario_cli.hosts.tables import load_tables
from scenario_cli.messages.find import find_template
from scenario_cli.messages.render import Renderer, RenderError
from scenario_cli.model.event import Event
from scenario_cli.model.policy import Policy
from scenario_cli.model.preview import Shown
from scenario_cli.model.project import Project, Template
from scenario_cli.model.records import Asked, Moved, Record
from scenario_cli.model.scenario import FirstOf, Scenario
from scenario_cli.model.waits import MINUTE

Properties = Callable[[str], Mapping[str, Any]]


def asked_of_contact(
    project: Project, scenario: str, staged: StagedLog, contact_id: str, start: int | None, until: int
) -> list[Asked] | None:
    """The messages that a scenario asked for, for one contact of a log; None for a contact that is not in the log."""
    program = compile_program(project, [scenario], load_tables(project))
    broadcasts = list(staged.broadcasts()) if program.broadcasts else []
    # The one contact of this id: ids are compared by their bytes, and nothing lies between it and this end.
    for log in staged.stream(ContactRange(contact_id, f"{contact_id}\0", 0)):
        _, records = feed(program, log, start, until, staged.report.first, broadcasts)
        return [record for record in records if isinstance(record, Asked)]
    return None


def asked_on_path(
    project: Project,
    straight: Scenario,
    events: tuple[tuple[str, ...], ...],
    contact_id: str,
    profile: Mapping[str, Any],
    properties: Properties,
    start: int,
    stands: Mapping[str, Any] | None = None,
) -> list[Asked]:
    """The messages asked for along a linear path: `events` are those fed to get in, then in each of its states.

    `stands` are properties of the first that depend on `start`.
    """
    scenarios = {**project.scenarios, straight.name: straight}
    tables = load_tables(project)
    program = compile_program(replace(project, scenarios=scenarios, policy=Policy()), [straight.name], tables)
    state = new_contact(program, contact_id, profile)
    (entering,) = events[0]
    records: list[Record] = step(program, state, Event(entering, start, {**properties(entering), **(stands or {})}))
    for place, (here, fed) in enumerate(zip(straight.states.values(), events[1:], strict=False)):
        arrivals = [record.at for record in records if isinstance(record, Moved)]
        if place >= len(arrivals):
            break
        at = arrivals[place]
        for number, name in enumerate(fed, 1):
            records += step(program, state, Event(name, at + number * MINUTE, properties(name)))
        for timeout in here.after:
            until = due(timeout.wait, at, state.zone)
            records += advance(program, state, max(until, at + len(fed) * MINUTE))
    return [record for record in records if isinstance(record, Asked)]


def shown(
    project: Project, scenario: Scenario, asked: Iterable[tuple[str, Asked]], locale: str | None
) -> tuple[Shown, ...]:
    """The messages, each in every locale or in the one that `locale` gets, in the order in which the scenario writes
    them; of one that was asked for several times the last."""
    last = {(one.state, one.channel, one.template): (contact_id, one) for contact_id, one in asked}
    renderer = Renderer(project, DataEnvironment, template_filters(), tests(), shown_in_text)
    tables = load_tables(project)
    found: list[Shown] = []
    for place, note, purpose in _written(scenario):
        if place in last:
            contact_id, one = last[place]
            for template in _templates(renderer, one, locale):
                found.append(_render(renderer, template, template_values(contact_id, one, tables), one, note, purpose))
    return tuple(found)


def _written(scenario: Scenario) -> Iterator[tuple[tuple[str, str, str], str, str]]:
    """Every message that the scenario writes, once for each state, channel and template, with what is said of it."""
    seen: set[tuple[str, str, str]] = set()
    for state in scenario.states.values():
        own = (send for one in state.on for send in one.send)
        for send in (*state.send, *own, *(send for one in scenario.on for send in one.send)):
            messages = send.messages if isinstance(send, FirstOf) else (send,)
            for number, message in enumerate(messages):
                place = (state.name, message.channel.text, message.template.text)
                notes = [f"choice {number + 1} of {len(messages)}"] if isinstance(send, FirstOf) else []
                notes += [f"if {' '.join(message.condition.source.split())}"] if message.condition else []
                if place not in seen:
                    seen.add(place)
                    yield place, ", ".join(notes), message.purpose


def _templates(renderer: Renderer, asked: Asked, locale: str | None) -> list[Template]:
    """The template for a locale; without one all of them, the contact's own first."""
    own = find_template(
        renderer.variants, asked.template, asked.channel, locale or asked.profile.get("locale"), renderer.locale
    )
    if own is None or locale is not None:
        return [own] if own is not None else []
    known = renderer.variants[(asked.template, asked.channel)]
    return [own, *(template for _, template in sorted(known.items(), key=str) if template is not own)]


def _render(
    renderer: Renderer, template: Template, values: dict[str, Any], asked: Asked, note: str, purpose: str
) -> Shown:
    if template.locale is not None:
        values["contact"] = {**values["contact"], "locale": template.locale}
    fields: Mapping[str, str] = {}
    body = problem = ""
    try:
        rendered = renderer.render_template(template, values)
        fields, body = rendered.fields, rendered.body
    except RenderError as error:
        problem = str(error)
    return Shown(
        state=asked.state,
        channel=asked.channel,
        template=asked.template,
        file=template.file,
        locale=template.locale,
        purpose=purpose,
        address="" if asked.address is None else str(asked.address),
        sent_at=local(asked.at, zone(asked.timezone) or UTC).isoformat(sep=" ", timespec="minutes"),
        fields=fields,
        body=body,
        note=note,
        dropped="" if problem else asked.reason,
        problem=problem,
    )
