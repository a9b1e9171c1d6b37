"""`scenario dry-run`: replays a log and shows who would have received which message, and who converted."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import check_writable, emit, note, progress_bar, width
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import (
    TEXT_OR_JSON,
    Color,
    From,
    Only,
    Output,
    ProjectDir,
    Quiet,
    ScenarioNames,
    ShowData,
    TextOrJson,
    Until,
    Workers,
    choose,
    color,
    format_of,
    load_sound,
    one_of,
    running,
)
from scenario_cli.cli.plan_output import lines_beside, plan_head, plan_target
from scenario_cli.cli.reading import check_times, check_workers, export_options, number_of_workers, read_log, span

if TYPE_CHECKING:
    from scenario_cli.model.export import ExportOptions, ReadReport
    from scenario_cli.model.project import Project
    from scenario_cli.model.results import Summary


@takes_export
def dry_run(
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
    plan: Annotated[
        str | None,
        typer.Option("--plan", metavar="FILE", help="Write one row for each message: .jsonl, .csv or .parquet."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.html", help="Also write the result as an HTML page.")
    ] = None,
    engine: Annotated[
        str,
        typer.Option("--engine", metavar="NAME", help="Where to run: local, or spark for a log beyond one machine."),
    ] = "local",
    workers: Workers = None,
    format_: TextOrJson = None,
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Replay an event log: who would have received which message.

    Examples:
      scenario dry-run
      scenario dry-run cart_abandonment --from 2025-01-01 --report result.html
      scenario dry-run --events export.csv --map contact_id=user
    """
    chosen_format = format_of(format_, output, TEXT_OR_JSON, {".html": "--report"})
    colored = color(color_) and output is None
    check_times(from_=from_, until=until)
    check_workers(workers)
    on_spark = one_of("--engine", engine, ("local", "spark")) == "spark"
    target = plan_target("--plan", Path(plan)) if plan is not None and not on_spark else None
    check_writable(output)
    check_writable(report)
    loaded = load_sound(project, quiet, export.allow_outside)
    model = loaded.project
    by_name = bool(names or scenario)
    chosen = choose(loaded, [*(names or []), *(scenario or [])])
    options = export_options(model, export)
    run_too = running(loaded, chosen, only, by_name)

    from scenario_cli.hosts.summary import dry_run_of
    from scenario_cli.reports.dry_run.json import dry_run_json
    from scenario_cli.reports.dry_run.text import dry_run_text
    from scenario_cli.reports.masking import masked_run

    if on_spark:
        from scenario_cli.cli.dry_run_spark import replay_on_spark

        replayed = replay_on_spark(model, run_too, chosen, options, from_, until, plan, workers, quiet)
    else:
        replayed = _replay_here(model, run_too, chosen, options, from_, until, target, workers, quiet)
    start, end, read, summary = replayed
    run = dry_run_of(model, start, end, read, summary, len(running(loaded, chosen)) - len(run_too))
    run = run if show_data else masked_run(run)
    if report is not None:
        from scenario_cli.analysis.flow import flow
        from scenario_cli.reports.dry_run.page import dry_run_page

        emit(dry_run_page(run, {name: flow(model.scenarios[name]) for name in chosen}), report)
        note(f"wrote {report}", quiet)
    emit(
        dry_run_json(run) if chosen_format == "json" else dry_run_text(run, colored, width(sys.stdout), by_name), output
    )
    return 0


def _replay_here(
    project: Project, run: tuple[str, ...], reported: tuple[str, ...], options: ExportOptions, from_: str | None,
    until: str | None, target: Path | None, workers: int | None, quiet: bool,
) -> tuple[int | None, int, ReadReport, Summary]:  # fmt: skip
    """The span of the replay, the report on the export, and the counts; writes the plan's rows if one is named."""
    from scenario_cli.hosts.concerned import concerned_log
    from scenario_cli.hosts.plan_files import finish
    from scenario_cli.hosts.replay import Replay, replay

    with read_log(project, run, options, quiet, rows=target is not None) as staged:
        start, end = span(staged, from_, until, project.timezone)
        job = Replay(project, run, start, end, staged.report.first, target is not None, selected=reported)
        log = concerned_log(project, run, staged, start, end)
        processes = number_of_workers(workers, log.rows)
        with lines_beside(target) if target else nullcontext() as lines:
            with progress_bar(quiet) as progress:
                summary = replay(job, log, processes, lines, progress)
            if target is not None and lines is not None:
                finish(lines, target, plan_head(project, reported, staged.report, start, end))
                note(f"wrote {target} and {target.name}.head.json", quiet)
        return start, end, staged.report, summary
