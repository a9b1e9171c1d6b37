"""`scenario docs`: the project as one linked site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import note, progress_bar
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import From, ProjectDir, Quiet, ShowData, Until, Workers, load, refuse_broken
from scenario_cli.cli.reading import (
    check_times,
    check_workers,
    export_options,
    number_of_workers,
    read_log,
    refuse_without_log,
    span,
)
from scenario_cli.cli.site_folder import check_folder, write_folder

if TYPE_CHECKING:
    from scenario_cli.language.project import Loaded
    from scenario_cli.model.export import ExportOptions
    from scenario_cli.model.results import DryRun
    from scenario_cli.model.results_report import Results
    from scenario_cli.reports.site.content import Content


@takes_export
def docs(
    path: Annotated[
        str | None, typer.Argument(metavar="[PROJECT]", help="The project's folder, or a path in it.")
    ] = None,
    project: ProjectDir = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder of the site.")] = Path("site"),
    counts: Annotated[bool, typer.Option("--counts", help="Show the figures of the project's own log.")] = False,
    export: ExportArguments = NO_ARGUMENTS,
    from_: From = None,
    until: Until = None,
    workers: Workers = None,
    show_data: ShowData = False,
    quiet: Quiet = False,
) -> int:
    """Write the project as a site of linked pages.

    Examples:
      scenario docs --out crm-site
      scenario docs --out crm-site --counts
    """
    check_times(from_=from_, until=until)
    check_workers(workers)
    check_folder(out)
    has_log = bool(counts or export.events or export.query)
    if not has_log:
        refuse_without_log(
            "add --events PATH, or --counts for the project's log",
            export, from_=from_, until=until, workers=workers, show_data=show_data,
        )  # fmt: skip
    loaded = load(project, [path] if path else None, tests=True, allow_outside=export.allow_outside)
    refuse_broken(loaded, quiet)

    from scenario_cli.cli.site_content import site_content
    from scenario_cli.hosts.parts import rarely_collecting

    run = results = None
    if has_log:
        options = export_options(loaded.project, export)
        run, results = _over_log(loaded, options, from_, until, workers, show_data, quiet)

    with rarely_collecting():
        content = site_content(loaded, run, results)
        number = write_folder(out, _reported(content, quiet))
    note(f"wrote {number:,} files to {out}; begin with {out / 'index.html'}", quiet)
    return 0


def _reported(content: Content, quiet: bool) -> Iterator[tuple[str, str]]:
    """The files of the site, with a progress bar."""
    from scenario_cli.reports.site.files import site_files

    total = len(content.scenario_files) + len(content.message_files)
    with progress_bar(quiet) as progress:
        for count, file in enumerate(site_files(content), 1):
            yield file
            if progress is not None:
                progress("writing", min(count, total), total)


def _over_log(
    loaded: Loaded, options: ExportOptions, from_: str | None, until: str | None, workers: int | None,
    show_data: bool, quiet: bool,
) -> tuple[DryRun, Results]:  # fmt: skip
    """The counts of a replay of the log: journeys, messages and edges, and the results of scenarios."""
    from scenario_cli.analysis.kpi import with_measuring
    from scenario_cli.analysis.needs import chosen_scenarios
    from scenario_cli.hosts.concerned import concerned_log
    from scenario_cli.hosts.replay import Replay, replay
    from scenario_cli.hosts.results.about import programs_of, results_of
    from scenario_cli.hosts.results.over_log import figures_of
    from scenario_cli.hosts.summary import dry_run_of
    from scenario_cli.reports.masking import masked_run

    model = loaded.project
    names = tuple(scenario.name for scenario in chosen_scenarios(model, ()))
    programs = tuple(programs_of(model, names))
    measured, measuring = with_measuring(model, programs)
    replayed = (*names, *measuring)
    with read_log(measured, replayed, options, quiet, rows=False) as staged:
        start, end = span(staged, from_, until, model.timezone)
        log = concerned_log(measured, replayed, staged, start, end)
        processes = number_of_workers(workers, log.rows)
        job = Replay(measured, replayed, start, end, staged.report.first, edges=True, selected=names)
        with progress_bar(quiet) as progress:
            summary = replay(job, log, processes, None, progress)
        with progress_bar(quiet) as progress:
            figures = figures_of(job, programs, log, processes, progress)
        run = dry_run_of(model, start, end, staged.report, summary)
        return run if show_data else masked_run(run), results_of(job, staged.report, figures, 0, None)
