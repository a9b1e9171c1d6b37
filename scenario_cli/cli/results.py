"""`scenario results`: what scenarios achieve over a log, and whether holdout and control group show it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, check_writable, emit, progress_bar, width
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import (
    Color,
    From,
    Only,
    Output,
    ProjectDir,
    Quiet,
    ScenarioNames,
    Until,
    Workers,
    choose,
    color,
    format_of,
    load_sound,
    running,
)
from scenario_cli.cli.reading import check_times, check_workers, export_options, number_of_workers, read_log, span

if TYPE_CHECKING:
    from scenario_cli.model.results_report import Results

FORMATS = {"text": "", "markdown": ".md", "html": ".html", "json": ".json"}

_LARGEST_LIFT = 10.0


@takes_export
def results(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SCENARIO...]", help="Scenarios to show. Default: all that are live or draft."),
    ] = None,
    scenario: ScenarioNames = None,
    only: Only = False,
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    from_: From = None,
    until: Until = None,
    plan_test: Annotated[
        str | None,
        typer.Option(
            "--plan-test",
            metavar="X%",
            help="Show how long a test must run to detect a lift of this size, such as 10%.",
        ),
    ] = None,
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
    """Report conversions, value and cost, with control groups.

    Examples:
      scenario results
      scenario results cart_abandonment --output results.html
    """
    chosen_format = format_of(format_, output, FORMATS)
    colored = color(color_) and output is None
    lift = _lift(plan_test)
    check_times(from_=from_, until=until)
    check_workers(workers)
    check_writable(output)
    loaded = load_sound(project, quiet, export.allow_outside)
    model = loaded.project
    by_name = bool(names or scenario)
    chosen = choose(loaded, [*(names or []), *(scenario or [])])
    options = export_options(model, export)
    run_too = running(loaded, chosen, only, by_name)

    from scenario_cli.analysis.kpi import with_measuring
    from scenario_cli.hosts.concerned import concerned_log
    from scenario_cli.hosts.replay import Replay
    from scenario_cli.hosts.results.about import programs_of, results_of
    from scenario_cli.hosts.results.over_log import figures_of

    programs = tuple(programs_of(model, chosen))
    measured, measuring = with_measuring(model, programs)
    replayed = (*run_too, *measuring)
    with read_log(measured, replayed, options, quiet, rows=False) as staged:
        start, end = span(staged, from_, until, model.timezone)
        job = Replay(measured, replayed, start, end, staged.report.first, selected=chosen)
        log = concerned_log(measured, replayed, staged, start, end)
        with progress_bar(quiet) as progress:
            figures = figures_of(job, programs, log, number_of_workers(workers, log.rows), progress)
        left_out = len(running(loaded, chosen)) - len(run_too)
        found = results_of(job, staged.report, figures, left_out, lift)
    emit(_shown(found, chosen_format, colored), output)
    return 0


def _lift(text: str | None) -> float | None:
    """`10%` as 0.1; stops at what is no effect."""
    if text is None:
        return None
    try:
        lift = float(text.strip().removesuffix("%")) / 100
    except ValueError:
        lift = 0.0
    if not text.strip().endswith("%") or not 0 < lift <= _LARGEST_LIFT:
        raise Stop(
            f"--plan-test takes a share such as 10%, above 0% and at most 1000%, not '{text}'",
            "write by how much more contacts are to reach the goal: 10% of 20 is 2, so 22 in a hundred",
        )
    return lift


def _shown(found: Results, chosen_format: str, colored: bool) -> str:
    if chosen_format == "json":
        from scenario_cli.reports.results.json import results_json

        return results_json(found)
    if chosen_format == "html":
        from scenario_cli.reports.results.page import results_page

        return results_page(found)

    from scenario_cli.reports.results.document import results_document

    document = results_document(found)
    if chosen_format == "markdown":
        from scenario_cli.reports.document.markdown import document_markdown

        return document_markdown(document)

    from scenario_cli.reports.document.text import document_text

    return document_text(document, colored, width(sys.stdout))
