"""The index of a site's search, as a script: a page in a folder can load a script, but must not fetch files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from scenario_cli.model.plain_text import printable
from scenario_cli.model.project import Project
from scenario_cli.reports.site.addresses import OVERVIEW, anchor
from scenario_cli.reports.site.cards import renderings_of
from scenario_cli.reports.site.content import Content
from scenario_cli.reports.site.links import Links

# A title, its kind, the address from the site's folder, and further words to find it by.
Entry = tuple[str, str, str, str]


def search_index(content: Content) -> str:
    entries = ",\n".join(_line(entry) for entry in _entries(content))
    return f"window.scenarioIndex = [\n{entries}\n];\n"


def _line(entry: Entry) -> str:
    """An entry of the list; a text in it opens no tag, at any place of the script."""
    return json.dumps([printable(part) for part in entry], ensure_ascii=True).replace("<", "\\u003c")


def _entries(content: Content) -> Iterator[Entry]:
    project = content.project
    for name, scenario in project.scenarios.items():
        kind = f"scenario, {scenario.title}" if scenario.title else "scenario"
        yield (
            name,
            kind,
            content.scenario_files[name],
            " ".join([scenario.description, scenario.owner, *scenario.states]),
        )
    links = Links(content, OVERVIEW)
    for (name, key), file in content.message_files.items():
        subjects = [
            text for message in renderings_of(project.scenarios[name], key, links)
            for field, text in message.fields.items() if field in ("subject", "title")
        ]  # fmt: skip
        yield (
            subjects[0] if subjects else key[2],
            f"message, {name}, {key[0] or 'any state'}: {key[1]}",
            file,
            " ".join([key[2], *subjects]),
        )
    for program in project.programs.values():
        address = f"{OVERVIEW}#{anchor('program', program.name)}"
        yield program.title or program.name, "program", address, program.objective
    for kind, named in _shared(project):
        for name, words in named.items():
            yield name, kind, links.address(kind, name), words


def _shared(project: Project) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The shared definitions of scenarios, by kind: names with words to find them by."""
    plan = project.plan
    yield "event", {name: f"{event.description} {' '.join(event.properties)}" for name, event in plan.events.items()}
    yield "attribute", {name: attribute.description for name, attribute in plan.profile.items()}
    definitions: Mapping[str, Mapping[str, object]] = {
        "group": plan.groups, "metric": project.metrics, "segment": project.segments, "table": project.tables,
        "constant": project.constants, "channel": project.channels,
    }  # fmt: skip
    for kind, members in definitions.items():
        yield kind, dict.fromkeys(members, "")
