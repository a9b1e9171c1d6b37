"""`scenario map`: the project as a relationship plan, a calendar of the coming weeks, or the agenda of a committee."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from scenario_cli.cli.console import Stop, check_writable, emit
from scenario_cli.cli.document_output import in_format
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import (
    Color,
    Output,
    ProjectDir,
    Quiet,
    Workers,
    color,
    format_of,
    format_option,
    load_sound,
)
from scenario_cli.cli.reading import check_times, check_workers, refuse_without_log

FORMATS = {"text": "", "markdown": ".md", "html": ".html", "json": ".json"}


@takes_export
def map_(
    calendar: Annotated[
        str | None,
        typer.Option("--calendar", metavar="D", help="Show the coming weeks instead, for this long: 12mo, 26w."),
    ] = None,
    agenda: Annotated[
        bool, typer.Option("--agenda", help="Show what the next committee must review and decide instead.")
    ] = False,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="T", help="First day of the calendar, or day of the agenda. Default: today."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="T", help="Day of the last committee. Default: by 'review' in project.yaml."),
    ] = None,
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    workers: Workers = None,
    format_: Annotated[str | None, format_option(FORMATS)] = None,
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
    written = partial(in_format, chosen_format, color(color_) and output is None)
    check_times(as_of=as_of, since=since)
    check_workers(workers)
    check_writable(output)
    if calendar is not None and agenda:
        raise Stop("--calendar and --agenda are two reports", "ask for one of them")
    if since is not None and not agenda:
        raise Stop("--since is the day of the last committee", "add --agenda, or leave it out")
    if calendar is None and not agenda:
        refuse_without_log("add --calendar 12mo or --agenda", export, as_of=as_of, workers=workers)
        loaded = load_sound(project, quiet)

        from scenario_cli.analysis.relationship_plan import relationship_plan
        from scenario_cli.reports.relationship_plan.document import map_document
        from scenario_cli.reports.relationship_plan.json import map_json
        from scenario_cli.reports.relationship_plan.page import map_page

        plan = relationship_plan(loaded.project)
        writers = {"json": partial(map_json, plan), "html": partial(map_page, plan)}
        emit(written(partial(map_document, plan), writers), output)
        return 0

    from scenario_cli.cli.map_calendar import agenda_of_project, calendar_of_project, length_of
    from scenario_cli.reports.calendar.page import calendar_page

    length = length_of(calendar) if calendar is not None else None
    loaded = load_sound(project, quiet, export.allow_outside)
    if length is not None:
        from scenario_cli.reports.calendar.document import calendar_document
        from scenario_cli.reports.calendar.json import calendar_json

        weeks = calendar_of_project(loaded.project, length, as_of, export, workers, quiet)
        document = calendar_document(weeks)
        writers = {"json": partial(calendar_json, weeks), "html": partial(calendar_page, document, "calendar")}
    else:
        from scenario_cli.reports.calendar.agenda import agenda_document
        from scenario_cli.reports.calendar.agenda_json import agenda_json

        content = agenda_of_project(loaded.project, as_of, since, export, workers, quiet)
        document = agenda_document(content)
        writers = {"json": partial(agenda_json, content), "html": partial(calendar_page, document, "agenda")}
    emit(written(lambda: document, writers), output)
    return 0
