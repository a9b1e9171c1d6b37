"""`scenario init`: a new project that validates, tests and dry-runs as it stands."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from scenario_cli.cli.changes import change_text, refuse_to_overwrite, try_out, write
from scenario_cli.cli.console import Stop, emit, notes, width
from scenario_cli.cli.options import Quiet


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="The folder of the project. Default: ./scenarios.")
    ] = Path("scenarios"),
    empty: Annotated[
        bool, typer.Option("--empty", help="Without scenario, events and log: for your own tracking plan.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """Make a new project with a scenario, templates, tests and a log.

    Examples:
      scenario init
      scenario init lamps --empty
    """
    from scenario_cli.language.starter import starter

    root = Path(os.path.abspath(folder))  # noqa: PTH100  (a name such as `..` says nothing; links stay as they are)
    if root.exists() and not root.is_dir():
        raise Stop(f"'{folder}' is not a folder")
    changes = starter(root.parent.name if root.name == "scenarios" else root.name, empty)
    refuse_to_overwrite(root, changes, "choose another folder, or add to an existing project with 'scenario new'")
    try_out(root, changes)
    write(root, changes)
    emit(change_text(changes, width(sys.stdout)), None)
    option = "" if folder == Path("scenarios") else f" --project {folder}"
    following = ("events infer LOG", "new --list", "validate") if empty else ("validate", "test", "dry-run")
    # 'new --list' is about the library, not about a project.
    steps = [f"scenario {command}{'' if command.endswith('--list') else option}" for command in following]
    notes(["", f"Next: {', '.join(steps)}"], quiet)
    return 0
