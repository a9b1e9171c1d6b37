"""`scenario state export`: all that a store has of a contact."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from scenario_cli.cli.console import check_writable, emit, note
from scenario_cli.cli.options import ProjectDir, Quiet
from scenario_cli.cli.state_store import ContactId, names_in, read_store, stopping, timezone_of
from scenario_cli.cli.store_options import State


def export(
    contact: ContactId,
    state: State = None,
    project: ProjectDir = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write to this file or folder. Default: standard output."),
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Write everything the store has about a contact, unmasked.

    Examples:
      scenario state export c0305 --state crm.db
      scenario state export c0305 --state crm.db --out c0305.json
    """
    target = out / _file_name(contact) if out is not None and out.is_dir() else out
    check_writable(target)

    from scenario_cli.hosts.store.known_contact import contact_facts
    from scenario_cli.hosts.store.personal import stored_values
    from scenario_cli.reports.json_text import json_text
    from scenario_cli.reports.state.contact_json import contact_values

    with stopping(), read_store(state, project, quiet) as (store, loaded):
        facts = contact_facts(store, contact, names_in(store, loaded, quiet), timezone_of(loaded), rows=0)
        values = {"format_version": 1, "command": "state export", "store": str(store.path), "project": facts.project,
                  **contact_values(facts)}  # fmt: skip
        for name in ("rows", "kept", "row_count"):
            del values[name]
        values["stored"] = stored_values(store, contact)
    emit(json_text(values), target)
    if target is not None:
        note(f"wrote {target}", quiet)
    return 0


def _file_name(contact: str) -> str:
    """A name for the file of a contact, safe for any characters of its id."""
    return f"contact-{re.sub(r'[^A-Za-z0-9._-]', '_', contact)}.json"
