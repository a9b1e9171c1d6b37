"""`scenario map`: the project as a relationship plan, or as a calendar of the coming weeks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import check_writable, emit, width
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import Color, Output, ProjectDir, Quiet, Workers, color, format_of, load_sound
from scenario_cli.cli.reading import check_times, check_workers, refuse_without_log

if TYPE_CHECKING:
    from scenario_cli.reports.document.parts import Document

FORMATS = {"text": "", "markdown": ".md", "html": ".html", "json": ".json"}


@takes_export
def map_(
    calendar: Annotated[
        str | None,
        typer.Option("--calendar", metavar="D", help="Show the coming weeks instead, for this long: 12mo, 26w."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="T", help="First day of the calendar. Default: today.")
    ] = None,
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    workers: Workers = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="NAME", help=f"Format: {', '.join(FORMATS)}. Default: by the ending of --output."
        ),
    ] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Show all scenarios as one relationship plan.

    Examples:
      scenario map --output plan.md
      scenario map --calendar 12mo --output calendar.html
    """
    chosen_format = format_of(format_, output, FORMATS)
    colored = color(color_) and output is None
    check_times(as_of=as_of)
    check_workers(workers)
    check_writable(output)
    if calendar is None:
        refuse_without_log("add --calendar 12mo", export, as_of=as_of, workers=workers)
        emit(_plan(project, quiet, chosen_format, colored), output)
        return 0

    from scenario_cli.cli.map_calendar import calendar_shown, length_of
    from scenario_cli.reports.calendar.document import calendar_document
    from scenario_cli.reports.calendar.json import calendar_json
    from scenario_cli.reports.calendar.page import calendar_page

    length = length_of(calendar)
    loaded = load_sound(project, quiet, export.allow_outside)
    found = calendar_shown(loaded.project, length, as_of, export, workers, quiet)
    document = calendar_document(found)
    page = calendar_page(found.project, "calendar", document)
    emit(_written(document, chosen_format, colored, lambda: page, lambda: calendar_json(found)), output)
    return 0


def _plan(project: str | None, quiet: bool, chosen_format: str, colored: bool) -> str:
    loaded = load_sound(project, quiet)

    from scenario_cli.analysis.relationship_plan import relationship_plan
    from scenario_cli.reports.relationship_plan.document import map_document
    from scenario_cli.reports.relationship_plan.json import map_json
    from scenario_cli.reports.relationship_plan.page import map_page

    plan = relationship_plan(loaded.project)
    return _written(map_document(plan), chosen_format, colored, lambda: map_page(plan), lambda: map_json(plan))


def _written(
    document: Document, chosen_format: str, colored: bool, page: Callable[[], str], values: Callable[[], str]
) -> str:
    if chosen_format == "json":
        return values()
    if chosen_format == "html":
        return page()
    if chosen_format == "markdown":
        from scenario_cli.reports.document.markdown import document_markdown

        return document_markdown(document)
    from scenario_cli.reports.document.text import document_text

    return document_text(document, colored, width(sys.stdout))
