"""Resolves the names under `messages` of project.yaml: events, their properties, templates and scenarios."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.names.unknown import unknown_name
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.message_events import MessageEvent
from scenario_cli.model.project import Project

# Kinds that do not identify their message; an unsubscribe is about the last message before it.
_NOT_WHICH = {"channel"}


def check_message_events(project: Project) -> Iterator[Diagnostic]:
    """The names that do not exist, and the events that do not identify their message."""
    if project.messages is None:
        return
    for kind, event in project.messages.all:
        yield from unknown_name("REF001", "event", event.event, project.plan.events, "events of the tracking plan")
        if event.event.text in project.plan.events:
            yield from _properties(event, project)
            yield from _check_identification(kind, event, project)
    names = {template.name for template in project.templates} | {*project.scenarios, *project.faulty, *project.channels}
    for _, target in project.messages.names:
        yield from unknown_name("REF007", "name", target, names, "templates, scenarios and channels")


def _properties(event: MessageEvent, project: Project) -> Iterator[Diagnostic]:
    declared = project.plan.events[event.event.text]
    for key, name in event.says.items():
        names = {*declared.properties, *(project.channels if key == "channel" else ())}
        also = ", or channels" if key == "channel" else ""
        yield from unknown_name("REF004", "property", name, names, f"properties of '{declared.name}'{also}")
    for name, _ in event.only:
        yield from unknown_name("REF004", "property", name, declared.properties, f"properties of '{declared.name}'")


def _check_identification(kind: str, event: MessageEvent, project: Project) -> Iterator[Diagnostic]:
    if kind == "unsubscribed" or event.says.keys() - _NOT_WHICH:
        return
    if not event.properties(project.plan.events[event.event.text].properties).keys() - _NOT_WHICH:
        yield Diagnostic(
            "REF004",
            f"no property of '{event.event.text}' identifies its message",
            event.event.span,
            hint="name one: 'id', 'template' or 'scenario', such as {event: "
            f"{event.event.text}, scenario: utm_campaign}}",
        )
