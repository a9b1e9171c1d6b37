"""`scenario dry-run`: replays a log and tells who would have heard what, and what came of it."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from scenario_cli.cli.console import check_writable, emit, note, progress_bar, width
from scenario_cli.cli.options import (
    AllowOutside,
    Color,
    Contacts,
    ContactsMap,
    DateFormat,
    Dedupe,
    Events,
    From,
    Group,
    IdentityRule,
    KeepIds,
    Map,
    Output,
    ProjectDir,
    Query,
    Quiet,
    Rejects,
    ScenarioNames,
    ShowData,
    Source,
    Timezone,
    Until,
    choose,
    color,
    load_sound,
    one_of,
)
from scenario_cli.cli.plan_output import lines_beside, plan_head, plan_target
from scenario_cli.cli.reading import export_options, number_of_workers, span, staged_log


def dry_run(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SCENARIO...]", help="Scenarios to replay; the live and draft ones if left out."),
    ] = None,
    scenario: ScenarioNames = None,
    project: ProjectDir = None,
    events: Events = None,
    contacts: Contacts = None,
    map_: Map = None,
    contacts_map: ContactsMap = None,
    timezone: Timezone = None,
    query: Query = None,
    source: Source = None,
    identity: IdentityRule = None,
    dedupe: Dedupe = False,
    date_format: DateFormat = None,
    group: Group = None,
    keep_ids: KeepIds = False,
    allow_outside: AllowOutside = False,
    rejects: Rejects = None,
    from_: From = None,
    until: Until = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="FILE", help="Write a row a message: .jsonl, .csv or .parquet.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.html", help="Write the result as an HTML page.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", help="Processes; chosen by the log's length if left out.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")] = "text",
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Replay an event log: entries, funnel, messages, drops, conversions."""
    one_of("--format", format_, ("text", "json"))
    colored = color(color_) and output is None
    target = plan_target("--plan", plan)
    check_writable(output)
    check_writable(report)
    loaded = load_sound(project, quiet)
    model = loaded.project
    chosen = choose(loaded, [*(names or []), *(scenario or [])])
    options = export_options(
        model, events, contacts, map_, contacts_map, timezone,
        query=query, source=source, identity=identity, dedupe=dedupe, rejects=rejects,
        date_format=date_format, group=group, keep_ids=keep_ids, allow_outside=allow_outside,
    )  # fmt: skip

    from scenario_cli.hosts.plan_files import finish
    from scenario_cli.hosts.replay import Replay, replay
    from scenario_cli.model.results import DryRun
    from scenario_cli.reports.dry_run.json import dry_run_json
    from scenario_cli.reports.dry_run.text import dry_run_text
    from scenario_cli.reports.masking import masked_run

    with staged_log(model, chosen, options, quiet, rows=target is not None) as staged:
        start, end = span(staged, from_, until, model.timezone)
        job = Replay(model, chosen, start, end, staged.report.first, target is not None)
        processes = number_of_workers(workers, staged.report.used)
        with lines_beside(target) if target else nullcontext() as lines:
            with progress_bar(quiet) as progress:
                summary = replay(job, staged, processes, lines, progress)
            if target is not None and lines is not None:
                finish(lines, target, plan_head(model, chosen, staged.report, start, end))
                note(f"wrote {target} and {target.name}.head.json", quiet)
        costs = {name: channel.cost for name, channel in model.channels.items() if channel.cost}
        run = DryRun(
            model.name, model.digest, model.currency, model.timezone, start, end, staged.report, summary, costs
        )
    run = run if show_data else masked_run(run)
    if report is not None:
        from scenario_cli.reports.dry_run.page import dry_run_page

        emit(dry_run_page(run), report)
        note(f"wrote {report}", quiet)
    named = bool(names or scenario)
    emit(dry_run_json(run) if format_ == "json" else dry_run_text(run, colored, width(sys.stdout), named), output)
    return 0
