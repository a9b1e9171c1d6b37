"""The text that an editor shows under the mouse: the meaning of a name or of a key. Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from scenario_cli.analysis.labels import entry_label, exit_label, metric_label, send_label
from scenario_cli.editor.finding_places import occurrence_at
from scenario_cli.editor.project import View
from scenario_cli.editor.properties import property_at
from scenario_cli.editor.texts import Text
from scenario_cli.language.kinds import kind_of
from scenario_cli.language.known_names import about_event, about_property, names_of
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.schema.at_path import schemas_at
from scenario_cli.language.symbols.symbol import Symbol
from scenario_cli.language.yaml_node import every_key
from scenario_cli.model.built_in import BUILT_IN
from scenario_cli.model.exits import own_exits
from scenario_cli.model.project import EventType, Property, Template
from scenario_cli.model.scenario import State
from scenario_cli.model.source import Span

_MOST_LINES = 14  # of a quoted text


class Hover(NamedTuple):
    """A Markdown text about a span."""

    text: str
    span: Span


def hover_at(view: View, path: str, text: str, offset: int) -> Hover | None:
    """The description of an offset of a file whose text is now `text`; None if nothing is known."""
    occurrence = occurrence_at(view, path, text, offset)
    if occurrence is not None:
        words = "\n\n".join(part for part in _about(view, occurrence.symbol) if part)
        if words:
            return Hover(f"**{occurrence.symbol.kind}** `{occurrence.symbol.name}`\n\n{words}", occurrence.span)
    read = property_at(view, path, text, offset)
    if read is not None:
        about = about_property(read)
        return Hover(f"**property** `{read.name}`\n\n{_words(about)}", read.span) if read.name and about else None
    return _about_key(view, path, text, offset)


def _about(view: View, symbol: Symbol) -> Iterator[str]:
    project, name = view.project, symbol.name
    match symbol.kind:
        case "metric" if name in project.metrics:
            yield f"{_words(metric_label(project.metrics[name]))}."
            yield _source(view, symbol)
        case "segment" if name in project.segments:
            yield _source(view, symbol)
        case "template":
            of_channel = [template for template in project.templates if template.name == name]
            chosen = [template for template in of_channel if symbol.owner in ("", template.channel)]
            yield from _templates(chosen, project.locale)
        case "state":
            for owner in (symbol.owner, *symbol.owners):
                scenario = project.scenarios.get(owner)
                if scenario is not None and name in scenario.states:
                    yield from _state(scenario.states[name], owner)
        case "event" if name in project.plan.events:
            yield from _event(project.plan.events[name])
        case "event" if name in BUILT_IN:
            yield names_of(project)["event"][name]
            yield from _event(BUILT_IN[name])
        case "event" if name in project.plan.groups:
            yield f"Any of {', '.join(f'`{member}`' for member in project.plan.groups[name])}."
        case "attribute" if name in project.plan.profile:
            yield _words(about_property(project.plan.profile[name]))
        case "scenario" if name in project.scenarios:
            scenario = project.scenarios[name]
            yield f"{scenario.title or name}, {scenario.status}. {scenario.description}".strip()
            yield f"Enters: {_words(entry_label(scenario))}\n\nStates: {', '.join(f'`{s}`' for s in scenario.states)}"
        case "channel" if name in project.channels:
            channel = project.channels[name]
            sources = (("address", channel.address), ("consent", channel.consent))
            yield "\n".join(f"- {key}: `{value.source}`" for key, value in sources if value is not None)
        case "program" if name in project.programs:
            program = project.programs[name]
            yield ". ".join(part for part in (program.title, program.objective) if part)
            yield f"KPI: {program.kpi}" if program.kpi else ""
        case "table" if name in project.tables:
            table = project.tables[name]
            columns = f" Columns: {', '.join(table.columns)}." if table.columns else ""
            yield f"`{table.path}`, looked up by {', '.join(table.keys)}.{columns}"
        case "constant" if name in project.constants:
            yield f"`{project.constants[name].value}`"


def _source(view: View, symbol: Symbol) -> str:
    """The definition as written."""
    for path, occurrence in view.definitions(symbol):
        text = Text(view.named(path).text)
        assert occurrence.whole is not None
        start, end = text.offsets(occurrence.whole)
        margin = " " * (occurrence.span.column - 1)
        lines = text.content[start:end].rstrip().splitlines()
        return _cited("yaml", [lines[0], *(line.removeprefix(margin) for line in lines[1:])])
    return ""


def _templates(templates: Iterable[Template], locale: str) -> Iterator[str]:
    """The texts of a template: of each channel the one for contacts without a language of their own."""
    by_channel: dict[str, list[Template]] = {}
    for template in templates:
        by_channel.setdefault(template.channel, []).append(template)
    for channel, variants in by_channel.items():
        variants.sort(key=lambda variant: (variant.locale is not None, variant.locale != locale))
        first = variants[0]
        locales = [variant.locale for variant in variants[1:] if variant.locale]
        fields = [f"{key}: {value.text}" for key, value in first.fields.items()]
        also = f" (also {', '.join(locales)})" if locales else ""
        yield f"{channel}: `templates/{first.path}`{also}"
        yield _cited("jinja", [*fields, *(["---"] if fields else []), *first.body.strip().splitlines()])


def _state(state: State, scenario: str) -> Iterator[str]:
    yield f"of `{scenario}`. {state.description}".strip()
    lines = [f"- sends {send_label(send)}" for send in state.send]
    for exit_ in own_exits(state):
        target = f"`{exit_.state}`" if exit_.state else f"end `{exit_.outcome}`" if exit_.outcome else "stays"
        lines.append(f"- {_words(exit_label(exit_)) or exit_.kind} → {target}")
    yield "\n".join(lines)


def _event(event: EventType) -> Iterator[str]:
    yield about_event(event)
    yield f"From {event.owner}." if event.owner else ""
    yield "\n".join(
        f"- `{name}`{_described(property_, name in event.required)}" for name, property_ in event.properties.items()
    )


def _described(property_: Property, required: bool) -> str:
    words = " ".join(part for part in (about_property(property_), "Always there." if required else "") if part)
    return f": {_words(words)}" if words else ""


def _about_key(view: View, path: str, text: str, offset: int) -> Hover | None:
    """The schema's description of the key at an offset."""
    kind = kind_of(Path(path)) if not path.startswith("templates/") else None
    if kind is None:
        return None
    root, _ = read_yaml(text.encode(), view.path_in_findings(path))
    if root is None:
        return None
    lines = Text(text)
    for steps, node, _ in every_key(root):
        start, end = lines.offsets(node.span)
        if start <= offset <= end:
            described = [schema["description"] for schema in schemas_at(kind, steps, root) if "description" in schema]
            return Hover(f"**{node.text}**\n\n{described[0]}", node.span) if described else None
    return None


def _cited(language: str, lines: list[str]) -> str:
    more = ["…"] if len(lines) > _MOST_LINES else []
    fence = "`" * max(3, 1 + max((len(line) - len(line.lstrip("`")) for line in lines), default=0))
    return "\n".join([f"{fence}{language}", *lines[:_MOST_LINES], *more, fence])


def _words(text: str) -> str:
    """A text that is not a markup of its own."""
    return "".join(f"\\{sign}" if sign in "\\*_[]<>`" else sign for sign in text)
