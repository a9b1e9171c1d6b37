"""The two versions of a project that `scenario diff` compares, read and ready to be run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scenario_cli.cli.console import Stop, notes
from scenario_cli.cli.options import outside_allowed

if TYPE_CHECKING:
    from scenario_cli.analysis.changes.tables import Rows
    from scenario_cli.hosts.case_differences import CaseSide
    from scenario_cli.language.project import Loaded
    from scenario_cli.language.sides import Version
    from scenario_cli.model.case import CaseFile
    from scenario_cli.model.case_differences import CaseDifferences
    from scenario_cli.model.changes import Changes, Side
    from scenario_cli.model.diagnostic import Diagnostic
    from scenario_cli.model.project import Project


@dataclass(frozen=True, slots=True)
class ReadSide:
    """One version as it was read. The reference tables of its `project` are on disk, as long as `both_sides` lasts."""

    version: Version
    loaded: Loaded
    project: Project

    @property
    def side(self) -> Side:
        from scenario_cli.model.changes import Side

        return Side(self.version.label, self.version.commit)


@contextmanager
def both_sides(
    old: str | None, new: str | None, project: str | None, allow_outside: bool = False
) -> Iterator[tuple[ReadSide, ReadSide]]:
    """The two versions that arguments name; without them HEAD and the saved files.

    Stops if a version cannot be found, or has errors outside its tests, which are shown. If their contents are the
    same, the first is read and also used as the second.
    """
    versions = [_version(argument, project, allow_outside) for argument in (old or "HEAD", new)]
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
        before = _read(versions[0], Path(folder) / "before")
        if _is_same(before, versions[1]):
            yield before, replace(before, version=versions[1])
        else:
            yield before, _read(versions[1], Path(folder) / "after")


def _is_same(read: ReadSide, other: Version) -> bool:
    """Whether another version has the same content, including tables."""
    from scenario_cli.language.sides import has_same_files

    tables = (table.path for table in read.loaded.project.tables.values())
    return has_same_files(read.version, other, tables)


def _version(argument: str | None, project: str | None, allow_outside: bool) -> Version:
    from scenario_cli.language.find import NoProject
    from scenario_cli.language.revision import NoRevision
    from scenario_cli.language.sides import version

    try:
        return version(argument, project, outside_allowed(allow_outside))
    except (NoProject, NoRevision) as error:
        raise Stop(str(error), error.hint) from None


def _read(version: Version, folder: Path) -> ReadSide:
    from scenario_cli.language.files import store_tables

    loaded = version.load(tests=True)
    tests = set(loaded.test_files)
    errors = [finding for finding in loaded.findings if finding.severity == "error" and finding.span.file not in tests]
    if errors:
        from scenario_cli.reports.findings import full_text

        notes(full_text(errors, loaded.sources, color=False, width=100).rstrip().split("\n"))
        raise Stop(f"the project has errors in {version.label}, so nothing was compared",
                   "fix them there, or compare with another version")  # fmt: skip
    folder.mkdir()
    try:
        return ReadSide(version, loaded, store_tables(loaded.project, version.files, folder))
    except OSError as error:
        raise Stop(f"a reference table of {version.label} cannot be read: {error.strerror or error}") from None


def changes_between(old: ReadSide, new: ReadSide) -> Changes:
    """The changes in meaning."""
    from scenario_cli.analysis.changes.versions import Version as Meaning
    from scenario_cli.analysis.changes.versions import changes
    from scenario_cli.language.templates.variables import template_variables

    rows = _different_rows(old, new)
    meanings = [
        Meaning(read.project, partial(template_variables, read.project), part)
        for read, part in zip((old, new), rows, strict=True)
    ]
    return changes(*meanings)


def _different_rows(old: ReadSide, new: ReadSide) -> tuple[Rows, Rows]:
    """The rows of the tables whose files differ, on both sides."""
    from scenario_cli.events.errors import ExportError
    from scenario_cli.hosts.tables import table_rows

    names = [
        name for name in new.project.tables if name in old.project.tables and _bytes(old, name) != _bytes(new, name)
    ]
    try:
        before, after = (table_rows(read.project, names) for read in (old, new))
    except ExportError as error:
        raise Stop(error.message, error.hint) from None
    return before, after


def _bytes(read: ReadSide, name: str) -> bytes:
    path = read.loaded.project.tables[name].path
    try:
        return read.version.files.read(path)
    except OSError:  # it can be outside, and is the same for both
        return b""


def cases_between(old: ReadSide, new: ReadSide, changes: Changes) -> CaseDifferences:
    """The changes in the results of the test cases that the changes can concern."""
    from scenario_cli.events.errors import ExportError
    from scenario_cli.hosts.case_differences import case_differences
    from scenario_cli.language.sides import cases_for

    before, after = (_case_side(read, read.loaded.tests, read.loaded.findings) for read in (old, new))
    on_new = _case_side(replace(old, project=new.project), *cases_for(old.loaded, new.project))
    try:
        return case_differences(before, after, on_new, changes.touched, changes.renamed)
    except ExportError as error:
        raise Stop(error.message, error.hint) from None


def _case_side(read: ReadSide, files: list[CaseFile], faults: list[Diagnostic]) -> CaseSide:
    from scenario_cli.hosts.case_differences import CaseSide
    from scenario_cli.language.find import shown_path

    root = shown_path(read.version.files.root)
    below = {Path(os.path.relpath(file.file, root)).as_posix(): file for file in files}
    return CaseSide(read.project, below, faults)
