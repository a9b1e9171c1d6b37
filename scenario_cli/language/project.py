"""A project's files to a model and a list of findings: the phases, one after another. Runs no scenario."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from scenario_cli.language.build.whole_project import build_project
from scenario_cli.language.consequences import (
    lost_sections,
    without_consequences,
    without_faulty_keys,
    without_forms,
)
from scenario_cli.language.edit.fixes import sure
from scenario_cli.language.files import Files, folder_with
from scenario_cli.language.kinds import TESTS
from scenario_cli.language.misplaced import with_places
from scenario_cli.language.names.earlier import check_earlier_names
from scenario_cli.language.nodes import Nodes, read_nodes
from scenario_cli.language.references import check_references
from scenario_cli.language.remembered import remembering
from scenario_cli.language.rules import GRADED, RULES, apply_rules, rules_for_errors
from scenario_cli.language.rules.support.severities import Levels, adjusted, read_levels
from scenario_cli.language.rules.support.suppress import suppress
from scenario_cli.language.templates.files import TemplateFiles, read_templates
from scenario_cli.model.diagnostic import Diagnostic, in_reading_order
from scenario_cli.model.project import Project
from scenario_cli.model.source import whole_file
from scenario_cli.model.value_class import dataclass

if TYPE_CHECKING:
    from scenario_cli.model.case import CaseFile


@dataclass(slots=True)
class Loaded:
    """The result of reading a project: the model as far as it could be made, findings, and the texts read.

    `tests` are the files of test cases, if they were requested; `test_files` names all files that were read, including
    those that gave no cases. `ignored` are the findings that a comment in a file accepts.
    """

    project: Project
    findings: list[Diagnostic]
    sources: dict[str, str] = field(default_factory=dict)
    tests: list[CaseFile] = field(default_factory=list)
    test_files: list[str] = field(default_factory=list)
    ignored: list[Diagnostic] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        """Whether an error is serious enough that nothing can run."""
        return any(finding.severity == "error" for finding in self.findings)


def load_project(
    root: Path,
    tests: bool = False,
    unsaved: Mapping[Path, bytes] | None = None,
    levels: Levels | None = None,
    errors_only: bool = False,
    allow_outside: bool = False,
) -> Loaded:
    """The project in a folder, as `load_files` reads it.

    `unsaved` holds, by resolved path, contents that replace those of the files. `allow_outside` follows links and
    tables that lead out of the folder.
    """
    return load_files(folder_with(root, unsaved or {}, allow_outside), tests, levels, errors_only)


def load_model(root: Path, tests: bool = False) -> Loaded:
    """The model of a project in a folder that is known to be in order: see `read_model`."""
    return read_model(folder_with(root, {}), tests)


def read_model(files: Files, tests: bool = False) -> Loaded:
    """The model of a project that is known to be correct: its names and rules are not checked again."""
    with _without_collection(), remembering(files.root):
        nodes, _, project, findings = _read(files, tests)
        cases, faults = _cases(nodes, project)
    return Loaded(project, in_reading_order([*findings, *faults]), nodes.sources, cases, nodes.test_files)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Lets the garbage collector rest: a model is one growing tree without circles, and to look through it again
    and again takes a third of the time of reading a large project."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            # Existing objects count as old: otherwise the collector would look through all of them when it is back on.
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def load_files(files: Files, tests: bool = False, levels: Levels | None = None, errors_only: bool = False) -> Loaded:
    """Reads, checks and builds a project. Faults of one file do not hide those of another.

    Files of test cases are read only with `tests`: a run for customers does not depend on them. `asked` are severities
    by code or category that take precedence over those of project.yaml. With `errors_only`, rules that can only warn
    are skipped, which saves half of the time of reading a project again: enough to know whether it can run.
    """
    with _without_collection(), remembering(files.root):
        return _loaded(files, tests, levels, errors_only)


def _loaded(files: Files, tests: bool, levels: Levels | None, errors_only: bool) -> Loaded:
    nodes, templates, project, findings = _read(files, tests)
    settings = nodes.kinds.get("project")
    graded, misnamed = read_levels(settings.get("rules") if settings is not None else None, GRADED)
    both_levels = (levels or {}, graded)
    rules = rules_for_errors(both_levels) if errors_only else RULES
    name_findings = list(check_references(project, templates.texts))
    no_plan = _no_plan(nodes, name_findings)
    lost = lost_sections(nodes, findings, {"events"} if no_plan else set())
    findings = [*findings, *no_plan, *name_findings]
    findings.extend(check_earlier_names(nodes.scenarios, {*project.scenarios, *project.faulty}))
    cases: list[CaseFile] = []
    if not lost:
        cases, faults = _cases(nodes, project)
        findings += faults
    else:
        rules = tuple(rule for rule in rules if not rule.of_sound_files)
    findings = without_consequences(with_places(findings, nodes, project), lost, nodes)
    ruled = apply_rules(project, templates.texts, _broken(findings), rules)
    findings.extend(without_faulty_keys(ruled, nodes.scenarios, findings))
    findings += misnamed
    reported, ignored = _graded(without_forms(findings), nodes.sources, both_levels, rules == RULES)
    return Loaded(
        project, in_reading_order(reported), nodes.sources, cases, nodes.test_files, in_reading_order(ignored)
    )


def _read(files: Files, tests: bool) -> tuple[Nodes, TemplateFiles, Project, list[Diagnostic]]:
    """The files, the model as far as it could be made, and the faults of text and shape."""
    nodes, findings = read_nodes(files, tests)
    settings = nodes.kinds.get("project")
    channels = settings.get("channels") if settings is not None else None
    templates, faults = read_templates(files, tuple(channels.fields) if channels is not None else ())
    project, build_faults = build_project(files, nodes, templates, findings)
    findings += [*build_faults, *faults]
    nodes.sources.update(templates.sources)
    return nodes, templates, project, findings


# The codes of names that the tracking plan does not have.
_OF_THE_PLAN = ("REF001", "REF004")


def _no_plan(nodes: Nodes, name_findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The only finding for a project that needs a tracking plan but has none."""
    if (
        "events" in nodes.shared_files
        or "project" not in nodes.kinds
        or all(finding.code not in _OF_THE_PLAN for finding in name_findings)
    ):
        return []
    return [Diagnostic("YAML010", "the project has no events.yaml, but its scenarios need a tracking plan",
                       whole_file(nodes.kinds["project"].span.file),
                       hint=(
                           "write it next to project.yaml, or make it from an export: scenario events infer "
                           "EXPORT --output events.yaml"
                       ))]  # fmt: skip


def _cases(nodes: Nodes, project: Project) -> tuple[list[CaseFile], list[Diagnostic]]:
    cases: list[CaseFile] = []
    findings: list[Diagnostic] = []
    if nodes.tests:  # a run for customers reads none, and pays for no import
        from scenario_cli.language.cases.build import build_test
    for file_name, node in nodes.tests:
        file, faults = build_test(node, file_name, project)
        findings.extend(faults)
        cases += [file] if file is not None else []
    return cases, findings


def _broken(findings: Iterable[Diagnostic]) -> set[str]:
    """The files with errors, which rules leave alone. An error in a test does not concern the scenario under test."""
    faulty_files = {finding.span.file for finding in findings if finding.severity == "error"}
    return {file for file in faulty_files if not file.endswith(TESTS)}


def _graded(
    findings: Iterable[Diagnostic], sources: Mapping[str, str], levels: tuple[Levels, Levels], ruled: bool
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """The findings as graded by the command line and the project, apart from those that a comment ignores.

    `ruled` states whether every rule has been asked.
    """
    requested, graded = levels
    findings = list(sure(findings, sources))
    # Some rules pass over files with errors.
    complete = ruled and not any(finding.severity == "error" for finding in findings)
    # A rule that the command line switches off for once is still there for a comment to ignore.
    lasting = {code: level for code, level in requested.items() if level != "off"}
    reported, ignored = suppress(list(adjusted(findings, (lasting, graded), GRADED)), sources, GRADED, complete)
    return list(adjusted(reported, levels, GRADED)), ignored
