"""The files of a project that some of its files depend on: templates, their includes, the files shared by all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from scenario_cli.language.find import shown_path
from scenario_cli.language.kinds import KINDS
from scenario_cli.language.project import Loaded
from scenario_cli.language.templates.syntax import included_in
from scenario_cli.model.project import Project, Template
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Used:
    """Files that others use. All findings of `whole` files concern their users; of `shared` files only errors do."""

    whole: frozenset[str]
    shared: frozenset[str]


def used_by(loaded: Loaded, files: Collection[str]) -> Used:
    """The files that these scenarios, tests or templates depend on, without themselves, by the paths in findings."""
    project = loaded.project
    tested = {name for case_file in loaded.tests if case_file.file in files for name in case_file.scenarios or ()}
    scenarios = [
        scenario for scenario in project.scenarios.values() if scenario.file in files or scenario.name in tested
    ]
    sent = {(message.template.text, message.channel.text) for scenario in scenarios for message in scenario.messages}
    templates = [
        template
        for template in project.templates
        if template.file in files or (template.name, template.channel) in sent
    ]
    folder = shown_path(Path(project.root) / "templates")
    whole = {
        *(scenario.file for scenario in scenarios),
        *(template.file for template in templates),
        *(f"{folder}/{name}" for name in texts_included(project, templates)),
    }
    shared = {shown_path(Path(project.root) / name) for name in KINDS}
    return Used(frozenset(whole) - set(files), frozenset(shared) - set(files))


def texts_included(project: Project, templates: Iterable[Template]) -> Mapping[str, str]:
    """The files that templates extend or include, and those that these include: their texts by path."""
    texts: dict[str, str] = {}
    waiting = [text for template in templates for text in (*(head.text for head in template.head), template.body)]
    while waiting:
        for name in included_in(waiting.pop()):
            if name in project.texts and name not in texts:
                texts[name] = project.texts[name]
                waiting.append(texts[name])
    return texts
