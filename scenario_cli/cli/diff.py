"""`scenario diff`: the changes between two versions of the project."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import check_writable, emit, width
from scenario_cli.cli.diff_impact import LogArguments, impact_between, limits_of
from scenario_cli.cli.diff_sides import ReadSide, both_sides, cases_between, changes_between
from scenario_cli.cli.diff_under_way import changed_journeys
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import (
    Color,
    From,
    Output,
    ProjectDir,
    Quiet,
    ShowData,
    Until,
    Workers,
    color,
    format_of,
    format_option,
)

if TYPE_CHECKING:
    from scenario_cli.model.difference import Difference
    from scenario_cli.model.project import Project
    from scenario_cli.model.review import Limit

FORMATS = {"text": "", "json": ".json", "markdown": ".md", "html": ".html"}


@takes_export
def diff(
    old: Annotated[
        str | None, typer.Argument(metavar="[OLD]", help="The old version: a git revision or a folder. Default: HEAD.")
    ] = None,
    new: Annotated[
        str | None, typer.Argument(metavar="[NEW]", help="The new version. Default: the saved files.")
    ] = None,
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    from_: From = None,
    until: Until = None,
    contact: Annotated[
        str | None,
        typer.Option("--contact", metavar="ID", help="Show one contact of the log in full, before and after."),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            "--state",
            metavar="FILE",
            help="Show what happens to the running journeys of a store. The store is only read.",
        ),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on",
            metavar="LIMIT",
            help="Exit 1 if the change passes this limit, such as 'messages > +10%'; repeatable.",
        ),
    ] = None,
    workers: Workers = None,
    show_data: ShowData = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 if anything changes in meaning.")] = False,
    format_: Annotated[str | None, format_option(FORMATS)] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Show what a change means, and which contacts it affects.

    Examples:
      scenario diff
      scenario diff main --events scenarios/data/events.jsonl.gz
    """
    chosen_format = format_of(format_, output, FORMATS)
    colored = color(color_) and output is None
    check_writable(output)
    log = LogArguments(export, from_, until, contact, workers, quiet)
    log.check()
    with both_sides(old, new, project, export.allow_outside) as (before, after):
        models = before.project, after.project
        limits = limits_of(fail_on, models[1], log, has_store=state is not None)
        under_way = changed_journeys(after, state)
        difference = replace(_difference(before, after), under_way=under_way)
        difference = _with_impact(difference, limits, models, log, show_data)
    emit(_rendered(difference, models, chosen_format, colored), output)
    return 1 if difference.passed or (exit_code and difference.changes) else 0


def _difference(before: ReadSide, after: ReadSide) -> Difference:
    """The changes in meaning, and the changes of the test results."""
    from scenario_cli.model.changes import Changes
    from scenario_cli.model.difference import Difference

    if before.loaded is after.loaded:
        return Difference(after.project.name, before.side, after.side, Changes())
    changes = changes_between(before, after)
    cases = cases_between(before, after, changes)
    tested = cases if changes or cases else None
    return Difference(after.project.name, before.side, after.side, changes, tested)


def _with_impact(
    difference: Difference, limits: Sequence[Limit], models: tuple[Project, Project], log: LogArguments, show_data: bool
) -> Difference:
    """The difference with its impact on the contacts of a log, and with the limits that it does not keep to."""
    from scenario_cli.analysis.changes.limits import passed_limits
    from scenario_cli.reports.diff.masked_impact import masked_contact, masked_impact

    impact, contact = impact_between(*models, difference.changes, log)
    passed = passed_limits(limits, difference.changes, impact, difference.under_way)
    if not show_data:
        impact = None if impact is None else masked_impact(impact)
        contact = None if contact is None else masked_contact(contact)
    return replace(difference, impact=impact, contact=contact, passed=passed)


def _rendered(difference: Difference, models: tuple[Project, Project], format_: str, colored: bool) -> str:
    match format_:
        case "json":
            from scenario_cli.reports.diff.json import diff_json

            return diff_json(difference, models)
        case "markdown":
            from scenario_cli.reports.diff.markdown import diff_markdown

            return diff_markdown(difference)
        case "html":
            from scenario_cli.reports.diff.page import diff_page

            return diff_page(difference)
    from scenario_cli.reports.diff.text import diff_text

    return diff_text(difference, models, colored, width(sys.stdout))
