"""`scenario state backup`: a copy of a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scenario_cli.cli.console import Stop, cannot_write, check_writable, emit
from scenario_cli.cli.options import TEXT_OR_JSON, Output, ProjectDir, Quiet, TextOrJson, format_of
from scenario_cli.cli.state_store import read_store, stopping
from scenario_cli.cli.store_options import State


def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    state: State = None,
    project: ProjectDir = None,
    format_: TextOrJson = None,
    output: Output = None,
    quiet: Quiet = False,
) -> int:
    """Copy a store to a file and check the copy.

    Examples:
      scenario state backup copy.db --state crm.db
      scenario state backup second.db --state crm.db --format json
    """
    chosen_format = format_of(format_, output, TEXT_OR_JSON)
    check_writable(target)

    from scenario_cli.hosts.store.backup import copy_of
    from scenario_cli.reports.json_text import json_text
    from scenario_cli.reports.state.words import bytes_text

    with stopping(), read_store(state, project, quiet, "state backup") as (store, _):
        if target.exists() and target.samefile(store.path):
            raise Stop(f"'{target}' is the store itself", "choose another file for the copy")
        try:
            size = copy_of(store, target)
        except OSError as error:
            raise cannot_write(target, error) from None
    values = {"format_version": 1, "command": "state backup", "store": str(store.path), "file": str(target),
              "size": size}  # fmt: skip
    emit(json_text(values) if chosen_format == "json" else f"wrote {target} ({bytes_text(size)}), checked\n", output)
    return 0
