"""`scenario audience`: who the contacts of a log are: every segment with its size and reach, or one as a list."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.as_of import instant_as_of
from scenario_cli.cli.console import Stop, check_writable, emit, note, notes, progress_bar, width
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import (
    ROWS_BY_OUT,
    TEXT_OR_JSON,
    Color,
    Output,
    ProjectDir,
    Quiet,
    ShowData,
    TextOrJson,
    Workers,
    color,
    format_of,
    load_sound,
)
from scenario_cli.cli.plan_output import lines_beside, plan_head, plan_target
from scenario_cli.cli.reading import check_times, check_workers, export_options, number_of_workers, read_log

if TYPE_CHECKING:
    from scenario_cli.events.staged import StagedLog
    from scenario_cli.hosts.audience.census import Census, CensusResult
    from scenario_cli.model.audience import Audience, Group, Listed
    from scenario_cli.model.project import Project

_FILE = "EXPRESSION"  # the name in findings for a condition of the command line
_ROWS = 50


@takes_export
def audience(
    who: Annotated[
        str | None,
        typer.Argument(
            metavar="[segment.NAME|EXPRESSION]",
            help=(
                "List the contacts of a segment or of a condition, written as in metrics.yaml. Without it "
                "every segment is counted."
            ),
        ),
    ] = None,
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="T", help="Look at this date or date-time. Default: the end of the log."),
    ] = None,
    change_over: Annotated[
        str, typer.Option("--change-over", metavar="D", help="Show the change over this period, such as 30d or 1w.")
    ] = "30d",
    none_of: Annotated[
        list[str] | None,
        typer.Option(
            "--none-of", metavar="A,B,C", help="Count the contacts that are in none of these segments; repeatable."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the list with all metrics: .jsonl, .csv or .parquet."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", help=f"How many contacts to show; {_ROWS} if left out.")
    ] = None,
    workers: Workers = None,
    format_: TextOrJson = None,
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Count the contacts in each segment, or list those of one.

    Examples:
      scenario audience
      scenario audience 'contact.locale == "fr"' --out french.csv
    """
    chosen_format = format_of(format_, output, TEXT_OR_JSON, ROWS_BY_OUT)
    colored = color(color_) and output is None
    _refuse_mixtures(who, none_of, out, limit)
    check_times(as_of=as_of)
    check_workers(workers)
    ago = _length(change_over)
    target = plan_target("--out", out)
    check_writable(output)
    loaded = load_sound(project, quiet, export.allow_outside)
    model, listed = _segment_to_list(loaded.project, who, quiet)
    groups = _groups(model, none_of)
    _refuse_alike_names(model, target)
    options = export_options(model, export)

    from scenario_cli.analysis.needs import chosen_scenarios
    from scenario_cli.hosts.audience.census import Census, surveyed_metrics
    from scenario_cli.hosts.audience.purchases import with_purchases
    from scenario_cli.reports.audience.json import audience_json
    from scenario_cli.reports.audience.masked import masked_audience
    from scenario_cli.reports.audience.text import audience_text

    scenarios = tuple(scenario.name for scenario in chosen_scenarios(model, ()))
    metrics = tuple(model.metrics) if listed is not None else ()
    most = (_ROWS if limit is None else limit) if target is None else None
    model = with_purchases(model)
    job = Census(model, scenarios, 0, 0, None, groups, listed, metrics, most)
    with read_log(model, scenarios, options, quiet, rows=False, survey=surveyed_metrics(job)) as staged:
        at = instant_as_of(as_of, staged.report, model.timezone, quiet)
        job = replace(job, since=at - ago, at=at, begins=staged.report.first)
        result = _counted(job, staged, workers, target, _ROWS if limit is None else limit, quiet)
    result = result if show_data else masked_audience(result)
    emit(
        audience_json(result) if chosen_format == "json" else audience_text(result, colored, width(sys.stdout)), output
    )
    return 0


def _refuse_mixtures(selection: str | None, none_of: Sequence[str] | None, out: Path | None, limit: int | None) -> None:
    """Stops at options that would do nothing."""
    if selection is None and (out is not None or limit is not None):
        option = "--out" if out is not None else "--limit"
        raise Stop(f"{option} needs a list of contacts", "give a segment or a condition; 'true' lists everybody")
    if selection is not None and none_of:
        raise Stop(
            "--none-of and a list cannot be combined",
            "use a condition: 'not segment.a and not segment.b'",
        )
    if limit is not None and limit < 0:
        raise Stop("--limit must be 0 or more")


def _refuse_alike_names(project: Project, target: Path | None) -> None:
    """Stops at names that would share one column in a file format."""
    if target is None or target.suffix == ".jsonl":
        return
    for names in (project.channels, project.segments, project.metrics):
        by_column: dict[str, str] = {}
        for name in names:
            other = by_column.setdefault(name.lower(), name)
            if other != name:
                raise Stop(f"--out: '{other}' and '{name}' would share one column in {target.name}",
                           "write .jsonl, or rename one of them")  # fmt: skip


def _length(text: str) -> int:
    from scenario_cli.model.wait_grammar import WaitError, parse_window

    try:
        return parse_window(text).elapsed
    except WaitError as error:
        raise Stop(f"--change-over: {error}", error.hint) from None


def _segment_to_list(project: Project, selection: str | None, quiet: bool) -> tuple[Project, str | None]:
    """The segment to list, and the project that holds it: a condition becomes a segment of its own."""
    if selection is None:
        return project, None
    name = selection.strip().removeprefix("segment.")
    if name in project.segments:
        return project, name
    from scenario_cli.hosts.audience.audience import with_condition
    from scenario_cli.language.condition import read_condition
    from scenario_cli.model.audience import CONDITION
    from scenario_cli.reports.findings import full_text

    condition, findings = read_condition(project, selection, _FILE)
    errors = [finding for finding in findings if finding.severity == "error"]
    shown = errors if quiet else findings
    if shown:
        notes(full_text(shown, {_FILE: selection}, color=False, width=100).rstrip().split("\n"))
    if condition is None or errors:
        raise Stop("the condition has errors", "write it as in metrics.yaml")
    return with_condition(project, condition), CONDITION


def _groups(project: Project, none_of: Sequence[str] | None) -> tuple[Group, ...]:
    """The groups that names make, and those that were requested."""
    from scenario_cli.hosts.audience.audience import families
    from scenario_cli.model.audience import Group
    from scenario_cli.model.diagnostic import did_you_mean

    groups = {group.segments: group for group in families(project.segments)}
    for text in none_of or ():
        names = tuple(dict.fromkeys(name.strip().removeprefix("segment.") for name in text.split(",") if name.strip()))
        for name in names:
            if name not in project.segments:
                hint = did_you_mean(name, project.segments, "segments")
                raise Stop(f"--none-of: unknown segment '{name}'", hint)
        if not names:
            raise Stop(f"--none-of '{text}' has no segment", "write --none-of buyer,newcomer")
        groups.pop(names, None)  # moved to its requested place
        groups[names] = Group(names)
    return tuple(groups.values())


def _counted(
    job: Census, staged: StagedLog, workers: int | None, target: Path | None, most: int, quiet: bool
) -> Audience:
    """The census, with the first rows of its list; the whole list goes to the target."""
    from scenario_cli.hosts.audience.audience import audience as audience_of
    from scenario_cli.hosts.audience.census import take_census
    from scenario_cli.hosts.audience.listing import first_rows

    processes = number_of_workers(workers, staged.rows)
    with _lines(job, target) as lines:
        with progress_bar(quiet) as progress:
            census = take_census(job, staged, processes, lines, progress)
        result = audience_of(job, census, staged.report)
        if lines is not None and result.listed is not None:
            result = replace(result, listed=replace(result.listed, rows=first_rows(lines, most)))
        if lines is not None and target is not None:
            _write(job, census, staged, lines, target, result)
            note(f"wrote {target} and {target.name}.head.json", quiet)
    return result


@contextmanager
def _lines(job: Census, target: Path | None) -> Iterator[Path | None]:
    """The file to collect rows in: next to the target, else in a temporary folder; None if nobody is listed."""
    import tempfile

    if target is not None:
        with lines_beside(target) as lines:
            yield lines
    elif job.listed is not None:
        with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
            yield Path(folder) / "rows"
    else:
        yield None


def _write(job: Census, census: CensusResult, staged: StagedLog, lines: Path, target: Path, result: Audience) -> None:
    from scenario_cli.hosts.audience.census import channels_of
    from scenario_cli.hosts.audience.listing import columns
    from scenario_cli.hosts.plan_files import finish
    from scenario_cli.language.condition import metric_types

    types = metric_types(job.project)
    metrics = {name: types[name] for name in job.metrics}
    of_list = columns(channels_of(job.project), result.segments, metrics, census.metric_types)
    head = plan_head(job.project, job.scenarios, staged.report, None, job.at)
    listed = result.listed
    assert listed is not None
    finish(lines, target, {**head, "audience": listed.source, "rests_on": _resting_columns(result, listed)}, of_list)


def _resting_columns(result: Audience, listed: Listed) -> dict[str, Sequence[str]]:
    """The columns that depend on the scenarios' actions in the replay, with these actions."""
    from scenario_cli.hosts.audience.listing import METRIC, REACHED, SEGMENT

    columns = {REACHED + name: effects for name, effects in result.channels.items()}
    columns |= {SEGMENT + name: members.rests_on for name, members in result.segments.items()}
    columns |= {METRIC + name: effects for name, effects in listed.metrics_rest_on.items()}
    return {name: effects for name, effects in columns.items() if effects}
