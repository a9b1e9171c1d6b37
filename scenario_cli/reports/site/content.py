"""The content of a site: the project, facts derived from it, and the results of a log if there is one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scenario_cli.analysis.coverage import Coverage
from scenario_cli.analysis.readers import Part, Readers
from scenario_cli.model.authorship import Authorship
from scenario_cli.model.case import Case
from scenario_cli.model.preview import Preview
from scenario_cli.model.project import Project
from scenario_cli.model.results import DryRun
from scenario_cli.model.results_report import Results
from scenario_cli.model.scenario import Message, Scenario
from scenario_cli.model.variables import Variables
from scenario_cli.reports.site.addresses import unlike

# A message as pages have it: the state that asks for it (empty: any), its channel and its template.
MessageKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class TestedCase:
    """A test case with the file it is in, and whether it passed."""

    file: str
    case: Case
    passed: bool


@dataclass(frozen=True)
class Content:
    """`readers` are the readers of each definition of the project; `variables` the values that its templates read;
    `previews`, `cases` and `coverage` are by scenario, `authors` by file from the project's folder. `run` and `results`
    are of a log, None without one.
    """

    project: Project
    variables: Variables
    readers: Mapping[Part, Readers]
    previews: Mapping[str, Preview]
    authors: Mapping[str, Authorship] = field(default_factory=dict)
    cases: Mapping[str, tuple[TestedCase, ...]] = field(default_factory=dict)
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    run: DryRun | None = None
    results: Results | None = None

    @property
    def title(self) -> str:
        return self.project.title or self.project.name

    def below(self, file: str) -> str:
        """The path of a file from the project's folder, in any current folder."""
        return os.path.relpath(file, self.project.root).replace(os.sep, "/")

    @cached_property
    def message_files(self) -> Mapping[tuple[str, MessageKey], str]:
        """The page of each message, by scenario and message; no two differ in capitals alone, which some disks do not
        distinguish."""
        keys = [(name, key) for name, scenario in self.project.scenarios.items() for key in messages_of(scenario)]
        stems = unlike([f"{name}.{state or 'any'}.{channel}" for name, (state, channel, _) in keys])
        return {key: f"messages/{stem}.html" for key, stem in zip(keys, stems, strict=True)}

    @cached_property
    def scenario_files(self) -> Mapping[str, str]:
        names = list(self.project.scenarios)
        return {name: f"scenarios/{stem}.html" for name, stem in zip(names, unlike(names), strict=True)}


def messages_of(scenario: Scenario) -> dict[MessageKey, Message]:
    """Every message of a scenario once, in the order written."""
    messages: dict[MessageKey, Message] = {}
    for sending in scenario.sendings:
        for message in sending.messages:
            state = sending.state.name if sending.state is not None else ""
            messages.setdefault((state, message.channel.text, message.template.text), message)
    return messages
