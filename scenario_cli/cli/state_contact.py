"""`scenario state contact`: a contact as stored."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from scenario_cli.cli.console import emit, width
from scenario_cli.cli.options import (
    TEXT_OR_JSON,
    Color,
    Output,
    ProjectDir,
    Quiet,
    ShowData,
    TextOrJson,
    color,
    format_of,
)
from scenario_cli.cli.state_store import ContactId, names_in, read_store, stopping, timezone_of
from scenario_cli.cli.store_options import State


def contact(
    contact: ContactId,
    state: State = None,
    project: ProjectDir = None,
    rows: Annotated[
        int,
        typer.Option("--rows", metavar="N", min=0, help="Number of messages to show. Default: 10."),
    ] = 10,
    format_: TextOrJson = None,
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Show one contact: profile, journeys, due messages.

    Examples:
      scenario state contact c0305 --state crm.db
      scenario state contact c0305 --state crm.db --rows 50
    """
    chosen_format = format_of(format_, output, TEXT_OR_JSON)
    colored = color(color_) and output is None

    from scenario_cli.hosts.store.known_contact import contact_facts
    from scenario_cli.reports.state.contact_json import contact_json
    from scenario_cli.reports.state.contact_text import contact_text
    from scenario_cli.reports.state.masked_contact import masked_contact

    with stopping(), read_store(state, project, quiet) as (store, loaded):
        facts = contact_facts(store, contact, names_in(store, loaded, quiet), timezone_of(loaded), rows)
    facts = facts if show_data else masked_contact(facts)
    emit(contact_json(facts) if chosen_format == "json" else contact_text(facts, colored, width(sys.stdout)), output)
    return 0
