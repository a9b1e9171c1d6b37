"""`scenario results`: the results of scenarios, compared with the contacts who got no messages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, check_writable, emit, note, progress_bar
from scenario_cli.cli.document_output import in_format
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
    format_option,
    load_sound,
    one_of,
    running,
)
from scenario_cli.cli.reading import check_times, check_workers, export_options, number_of_workers, read_log, span
from scenario_cli.cli.results_options import check_compare, inputs_of, lift_of, source_of, values_of
from scenario_cli.cli.state_store import stopping

if TYPE_CHECKING:
    from scenario_cli.events.staged import StagedLog
    from scenario_cli.hosts.replay import Replay
    from scenario_cli.hosts.results.over_log import Sought
    from scenario_cli.language.project import Loaded
    from scenario_cli.model.export import ExportOptions
    from scenario_cli.model.project import Project
    from scenario_cli.model.results_report import Earlier, Figures, Results

FORMATS = {"text": "", "markdown": ".md", "html": ".html", "json": ".json"}
EVERY = ("week", "month", "quarter")
EARLIER = ("previous", "last_year")


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
    state: Annotated[
        Path | None,
        typer.Option(
            "--state", metavar="FILE", help="Take the messages from this store's outbox: those that were handed over."
        ),
    ] = None,
    from_: From = None,
    until: Until = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", metavar="VALUE",
            help="Group journeys by a value at their entry: contact.country, segment.buyer; repeatable.",
        ),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="PERIOD", help=f"{', '.join(EVERY)}: by when journeys began."),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option("--compare", metavar="WITH", help=f"{', '.join(EARLIER)}: beside an earlier span or period."),
    ] = None,
    plan_test: Annotated[
        str | None,
        typer.Option(
            "--plan-test",
            metavar="X%",
            help="Show how long a test must run to detect a lift of this size, such as 10%.",
        ),
    ] = None,
    workers: Workers = None,
    format_: Annotated[str | None, format_option(FORMATS)] = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:  # fmt: skip
    """Report conversions, value and cost, with control groups.

    Examples:
      scenario results
      scenario results cart_abandonment --output results.html
    """
    chosen_format = format_of(format_, output, FORMATS)
    colored = color(color_) and output is None
    lift = lift_of(plan_test)
    for option, value, allowed in (("--every", every, EVERY), ("--compare", compare, EARLIER)):
        if value is not None:
            one_of(option, value, allowed)
    check_compare(compare, every, from_)
    check_times(from_=from_, until=until)
    check_workers(workers)
    check_writable(output)
    loaded = load_sound(project, quiet, export.allow_outside)
    by_name = bool(names or scenario)
    chosen = choose(loaded, [*(names or []), *(scenario or [])])
    arguments = _Arguments(
        loaded, chosen, running(loaded, chosen, only, by_name), from_, until, tuple(by or ()), every or "",
        compare or "", state, lift, workers, quiet,
    )  # fmt: skip
    with stopping(), TemporaryDirectory(prefix="scenario-") as folder:
        report = _results(arguments, export, Path(folder))
    emit(_output(report, chosen_format, colored), output)
    return 0


@dataclass(frozen=True, slots=True)
class _Arguments:
    """The arguments of the command line."""

    loaded: Loaded
    chosen: tuple[str, ...]
    run_too: tuple[str, ...]
    from_: str | None
    until: str | None
    by: tuple[str, ...]
    every: str
    compare: str
    state: Path | None
    lift: float | None
    workers: int | None
    quiet: bool


def _results(arguments: _Arguments, export: ExportArguments, workspace: Path) -> Results:
    from scenario_cli.analysis.kpi import with_measuring
    from scenario_cli.analysis.needs import events_about_messages
    from scenario_cli.hosts.replay import Replay
    from scenario_cli.hosts.results.about import programs_of, results_of
    from scenario_cli.hosts.results.over_log import Sought
    from scenario_cli.hosts.results.slicing import surveyed, with_values
    from scenario_cli.model.results_report import Cut

    model = arguments.loaded.project
    options = _options(model, export, arguments.state, workspace)
    cut = Cut(arguments.by, arguments.every)
    programs = tuple(programs_of(model, arguments.chosen))
    measured, measuring = with_measuring(with_values(model, values_of(model, arguments.by, arguments.quiet)), programs)
    replayed = (*arguments.run_too, *measuring)
    more = events_about_messages(model)
    with read_log(measured, replayed, options, arguments.quiet, False, survey=surveyed(cut), more=more) as staged:
        start, end = _span(arguments, staged, model.timezone)
        sought = Sought(cut, source_of(model, arguments.state, staged), str(arguments.state or ""))
        job = Replay(measured, replayed, start, end, staged.report.first, selected=arguments.chosen)
        figures = _counted(arguments, job, programs, staged, sought)
        earlier = _earlier(arguments, job, programs, staged, sought)
        left_out = len(running(arguments.loaded, arguments.chosen)) - len(arguments.run_too)
        return results_of(job, staged.report, figures, left_out, arguments.lift, sought, earlier)


def _options(model: Project, export: ExportArguments, state: Path | None, workspace: Path) -> ExportOptions:
    """The options for reading the export: as named, else the exports that the runs of a store have read, else the
    project's. With several sources, only the project knows how each is read.
    """
    if state is None or export.events or export.query or model.exports.sources:
        return export_options(model, export)
    from dataclasses import replace

    named = replace(export, events=[str(state)])  # so that the project's own export is not requested
    return inputs_of(state, export_options(model, named), workspace)


def _span(arguments: _Arguments, staged: StagedLog, timezone: str) -> tuple[int | None, int]:
    """The start of entries and the end of the replayed time: for a store from its beginning to its clock."""
    if arguments.state is None:
        return span(staged, arguments.from_, arguments.until, timezone)
    from scenario_cli.cli.options import instant
    from scenario_cli.hosts.store.database import opened

    with opened(arguments.state, read_only=True) as store:
        begins, clock = store.meta("begins"), store.clock
    if clock is None:
        raise Stop(f"nothing has run over {arguments.state} yet", "'scenario run --state FILE' runs")
    start, end = instant("--from", arguments.from_, timezone), instant("--until", arguments.until, timezone)
    begin = int(begins) if begins is not None else None
    start = begin if start is None else max(start, begin or start)
    end = clock if end is None else min(end, clock)
    if start is not None and start > end:
        raise Stop(f"--from is after the end, or after the clock of {arguments.state}", "choose an earlier date")
    return start, end


def _counted(
    arguments: _Arguments, job: Replay, programs: tuple[str, ...], staged: StagedLog, sought: Sought
) -> Figures:
    from scenario_cli.hosts.concerned import concerned_log
    from scenario_cli.hosts.results.over_log import MOST_SLICES, TooManySlices, figures_of
    from scenario_cli.model.results_report import REPLAY

    log = staged
    if sought.source == REPLAY:  # else all messages count, also those to contacts that no scenario concerns
        log = concerned_log(job.project, job.scenarios, staged, job.start, job.until)
    with progress_bar(arguments.quiet) as progress:
        try:
            return figures_of(job, programs, log, number_of_workers(arguments.workers, log.rows), progress, sought)
        except TooManySlices:
            raise Stop(
                f"--by makes more than {MOST_SLICES:,} groups of journeys, too many to compare",
                "take a coarser value: a country, a segment, a metric with 'bins'",
            ) from None


def _earlier(
    arguments: _Arguments, job: Replay, programs: tuple[str, ...], staged: StagedLog, sought: Sought
) -> Earlier | None:
    """The earlier results to compare with: for one span the same figures of an earlier span, for periods those before
    them.
    """
    from dataclasses import replace

    from scenario_cli.analysis.periods import earlier_span
    from scenario_cli.model.results_report import Earlier

    if not arguments.compare or sought.cut.every or job.start is None:
        return Earlier(arguments.compare) if arguments.compare else None
    start, until = earlier_span(job.start, job.until, arguments.compare, job.project.timezone)
    first = staged.report.first
    if first is not None and until <= first:
        raise Stop("--compare: the log has nothing of the earlier span", "choose a later --from")
    if first is not None and start < first:
        note("the log begins within the earlier span, so that this has fewer journeys", arguments.quiet)
    # A contact who enters at the very instant at which the span begins does not count in the earlier span, too.
    before = replace(job, start=start, until=until - 1 if until == job.start else until)
    figures = _counted(arguments, before, programs, staged, sought)
    return Earlier(arguments.compare, start, until, figures)


def _output(report: Results, chosen_format: str, colored: bool) -> str:
    from scenario_cli.reports.results.document import results_document
    from scenario_cli.reports.results.json import results_json
    from scenario_cli.reports.results.page import results_page

    writers = {"json": partial(results_json, report), "html": partial(results_page, report)}
    return in_format(chosen_format, colored, partial(results_document, report), writers)
