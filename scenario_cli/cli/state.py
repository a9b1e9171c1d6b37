"""`scenario state`: the content of a store."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from scenario_cli.cli import state_backup, state_check, state_contact, state_export, state_forget, state_rows
from scenario_cli.cli.console import Stop, emit, width
from scenario_cli.cli.help import Command, group
from scenario_cli.cli.options import TEXT_OR_JSON, Color, Output, ProjectDir, Quiet, TextOrJson, color, format_of
from scenario_cli.cli.state_store import read_store, stopping
from scenario_cli.cli.store_options import State

app = group(
    """
    Inspect, check, export and back up a store.

    Examples:
      scenario state --state crm.db
      scenario state --state crm.db --runs 20 --format json
    """
)


@app.callback(invoke_without_command=True)
def state(
    context: typer.Context,
    state: State = None,
    project: ProjectDir = None,
    runs: Annotated[int, typer.Option("--runs", metavar="N", min=0, help="Number of runs to show.")] = 5,
    format_: TextOrJson = None,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int | None:
    """Show a store: clock, runs, running journeys, what is due, the outbox."""
    if context.invoked_subcommand is not None:
        if state is not None or project is not None:
            raise Stop(
                f"options of 'state {context.invoked_subcommand}' must come after its name",
                f"write 'scenario state {context.invoked_subcommand} --state FILE'",
            )
        return None
    chosen_format = format_of(format_, output, TEXT_OR_JSON)
    colored = color(color_) and output is None

    from scenario_cli.hosts.store.overview import facts_of
    from scenario_cli.reports.state.overview_json import overview_json
    from scenario_cli.reports.state.overview_text import overview_text

    with stopping(), read_store(state, project, quiet) as (store, loaded):
        facts = facts_of(store, loaded.project if loaded is not None else None, runs)
    emit(overview_json(facts) if chosen_format == "json" else overview_text(facts, colored, width(sys.stdout)), output)
    return 0


app.command("check", cls=Command)(state_check.check)
app.command("contact", cls=Command)(state_contact.contact)
app.command("rows", cls=Command)(state_rows.rows)
app.command("export", cls=Command)(state_export.export)
app.command("forget", cls=Command)(state_forget.forget)
app.command("backup", cls=Command)(state_backup.backup)
