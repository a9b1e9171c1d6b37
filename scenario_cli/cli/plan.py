"""`scenario plan`: the messages that leave now, and those that will leave if no event happens."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from scenario_cli.cli.as_of import instant_as_of
from scenario_cli.cli.console import Stop, check_writable, emit, note, progress_bar, width
from scenario_cli.cli.export_arguments import NO_ARGUMENTS, ExportArguments, takes_export
from scenario_cli.cli.options import (
    ROWS_BY_OUT,
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
    choose,
    color,
    format_of,
    instant,
    load_sound,
    running,
)
from scenario_cli.cli.plan_output import lines_beside, plan_head, plan_target
from scenario_cli.cli.reading import check_times, export_options, read_log


@takes_export
def plan(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SCENARIO...]", help="Scenarios to show. Default: all that are live or draft."),
    ] = None,
    scenario: ScenarioNames = None,
    only: Only = False,
    project: ProjectDir = None,
    export: ExportArguments = NO_ARGUMENTS,
    from_: From = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="T", help="Plan from this date or date-time. Default: the end of the log."),
    ] = None,
    horizon: Annotated[str, typer.Option("--horizon", metavar="D", help="Look ahead this far: 7d, 12h, 1mo.")] = "7d",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write all rows: .jsonl, .csv or .parquet.")
    ] = None,
    format_: TextOrJson = None,
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """List the messages that are due or scheduled, rendered.

    Examples:
      scenario plan --horizon 7d
      scenario plan --as-of 2025-02-20 --horizon 2d --out plan.csv
    """
    chosen_format = format_of(format_, output, TEXT_OR_JSON, ROWS_BY_OUT)
    colored = color(color_) and output is None
    check_times(from_=from_, as_of=as_of)
    target = plan_target("--out", out)
    check_writable(output)

    from scenario_cli.model.wait_grammar import WaitError, parse_duration

    try:
        ahead = parse_duration(horizon)
    except WaitError as error:
        raise Stop(f"--horizon: {error}", error.hint) from None
    loaded = load_sound(project, quiet, export.allow_outside)
    model = loaded.project
    chosen = choose(loaded, [*(names or []), *(scenario or [])])
    options = export_options(model, export)
    run_too = running(loaded, chosen, only, bool(names or scenario))

    from scenario_cli.engine.calendar import UTC, add, zone
    from scenario_cli.hosts.concerned import concerned_log
    from scenario_cli.hosts.forward import plan as make_plan
    from scenario_cli.hosts.plan_files import finish, write_lines
    from scenario_cli.model.results import Plan
    from scenario_cli.reports.masking import masked_plan
    from scenario_cli.reports.plan import plan_json, plan_text

    with read_log(model, run_too, options, quiet) as staged:
        start = instant("--from", from_, model.timezone)
        at = instant_as_of(as_of, staged.report, model.timezone, quiet)
        until = add(ahead, at, zone(model.timezone) or UTC)
        log = concerned_log(model, run_too, staged, start, at)
        with progress_bar(quiet) as progress:
            forward_plan = make_plan(model, run_too, log, at, until, start, progress, chosen)
        left_out = len(running(loaded, chosen)) - len(run_too)
        result = Plan(
            model.name,
            model.digest,
            model.timezone,
            at,
            until,
            staged.report,
            forward_plan.rows,
            forward_plan.summary,
            left_out,
        )
        if target is not None:
            with lines_beside(target) as lines:
                write_lines(forward_plan.rows, lines)
                finish(lines, target, plan_head(model, chosen, staged.report, start, until))
            note(f"wrote {len(forward_plan.rows):,} rows to {target}, and {target.name}.head.json", quiet)
    result = result if show_data else masked_plan(result)
    if chosen_format == "json":
        emit(plan_json(result), output)
    else:
        emit(plan_text(result, colored, width(sys.stdout), show_data), output)
    return 0
