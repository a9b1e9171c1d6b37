"""`scenario state rows`: rows of the outbox as a plan's file, or on the terminal."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from scenario_cli.cli.console import emit, note, width
from scenario_cli.cli.options import (
    ROWS_BY_OUT,
    TEXT_OR_JSON,
    Color,
    Output,
    ProjectDir,
    Quiet,
    ShowData,
    TextOrJson,
    color,
    format_of,
    one_of,
)
from scenario_cli.cli.plan_output import plan_target, write_rows
from scenario_cli.cli.state_store import read_store, stopping
from scenario_cli.cli.store_options import State


def rows(
    run: Annotated[int | None, typer.Option("--run", metavar="N", help="Only the rows of this run.")] = None,
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", metavar="NAME", help="Only this scenario; repeatable.")
    ] = None,
    status: Annotated[
        list[str] | None, typer.Option("--status", metavar="NAME", help="Only this status; repeatable.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write all rows: .jsonl, .csv or .parquet.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help="Number of rows to show without --out. Default: 50.")
    ] = 50,
    state: State = None,
    project: ProjectDir = None,
    format_: TextOrJson = None,
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """List the messages of the outbox.

    Examples:
      scenario state rows --state crm.db --status pending
      scenario state rows --state crm.db --scenario cart_abandonment --out rows.csv
    """
    chosen_format = format_of(format_, output, TEXT_OR_JSON, ROWS_BY_OUT)
    colored = color(color_) and output is None
    target = plan_target("--out", out)

    from scenario_cli.hosts.store.plan_rows import STATUSES, Selection, rows_of
    from scenario_cli.reports.state.row_words import masked_entry
    from scenario_cli.reports.state.rows import rows_json, rows_text

    for name in status or ():
        one_of("--status", name, STATUSES)
    selection = Selection(() if run is None else (run,), tuple(scenario or ()), tuple(status or ()))
    with stopping(), read_store(state, project, quiet, "state rows" if target else "") as (store, _):
        if target is not None:
            write_rows(store, selection, target)
            note(f"wrote {target} and {target.name}.head.json", quiet)
            return 0
        entries = list(islice(rows_of(store, selection), limit + 1))
        file, owner = str(store.path), store.meta("project")
    shown = entries[:limit] if show_data else [masked_entry(entry) for entry in entries[:limit]]
    if chosen_format == "json":
        emit(rows_json(shown, len(entries) > limit, file, owner), output)
    else:
        emit(rows_text(shown, len(entries) > limit, colored, width(sys.stdout)), output)
    return 0
