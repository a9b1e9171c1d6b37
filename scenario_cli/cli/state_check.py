"""`scenario state check`: whether a store is as it must be."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scenario_cli.cli.console import emit, progress_bar, width
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
from scenario_cli.cli.state_store import definitions_in, read_store, stopping
from scenario_cli.cli.store_options import State

if TYPE_CHECKING:
    from scenario_cli.engine.compiled import Program
    from scenario_cli.hosts.store.database import Store
    from scenario_cli.language.project import Loaded


def check(
    state: State = None,
    project: ProjectDir = None,
    format_: TextOrJson = None,
    show_data: ShowData = False,
    output: Output = None,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Check a store: its file, states of contacts and tables.

    Examples:
      scenario state check --state crm.db
      scenario state check --state crm.db --format json
    """
    chosen_format = format_of(format_, output, TEXT_OR_JSON)
    colored = color(color_) and output is None

    from scenario_cli.hosts.store.checking import check_store
    from scenario_cli.reports.state.check import check_json, check_text

    with stopping(), read_store(state, project, quiet, "state check") as (store, loaded):
        program, not_compared = _program(store, loaded)
        with progress_bar(quiet) as progress:
            result = check_store(store, program, not_compared, progress)
    if chosen_format == "json":
        emit(check_json(result, show_data), output)
    else:
        emit(check_text(result, colored, width(sys.stdout), show_data), output)
    return 1 if result.findings else 0


def _program(store: Store, loaded: Loaded | None) -> tuple[Program | None, str]:
    """The program that the store's states were left by; else why it is not there."""
    from scenario_cli.hosts.store.errors import StoreError

    if loaded is None:
        return None, "there is no project here, and --project is not given"
    try:
        definitions = definitions_in(store, loaded)
    except StoreError as error:
        return None, error.message
    if store.meta("program") != definitions.digest:
        return None, "the project has changed since the last run"
    return definitions.compiled(), ""
