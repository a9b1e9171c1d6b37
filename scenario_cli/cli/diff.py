"""`scenario diff`: what changed between two versions of the project."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, emit, notes, width
from scenario_cli.cli.options import Color, Output, ProjectDir, Quiet, color, outside_allowed

if TYPE_CHECKING:
    from scenario_cli.language.project import Loaded
    from scenario_cli.language.sides import Version
    from scenario_cli.model.difference import Difference


def diff(
    old: Annotated[
        str | None, typer.Argument(metavar="[OLD]", help="A revision, or a folder; HEAD if left out.")
    ] = None,
    new: Annotated[
        str | None, typer.Argument(metavar="[NEW]", help="The same; the files as they are saved if left out.")
    ] = None,
    project: ProjectDir = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 where anything changes in meaning.")] = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """What changed between two versions of the project: in meaning, not in text."""
    colored = color(color_) and output is None
    before, after = _version(old or "HEAD", project), _version(new, project)
    difference = _difference(before, after)

    from scenario_cli.reports.diff.text import diff_text

    emit(diff_text(difference, colored, width(sys.stdout)), output)
    return 1 if exit_code and difference.changes else 0


def _version(argument: str | None, project: str | None) -> Version:
    from scenario_cli.language.find import NoProject
    from scenario_cli.language.revision import NoRevision
    from scenario_cli.language.sides import version

    try:
        return version(argument, project, outside_allowed())
    except (NoProject, NoRevision) as error:
        raise Stop(str(error), error.hint) from None


def _sound(version: Version) -> Loaded:
    """The project of a version; one with errors is shown them and stops the job."""
    loaded = version.load(tests=True)
    tests = set(loaded.test_files)
    errors = [finding for finding in loaded.findings if finding.severity == "error" and finding.span.file not in tests]
    if errors:
        from scenario_cli.reports.findings import full_text

        notes(full_text(errors, loaded.sources, color=False, width=100).rstrip().split("\n"))
        raise Stop(f"the project has errors in {version.label}, so nothing was compared",
                   "mend them there, or compare with another revision")  # fmt: skip
    return loaded


def _difference(before: Version, after: Version) -> Difference:
    from scenario_cli.analysis.changes.whole import Version as Meaning
    from scenario_cli.analysis.changes.whole import changes
    from scenario_cli.language.templates.variables import template_variables
    from scenario_cli.model.changes import Side
    from scenario_cli.model.difference import Difference

    old, new = _sound(before).project, _sound(after).project
    found = changes(Meaning(old, template_variables(old)), Meaning(new, template_variables(new)))
    return Difference(new.name, Side(before.label, before.commit), Side(after.label, after.commit), found)
