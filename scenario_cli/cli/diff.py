"""`scenario diff`: what changed between two versions of the project."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, emit, notes, width
from scenario_cli.cli.diff_impact import LogArguments, impact_between, limits_of
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import Color, From, Output, ProjectDir, Quiet, ShowData, Until, color, outside_allowed

if TYPE_CHECKING:
    from scenario_cli.language.project import Loaded
    from scenario_cli.language.sides import Version
    from scenario_cli.model.difference import Difference
    from scenario_cli.model.project import Project
    from scenario_cli.model.review import Limit


@takes_export
def diff(
    old: Annotated[
        str | None, typer.Argument(metavar="[OLD]", help="A revision, or a folder; HEAD if left out.")
    ] = None,
    new: Annotated[
        str | None, typer.Argument(metavar="[NEW]", help="The same; the files as they are saved if left out.")
    ] = None,
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    from_: From = None,
    until: Until = None,
    contact: Annotated[
        str | None, typer.Option("--contact", metavar="ID", help="Show one contact of the log in full, on both sides.")
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on", metavar="LIMIT", help="Exit 1 where the change passes it: 'messages > +10%'; repeatable."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", help="Processes; chosen by the log's length if left out.")
    ] = None,
    show_data: ShowData = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 where anything changes in meaning.")] = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """What changed between two versions of the project: in meaning, not in text."""
    colored = color(color_) and output is None
    log = LogArguments(export, from_, until, contact, workers, quiet)
    log.check()
    before, after = _version(old or "HEAD", project), _version(new, project)
    models = _sound(before).project, _sound(after).project
    limits = limits_of(fail_on, models[1], log)
    difference = _difference(before, after, *models)
    difference = _with_impact(difference, limits, models, log, show_data)

    from scenario_cli.reports.diff.text import diff_text

    emit(diff_text(difference, models, colored, width(sys.stdout)), output)
    return 1 if difference.passed or (exit_code and difference.changes) else 0


def _with_impact(
    difference: Difference, limits: Sequence[Limit], models: tuple[Project, Project], log: LogArguments, show_data: bool
) -> Difference:
    """The difference with its impact on the contacts of a log, and with the limits that it does not keep to."""
    from scenario_cli.analysis.changes.limits import passed_limits
    from scenario_cli.reports.diff.masked_impact import masked_contact, masked_impact

    impact, contact = impact_between(*models, difference.changes, log)
    passed = passed_limits(limits, difference.changes, impact)
    if not show_data:
        impact = None if impact is None else masked_impact(impact)
        contact = None if contact is None else masked_contact(contact)
    return replace(difference, impact=impact, contact=contact, passed=passed)


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


def _difference(before: Version, after: Version, old: Project, new: Project) -> Difference:
    from scenario_cli.analysis.changes.whole import Version as Meaning
    from scenario_cli.analysis.changes.whole import changes
    from scenario_cli.language.templates.variables import template_variables
    from scenario_cli.model.changes import Side
    from scenario_cli.model.difference import Difference

    found = changes(Meaning(old, template_variables(old)), Meaning(new, template_variables(new)))
    return Difference(new.name, Side(before.label, before.commit), Side(after.label, after.commit), found)
