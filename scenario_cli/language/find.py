"""Finds the project that contains a path or the current folder. Reads no project."""

from __future__ import annotations

import os
from pathlib import Path

from scenario_cli.model.diagnostic import did_you_mean


class NoProject(Exception):
    """There is no project at a path; the message names the path, the hint the next step."""

    hint = "go to the project's folder, or name it with --project DIR"


# The environment variable that names the project if no option and no path does.
PROJECT_VARIABLE = "SCENARIO_PROJECT"

_FEW = 12  # projects that a message lists


def find_project(start: str | None, working_folder: Path | None = None) -> Path:
    """The folder of the project that contains the path, or that the path contains.

    Without a path: the folder in SCENARIO_PROJECT, else upward from here, else `./scenarios`, else the only project in
    a folder of this folder.
    """
    working_folder = working_folder or Path.cwd()
    if start is not None:
        return _at(start, working_folder)
    if named := os.environ.get(PROJECT_VARIABLE, "").strip():
        try:
            return _at(named, working_folder)
        except NoProject as error:
            raise _no_project(f"{PROJECT_VARIABLE}: {error}", error.hint) from None
    folder = project_above(working_folder) or _below(working_folder)
    if folder is None:
        raise NoProject("no project.yaml here, in a folder above, or in a folder of this folder")
    return folder


def _at(start: str, working_folder: Path) -> Path:
    """The project that contains a path, or that the path contains. Raises `NoProject`."""
    path = (working_folder / start).resolve()
    if not path.exists():
        hint = did_you_mean(path.name, _siblings(path), f"in '{path.parent.name}'")
        raise _no_project(f"'{start}' does not exist", hint)
    folder = project_above(path) or _below(path)
    if folder is None:
        raise NoProject(f"no project.yaml in '{start}', in a folder above it, or in a folder of it")
    return folder


def project_above(path: Path) -> Path | None:
    """The folder of the project that contains a path, which need not exist."""
    return next((folder for folder in (path, *path.parents) if (folder / "project.yaml").is_file()), None)


def _below(path: Path) -> Path | None:
    """The folder `scenarios` with a project, else the only folder with one. Raises `NoProject` if there are more."""
    if (path / "scenarios" / "project.yaml").is_file():
        return path / "scenarios"
    folders = sorted(entry for entry in path.iterdir() if not entry.name.startswith(".")) if path.is_dir() else []
    projects = [folder for folder in folders if (folder / "project.yaml").is_file()]
    if len(projects) > 1:
        names = ", ".join(f"'{folder.name}'" for folder in projects[:_FEW])
        names += f" and {len(projects) - _FEW} more" if len(projects) > _FEW else ""
        raise _no_project(
            f"there are {len(projects)} projects here: {names}", f"name one: --project {projects[0].name}"
        )
    return projects[0] if projects else None


def _no_project(message: str, hint: str) -> NoProject:
    error = NoProject(message)
    error.hint = hint
    return error


def _siblings(path: Path) -> list[str]:
    return [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []


def shown_path(path: Path, working_folder: Path | None = None) -> str:
    """A path as messages show it: relative to the current folder if it is below it."""
    relative = os.path.relpath(path, working_folder or Path.cwd())
    return path.as_posix() if relative.startswith("..") else Path(relative).as_posix()
