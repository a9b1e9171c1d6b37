"""`scenario plan`: what leaves now, and what will leave if nothing else happens."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from scenario_cli.cli.console import Stop, check_writable, emit, note, progress_bar, width
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
    choose,
    color,
    instant,
    load_sound,
    one_of,
)
from scenario_cli.cli.plan_output import lines_beside, plan_head, plan_target
from scenario_cli.cli.reading import export_options, staged_log


def plan(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SCENARIO...]", help="Scenarios to plan; the live and draft ones if left out."),
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
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="T", help="The instant to plan from; the log's last one if left out."),
    ] = None,
    horizon: Annotated[str, typer.Option("--horizon", metavar="D", help="How far to look ahead: 7d, 12h, 1mo.")] = "7d",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write every row: .jsonl, .csv or .parquet.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")] = "text",
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Forward sending plan: due and scheduled messages, rendered."""
    one_of("--format", format_, ("text", "json"))
    colored = color(color_) and output is None
    target = plan_target("--out", out)
    check_writable(output)

    from scenario_cli.model.wait_grammar import WaitError, parse_duration

    try:
        ahead = parse_duration(horizon)
    except WaitError as error:
        raise Stop(f"--horizon: {error}", error.hint) from None
    loaded = load_sound(project, quiet)
    model = loaded.project
    chosen = choose(loaded, [*(names or []), *(scenario or [])])
    options = export_options(
        model, events, contacts, map_, contacts_map, timezone,
        query=query, source=source, identity=identity, dedupe=dedupe, rejects=rejects,
        date_format=date_format, group=group, keep_ids=keep_ids, allow_outside=allow_outside,
    )  # fmt: skip

    from scenario_cli.engine.calendar import UTC, add, zone
    from scenario_cli.hosts.forward import plan as make_plan
    from scenario_cli.hosts.plan_files import finish, write_lines
    from scenario_cli.model.results import Plan
    from scenario_cli.reports.masking import masked_plan
    from scenario_cli.reports.plan import plan_json, plan_text

    with staged_log(model, chosen, options, quiet) as staged:
        start = instant("--from", from_, model.timezone)
        at = instant("--as-of", as_of, model.timezone)
        if at is None:
            at = staged.report.last or 0
        until = add(ahead, at, zone(model.timezone) or UTC)
        with progress_bar(quiet) as progress:
            made = make_plan(model, chosen, staged, at, until, start, progress)
        result = Plan(model.name, model.digest, model.timezone, at, until, staged.report, made.rows, made.summary)
        if target is not None:
            with lines_beside(target) as lines:
                write_lines(made.rows, lines)
                finish(lines, target, plan_head(model, chosen, staged.report, start, until))
            note(f"wrote {len(made.rows):,} rows to {target}, and {target.name}.head.json", quiet)
    result = result if show_data else masked_plan(result)
    if format_ == "json":
        emit(plan_json(result), output)
    else:
        emit(plan_text(result, colored, width(sys.stdout), show_data), output)
    return 0
