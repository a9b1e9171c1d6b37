"""A project with buffers that are not saved yet: its findings, its names, and their places.

While a file cannot be read, its names and their places are those of its last good version.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from scenario_cli.language.files import Files, folder_with
from scenario_cli.language.find import shown_path
from scenario_cli.language.forgetting import forget_texts
from scenario_cli.language.kinds import kind_of
from scenario_cli.language.project import Loaded
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.symbols.in_files import States, in_file
from scenario_cli.language.symbols.in_templates import in_template
from scenario_cli.language.symbols.symbol import UNREADABLE, Occurrence, Symbol
from scenario_cli.language.templates.files import TemplateText, read_templates
from scenario_cli.model.project import Project
from scenario_cli.model.source import whole_file
from scenario_cli.reading import read_project

_TEMPLATES = "templates/"
_CLEAN_AFTER = 50  # readings, each of which keeps up to some MB


@dataclass(frozen=True, slots=True)
class Named:
    """The names in a file at its last successful reading: its text then, and their places in it."""

    text: str
    occurrences: tuple[Occurrence, ...]


@dataclass
class View:
    """A project as read at one time; all answers about names during editing are based on it."""

    root: Path
    loaded: Loaded
    project: Project  # with the last readable content of files that are broken now
    files: Files
    earlier: View | None = None
    _named: dict[str, Named] = field(default_factory=dict)

    @cached_property
    def states(self) -> States:
        return {name: frozenset(scenario.states) for name, scenario in self.project.scenarios.items()}

    @cached_property
    def faulty(self) -> frozenset[str]:
        """The files with an error, as findings show them."""
        return frozenset(finding.span.file for finding in self.loaded.findings if finding.severity == "error")

    @cached_property
    def templates(self) -> dict[str, TemplateText]:
        """Every file below templates/, by its path there."""
        return read_templates(self.files, tuple(self.project.channels))[0].texts

    def paths(self) -> Iterator[str]:
        """Every file that names something, by its path in the project."""
        for path in sorted(self.files.paths()):
            if path.startswith(_TEMPLATES) or kind_of(Path(path)) is not None:
                yield path

    def text(self, path: str) -> str:
        """A file's text as it was read; empty if it cannot be."""
        return self.loaded.sources.get(self.path_in_findings(path), "")

    def path_in_findings(self, path: str) -> str:
        """A path as findings show it."""
        return shown_path(self.root / path)

    def named(self, path: str) -> Named:
        """The names in a file; of one that cannot be read now, those that it had before."""
        if path not in self._named:
            self._named[path] = self._scan(path)
        return self._named[path]

    def _scan(self, path: str) -> Named:
        text = self.text(path)
        before = self.earlier._named.get(path) if self.earlier is not None else None
        if path.startswith(_TEMPLATES):
            if before is not None and before.text == text:
                return before
            template = self.templates.get(path.removeprefix(_TEMPLATES))
            symbols = tuple(in_template(template)) if template is not None else ()
            if self._has_broken_yaml(path):  # the front matter
                symbols = (*symbols, _unreadable(text, self.path_in_findings(path)))
            is_broken = any(each.symbol.kind == UNREADABLE for each in symbols)
            return before if is_broken and before is not None else Named(text, symbols)
        kind = kind_of(Path(path))
        if before is not None and before.text == text and kind != "test":
            return before
        node, _ = read_yaml(text.encode(), self.path_in_findings(path))
        if node is None or kind is None:
            return before or Named(text, (_unreadable(text, self.path_in_findings(path)),))
        return Named(text, tuple(in_file(node, kind, self.states)))

    def _has_broken_yaml(self, path: str) -> bool:
        file = self.path_in_findings(path)
        return any(
            finding.span.file == file and finding.code.startswith("YAML") and finding.severity == "error"
            for finding in self.loaded.findings
        )

    def everywhere(self) -> Iterator[tuple[str, Occurrence]]:
        """Every name of the project with the file it is in, by its path in the project."""
        for path in self.paths():
            for occurrence in self.named(path).occurrences:
                yield path, occurrence

    def _files_of(self, symbol: Symbol) -> list[str]:
        """The files of a template, or the file that one includes, by their paths below templates/."""
        if symbol.kind == "file":
            return [symbol.name] if symbol.name in self.templates else []
        of_name = (template for template in self.project.templates if template.name == symbol.name)
        return [template.path for template in of_name if symbol.owner in ("", template.channel)]

    def definitions(self, symbol: Symbol) -> list[tuple[str, Occurrence]]:
        """The places where a symbol is defined; for a template each of its files."""
        if symbol.kind in ("template", "file"):
            paths = [f"{_TEMPLATES}{path}" for path in self._files_of(symbol)]
            spans = [whole_file(self.path_in_findings(path)) for path in paths]
            return [(path, Occurrence(symbol, span, span)) for path, span in zip(paths, spans, strict=True)]
        return [(path, occurrence) for path, occurrence in self._of(symbol) if occurrence.defines]

    def references(self, symbol: Symbol) -> list[tuple[str, Occurrence]]:
        """The places that name a symbol, without those that define it."""
        return [(path, occurrence) for path, occurrence in self._of(symbol) if not occurrence.defines]

    def _of(self, symbol: Symbol) -> Iterator[tuple[str, Occurrence]]:
        owners = set(symbol.owners) or {symbol.owner}
        for path, occurrence in self.everywhere():
            named = occurrence.symbol
            if (named.kind, named.name) == (symbol.kind, symbol.name) and (
                symbol.kind != "state" or not owners.isdisjoint((named.owner, *named.owners))
            ):
                yield path, occurrence


def _unreadable(text: str, file: str) -> Occurrence:
    return Occurrence(Symbol(UNREADABLE, text), whole_file(file))


class OpenProject:
    """A project that files are being written of. `buffers` are their texts, by resolved path, that go before disk."""

    def __init__(self, root: Path, allow_outside: bool = False) -> None:
        self.root = root
        self.allow_outside = allow_outside
        self.buffers: dict[Path, bytes] = {}
        self.view: View | None = None
        self._readings = 0

    def read(self) -> View:
        """Reads the project as it is now."""
        self._readings += 1
        if self._readings % _CLEAN_AFTER == 0:
            forget_texts()
            gc.collect()  # what a reading leaves counts as old, which the collector never looks through by itself
        buffers = dict(self.buffers)
        view = self._read(buffers, self.view)
        if self.view is None and not {str(shown_path(path)) for path in buffers}.isdisjoint(view.faulty):
            # An editor that starts again opens texts that were never saved: their last good version is the file.
            view = self._read(buffers, self._read({}, None))
        self.view = view
        return view

    def _read(self, buffers: Mapping[Path, bytes], before: View | None) -> View:
        loaded = read_project(self.root, True, buffers, allow_outside=self.allow_outside)
        files = folder_with(self.root, buffers, self.allow_outside)
        project = _with_earlier(loaded, before) if before is not None else loaded.project
        view = View(self.root, loaded, project, files, before)
        if before is not None:
            for path in view.paths():
                if view.path_in_findings(path) in view.faulty:
                    before.named(path)
                    view.named(path)
            before.earlier = None  # the names of broken files have been taken over
        return view


def _with_earlier(loaded: Loaded, before: View) -> Project:
    """The project, with the earlier view's content of files that cannot be read now."""
    project, earlier = loaded.project, before.project
    unread = {
        Path(finding.span.file).name
        for finding in loaded.findings
        if finding.code.startswith("YAML") and finding.severity == "error"
    }
    if "project.yaml" in unread and not project.channels:
        project = replace(
            project, channels=earlier.channels, programs=earlier.programs, phases=earlier.phases,
            tables=earlier.tables, constants=earlier.constants,
        )  # fmt: skip
    if "events.yaml" in unread and not project.plan.events:
        project = replace(project, plan=earlier.plan)
    if "metrics.yaml" in unread and not project.metrics:
        project = replace(project, metrics=earlier.metrics, segments=earlier.segments)
    read_files = {scenario.file for scenario in project.scenarios.values()}
    earlier_scenarios = {
        name: scenario
        for name, scenario in earlier.scenarios.items()
        if scenario.file not in read_files and scenario.file in loaded.sources and name not in project.scenarios
    }
    return replace(project, scenarios={**project.scenarios, **earlier_scenarios}) if earlier_scenarios else project
