"""Options that commands over a store share, and their values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop
from scenario_cli.cli.written_files import refuse_overwriting

if TYPE_CHECKING:
    from scenario_cli.model.project import Project

State = Annotated[
    Path | None,
    typer.Option("--state", metavar="FILE", help="The store. Default: 'run: {state: FILE}' in project.yaml."),
]


def store_file(state: Path | None, project: Project, allow_outside: bool = False) -> Path:
    """The store that the command line names, else the one of project.yaml, which stays in the project's folder."""
    from scenario_cli.cli.options import outside_allowed
    from scenario_cli.model.inside import ALLOW_OUTSIDE, leads_out

    if state is not None:
        return state
    if project.run.state is None:
        raise Stop("no store is given", "give one with --state FILE, or in project.yaml: 'run: {state: FILE}'")
    path = Path(project.root) / project.run.state
    if leads_out(path, project.root) and not outside_allowed(allow_outside):
        raise Stop(
            (
                f"project.yaml cannot name the store '{project.run.state}': it is outside the project's folder, "
                "or hidden"
            ),
            f"give it with --state; if you trust the project, allow it with {ALLOW_OUTSIDE}=1",
        )
    refuse_overwriting([path])
    return path


def elapsed(option: str, text: str | None, default: int) -> int:
    """A duration such as `10min` in microseconds; the default if nothing is written."""
    from scenario_cli.model.wait_grammar import WaitError, parse_window

    if text is None:
        return default
    try:
        return parse_window(text).elapsed
    except WaitError as error:
        raise Stop(f"{option}: {error}", error.hint) from None
