"""`scenario state forget`: erases contacts from a store."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from scenario_cli.cli.console import emit, width
from scenario_cli.cli.options import TEXT_OR_JSON, Output, ProjectDir, Quiet, TextOrJson, format_of
from scenario_cli.cli.state_store import belonging, named_store, stopping
from scenario_cli.cli.store_options import State


def forget(
    contacts: Annotated[list[str], typer.Argument(metavar="CONTACT...", help="Ids of contacts, as in the export.")],
    state: State = None,
    project: ProjectDir = None,
    format_: TextOrJson = None,
    output: Output = None,
    quiet: Quiet = False,
) -> int:
    """Erase contacts; a hash keeps old files from adding them again.

    Examples:
      scenario state forget c0305 --state crm.db
      scenario state forget c0306 c0307 --state crm.db --format json
    """
    chosen_format = format_of(format_, output, TEXT_OR_JSON)

    from scenario_cli.hosts.store.database import opened
    from scenario_cli.hosts.store.forgetting import forget
    from scenario_cli.hosts.store.lock import locked
    from scenario_cli.reports.state.erased import erased_json, erased_text

    now = int(datetime.now(UTC).timestamp() * 1_000_000)
    path, loaded = named_store(state, project, quiet)
    with stopping(), opened(path, read_only=True) as store:
        belonging(store, loaded, project, quiet)  # before anything is written
    with stopping(), locked(path, "state forget"), opened(path) as store:
        erased = forget(store, contacts, now)
    emit(erased_json(erased, str(path)) if chosen_format == "json" else erased_text(erased, width(sys.stdout)), output)
    return 1 if erased.unknown else 0
