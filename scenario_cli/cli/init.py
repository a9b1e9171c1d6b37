"""`scenario init`: a new project that validates, tests and dry-runs unchanged."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from scenario_cli.cli.changes import change_text, refuse_to_overwrite, try_out, write
from scenario_cli.cli.console import Stop, emit, notes, width
from scenario_cli.cli.options import Quiet, one_of


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="The folder of the project. Default: ./scenarios.")
    ] = Path("scenarios"),
    empty: Annotated[
        bool, typer.Option("--empty", help="Without scenario, events and log: for your own tracking plan.")
    ] = False,
    ci: Annotated[
        str | None,
        typer.Option("--ci", metavar="HOST", help="Add what checks the project in CI: github or gitlab."),
    ] = None,
    owner: Annotated[
        str, typer.Option("--owner", metavar="NAME", help="With --ci: who approves policy changes, such as @org/crm.")
    ] = "",
    quiet: Quiet = False,
) -> int:
    """Make a new project with a scenario, templates, tests and a log.

    Examples:
      scenario init
      scenario init lamps --empty
      scenario init shop --ci github --owner @shop/crm
    """
    from scenario_cli.language.ci_files import HOSTS
    from scenario_cli.language.starter import starter

    host = one_of("--ci", ci, HOSTS) if ci is not None else None
    if owner and host is None:
        raise Stop("--owner is about the files of --ci, and --ci is missing", "add --ci github or --ci gitlab")
    root = Path(os.path.abspath(folder))  # noqa: PTH100  (a name such as `..` says nothing; links stay as they are)
    if root.exists() and not root.is_dir():
        raise Stop(f"'{folder}' is not a folder")
    name = root.parent.name if root.name == "scenarios" else root.name
    if host is not None and (root / "project.yaml").is_file():
        _set_up_ci(root, host, owner, name, quiet)
        return 0
    _refuse_within(root, folder, host)
    changes = starter(name, empty)
    refuse_to_overwrite(root, changes, "choose another folder, or add to an existing project with 'scenario new'")
    try_out(root, changes)
    write(root, changes)
    emit(change_text(changes, width(sys.stdout)), None)
    if host is not None:
        _set_up_ci(root, host, owner, name, quiet)
    option = "" if folder == Path("scenarios") else f" --project {folder}"
    following = ("events infer LOG", "new --list", "validate") if empty else ("validate", "test", "dry-run")
    # 'new --list' is about the library, not about a project.
    steps = [f"scenario {command}{'' if command.endswith('--list') else option}" for command in following]
    notes(["", f"Next: {', '.join(steps)}"], quiet)
    return 0


def _refuse_within(root: Path, folder: Path, host: str | None) -> None:
    """Refuses a new project in the folder of another one, which would read its files as its own scenarios."""
    from scenario_cli.language.strays import is_project

    outer = next((parent for parent in root.parents if is_project(parent)), None)
    if outer is not None:
        here = os.path.relpath(outer)
        add = f"add the files to the project with 'scenario init {here} --ci {host}'"
        add = add if host is not None else "add a scenario to the project with 'scenario new'"
        raise Stop(
            f"'{folder}' would be within the project '{outer.name}'; nothing was written",
            f"choose a folder outside, or {add}",
        )


def _set_up_ci(root: Path, host: str, owner: str, title: str, quiet: bool) -> None:
    """Writes the files that check a project; an existing file is not changed."""
    from importlib.metadata import version

    from scenario_cli.language.ci_files import project_files, repository_files
    from scenario_cli.language.library import Change

    repository = _repository(root)
    inside = os.path.relpath(root, repository).replace(os.sep, "/")
    texts = dict(repository_files(host, inside, version("scenario-cli"), owner))
    prefix = "" if inside == "." else f"{inside}/"
    texts |= {f"{prefix}{path}": text for path, text in project_files(title, host).items()}
    existing = [path for path in texts if (repository / path).exists()]
    write(repository, [Change(path, text.encode()) for path, text in texts.items() if path not in existing])
    folder = os.path.relpath(repository).replace(os.sep, "/")
    head = "" if folder == "." else f"{folder}/"
    emit("".join(f"wrote     {head}{path}\n" for path in sorted(texts) if path not in existing), None)
    notes(
        [f"kept      {head}{path}, which was there: add what you need of it by hand" for path in sorted(existing)],
        quiet,
    )
    if not owner:
        notes(["name who approves policy changes in CODEOWNERS, or with --owner"], quiet)


def _repository(root: Path) -> Path:
    """The git repository that contains a project; else the current folder, or the project if it is elsewhere."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return folder
    current = Path.cwd()
    return current if root.is_relative_to(current) else root
