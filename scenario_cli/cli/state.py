"""`scenario state`: what is in a store."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from scenario_cli.cli import state_backup, state_check, state_contact, state_export, state_forget, state_rows
from scenario_cli.cli.console import Stop, emit, width
from scenario_cli.cli.options import Color, Output, ProjectDir, Quiet, color, one_of
from scenario_cli.cli.state_store import Format, read_store, stopping
from scenario_cli.cli.store_options import State

app = typer.Typer(
    help="What is in a store; with a command: check it, look at a contact or its outbox, copy it, forget somebody.",
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def state(
    context: typer.Context,
    state: State = None,
    project: ProjectDir = None,
    runs: Annotated[
        int, typer.Option("--runs", metavar="N", min=0, help="How many of the last runs to show; 5 if left out.")
    ] = 5,
    format_: Format = "text",
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int | None:
    """What is in a store: clock, runs, journeys under way, what is due, the outbox."""
    if context.invoked_subcommand is not None:
        if state is not None or project is not None:
            raise Stop(
                f"options of 'state {context.invoked_subcommand}' stand behind its name",
                f"write 'scenario state {context.invoked_subcommand} --state FILE'",
            )
        return None
    one_of("--format", format_, ("text", "json"))
    colored = color(color_) and output is None

    from scenario_cli.hosts.store.overview import facts_of
    from scenario_cli.reports.state.overview_json import overview_json
    from scenario_cli.reports.state.overview_text import overview_text

    with stopping(), read_store(state, project, quiet) as (store, loaded):
        facts = facts_of(store, loaded.project if loaded is not None else None, runs)
    emit(overview_json(facts) if format_ == "json" else overview_text(facts, colored, width(sys.stdout)), output)
    return 0


app.command("check")(state_check.check)
app.command("contact")(state_contact.contact)
app.command("rows")(state_rows.rows)
app.command("export")(state_export.export)
app.command("forget")(state_forget.forget)
app.command("backup")(state_backup.backup)
