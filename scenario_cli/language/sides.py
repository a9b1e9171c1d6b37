"""The two versions of a project that are compared: a folder, or a revision of git. Compares nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scenario_cli.language.files import TEMPLATES, Files, Folder
from scenario_cli.language.find import NoProject, find_project
from scenario_cli.language.kinds import project_files
from scenario_cli.language.project import Loaded, load_files
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.revision import NoRevision, revision
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.project import Project
from scenario_cli.model.value_class import dataclass

if TYPE_CHECKING:
    from scenario_cli.model.case import CaseFile

WORKING_TREE = "the working tree"


@dataclass(frozen=True, slots=True)
class Version:
    """One of the two versions: its name, its files, and their commit (empty for a folder)."""

    label: str
    files: Files
    commit: str = ""

    def load(self, tests: bool = False) -> Loaded:
        """The project as far as it can be read, with its errors."""
        return load_files(self.files, tests=tests, errors_only=True)


def version(argument: str | None, project: str | None, allow_outside: bool = False) -> Version:
    """The version that an argument names: a revision, else a folder; without an argument the saved files.

    `project` is the project's folder if it differs from that of the current folder. A name of both kinds means the
    revision; `./name` is always the folder. Raises `NoProject` and `NoRevision`.
    """
    if argument is None:
        return Version(WORKING_TREE, Folder(find_project(project), allow_outside))
    path = Path(argument)
    if not path.is_dir() or _written_as_path(argument):
        return _folder(argument, allow_outside) if path.is_dir() else _revision(argument, project, allow_outside)
    try:
        return _revision(argument, project, allow_outside)
    except NoRevision:
        return _folder(argument, allow_outside)


def _written_as_path(argument: str) -> bool:
    return argument.startswith((".", "/", "~")) or argument.endswith("/")


def _folder(argument: str, allow_outside: bool) -> Version:
    return Version(argument, Folder(find_project(argument), allow_outside))


def _revision(argument: str, project: str | None, allow_outside: bool) -> Version:
    for dots in ("...", ".."):
        if dots in argument:
            old, _, new = argument.partition(dots)
            raise NoRevision(f"'{argument}' is a range, not a revision",
                             f"give its two ends: scenario diff {old or 'HEAD'} {new or 'HEAD'}")  # fmt: skip
    try:
        root = find_project(project)
    except NoProject:
        root = Path(project or ".").absolute()  # the project can be gone by now
    files = replace(revision(root, argument), allow_outside=allow_outside)
    return Version(argument, files, files.commit)


def has_same_files(first: Version, second: Version, tables: Iterable[str]) -> bool:
    """Whether two versions in the same folder have the same files, byte for byte: all files that a project is read
    from, and these tables.
    """
    names = [_read_files(version.files) for version in (first, second)]
    if first.files.root.resolve() != second.files.root.resolve() or names[0] != names[1]:
        return False
    try:
        return all(first.files.read(path) == second.files.read(path) for path in (*names[0], *tables))
    except OSError:
        return False


def _read_files(files: Files) -> list[str]:
    """The YAML files and templates of a project."""
    templates = (path for path in files.paths() if path.startswith(f"{TEMPLATES}/"))
    return [*(path for path, _ in project_files(files)), *sorted(templates)]


def cases_for(loaded: Loaded, project: Project) -> tuple[list[CaseFile], list[Diagnostic]]:
    """The test files of a version, read for another version of the project, with the parts that do not fit there."""
    from scenario_cli.language.cases.build import build_test

    files: list[CaseFile] = []
    findings: list[Diagnostic] = []
    for name in loaded.test_files:
        node, _ = read_yaml(loaded.sources.get(name, "").encode(), name)
        file, faults = build_test(node, name, project) if node is not None else (None, [])
        files += [file] if file is not None else []
        findings += faults
    return files, findings
