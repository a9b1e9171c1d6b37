"""What the search of a site looks through, as a script: a page in a folder can load one, and may fetch nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scenario_cli.model.plain_text import printable
from scenario_cli.reports.site.addresses import OVERVIEW, anchor
from scenario_cli.reports.site.cards import shown_of
from scenario_cli.reports.site.content import Content
from scenario_cli.reports.site.links import Links

# A title, what kind of thing it is, the address from the site's folder, and further words to find it by.
Entry = tuple[str, str, str, str]


def search_index(content: Content) -> str:
    entries = ",\n".join(_line(entry) for entry in _entries(content))
    return f"window.scenarioIndex = [\n{entries}\n];\n"


def _line(entry: Entry) -> str:
    return json.dumps([printable(part) for part in entry], ensure_ascii=True)


def _entries(content: Content) -> Iterator[Entry]:
    project = content.project
    for name, scenario in project.scenarios.items():
        words = (scenario.title, scenario.description, scenario.owner, *(called for called in scenario.states))
        yield (
            name,
            f"scenario, {scenario.title}" if scenario.title else "scenario",
            content.scenario_files[name],
            " ".join(words),
        )
    links = Links(content, OVERVIEW)
    for (name, key), file in content.message_files.items():
        subjects = [
            text for shown in shown_of(project.scenarios[name], key, links)
            for field, text in shown.fields.items() if field in ("subject", "title")
        ]  # fmt: skip
        yield (
            subjects[0] if subjects else key[2],
            f"message, {name}, {key[0] or 'any state'}: {key[1]}",
            file,
            " ".join([key[2], *subjects]),
        )
    for program in project.programs.values():
        yield (
            program.title or program.name,
            "program",
            f"{OVERVIEW}#{anchor('program', program.name)}",
            program.objective,
        )
