"""Finds the project that a path or the current folder lies in. Reads none."""

from __future__ import annotations

import os
from pathlib import Path

from scenario_cli.model.diagnostic import did_you_mean


class NoProject(Exception):
    """There is no project at a path; the message names the path, the hint the next step."""

    hint = "go to the project's folder, or name it with --project DIR"


def find_project(start: str | None, working_folder: Path | None = None) -> Path:
    """The folder of the project that a path lies in; without one, upward from here, else `./scenarios`."""
    working_folder = working_folder or Path.cwd()
    if start is not None:
        start_path = (working_folder / start).resolve()
        if not start_path.exists():
            missing = NoProject(f"'{start}' does not exist")
            missing.hint = did_you_mean(start_path.name, _siblings(start_path), f"in '{start_path.parent.name}'")
            raise missing
        for folder in (start_path, *start_path.parents):
            if (folder / "project.yaml").is_file():
                return folder
        if (start_path / "scenarios" / "project.yaml").is_file():
            return start_path / "scenarios"
        raise NoProject(f"no project.yaml in '{start}' nor in a folder above it")
    for folder in (working_folder, *working_folder.parents):
        if (folder / "project.yaml").is_file():
            return folder
    if (working_folder / "scenarios" / "project.yaml").is_file():
        return working_folder / "scenarios"
    raise NoProject("no project.yaml here, in a folder above, or in ./scenarios")


def _siblings(path: Path) -> list[str]:
    return [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []


def shown_path(path: Path, working_folder: Path | None = None) -> str:
    """A path as messages show it: from the current folder where it lies below it."""
    relative = os.path.relpath(path, working_folder or Path.cwd())
    return path.as_posix() if relative.startswith("..") else Path(relative).as_posix()
