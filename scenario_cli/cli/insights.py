"""`scenario insights`: figures about customers from a log: base, RFM, cohorts, products, affinity."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.as_of import instant_as_of
from scenario_cli.cli.console import Stop, check_writable, emit, note, progress_bar
from scenario_cli.cli.document_output import in_format
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import (
    Color,
    Output,
    ProjectDir,
    Quiet,
    ShowData,
    color,
    format_of,
    format_option,
    instant,
    load_sound,
    one_of,
)
from scenario_cli.cli.reading import check_times, export_options, read_insights_log

if TYPE_CHECKING:
    from scenario_cli.model.insights_results import Insights
    from scenario_cli.model.project import Project

FORMATS = {"text": "", "json": ".json", "markdown": ".md", "html": ".html"}
PARTS = ("base", "rfm", "cohorts", "products", "affinity")


@takes_export
def insights(
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="T", help="Ignore events after this date or date-time. Default: the end of the log."
        ),
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="T", help="Show months, products and first orders from here on."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="T", help="Show them up to here. Later orders of the same customers still count."
        ),
    ] = None,
    part: Annotated[
        list[str] | None,
        typer.Option("--part", metavar="NAME", help=f"{', '.join(PARTS)}; repeatable, all if left out."),
    ] = None,
    write: Annotated[
        tuple[str, Path] | None,
        typer.Option(
            "--write",
            metavar="table FILE",
            help="table FILE.csv: write a draft table of the products that are bought next.",
        ),
    ] = None,
    format_: Annotated[str | None, format_option(FORMATS)] = None,
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Analyse the customers of a log: RFM, cohorts, products.

    Examples:
      scenario insights
      scenario insights --part rfm --output customers.html
    """
    chosen_format = format_of(format_, output, FORMATS)
    colored = color(color_) and output is None
    parts = [one_of("--part", name, PARTS) for name in part or PARTS]
    check_times(as_of=as_of, from_=from_, until=until)
    check_writable(output)
    table = _table_file(write)
    loaded = load_sound(project, quiet, export.allow_outside)
    model = _with_settings(loaded.project)
    options = export_options(model, export)

    from scenario_cli.hosts.insights.insights import insights as worked_out

    needed = {*parts, *(["affinity"] if table is not None else [])}
    with read_insights_log(model, options, needed, quiet) as staged:
        end = instant_as_of(as_of, staged.report, model.timezone, quiet)
        start, stop = instant("--from", from_, model.timezone), instant("--until", until, model.timezone)
        _check_span(end, start, stop)
        with progress_bar(quiet) as progress:
            analysis = worked_out(model, staged, needed, end, start, stop, progress)
    if table is not None:
        _write_table(analysis, table, quiet)
    analysis = replace(analysis, affinity=analysis.affinity if "affinity" in parts else None)
    emit(_output(analysis, chosen_format, colored, show_data), output)
    return 0


def _with_settings(model: Project) -> Project:
    if model.insights is None:
        raise Stop(
            "project.yaml has no 'insights' that name the purchase event",
            "write for example: insights: {purchase: {event: order_completed, amount: total}}",
        )
    return model


def _check_span(end: int, start: int | None, stop: int | None) -> None:
    if start is not None and start > end:
        raise Stop("--from is after the end of the log, or after --as-of", "choose an earlier date")
    if start is not None and stop is not None and stop <= start:
        raise Stop("--until must be after --from", "choose a later --until, or an earlier --from")


def _table_file(write: tuple[str, Path] | None) -> Path | None:
    if write is None:
        return None
    kind, path = write
    one_of("--write", kind, ("table",))
    if path.suffix.lower() != ".csv":
        raise Stop(f"--write table needs a .csv file, not '{path}'", "choose a file that ends in .csv")
    check_writable(path)
    return path


def _write_table(analysis: Insights, path: Path, quiet: bool) -> None:
    from scenario_cli.reports.insights.next_products import next_products_csv
    from scenario_cli.reports.text import plural

    assert analysis.affinity is not None
    emit(next_products_csv(analysis), path)
    note((
        f"wrote {plural(len(analysis.affinity.next_products()), 'product')} to {path}: review it, then declare it "
        "under 'tables' in project.yaml"
    ), quiet)  # fmt: skip


def _output(analysis: Insights, format_: str, colored: bool, show_data: bool) -> str:
    from scenario_cli.reports.insights.document import insights_document
    from scenario_cli.reports.insights.json import insights_json
    from scenario_cli.reports.insights.masked import masked_insights
    from scenario_cli.reports.insights.page import insights_page

    analysis = analysis if show_data else masked_insights(analysis)
    writers = {"json": partial(insights_json, analysis), "html": partial(insights_page, analysis)}
    return in_format(format_, colored, partial(insights_document, analysis), writers)
