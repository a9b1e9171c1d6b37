"""Checks whether a path stays inside a folder, with every link in it followed. Reads no file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

# The environment variable that allows a project to name files outside its folder.
ALLOW_OUTSIDE = "SCENARIO_ALLOW_OUTSIDE"
HOW_TO_ALLOW = f"if you trust the project, allow it with --allow-outside or {ALLOW_OUTSIDE}=1"


def leads_out(path: str | Path, folder: str | Path) -> bool:
    """Whether a path ends outside the folder or in a hidden place in it, such as `.git`, which can contain keys."""
    if _is_plainly_inside(Path(path), Path(folder)):
        return False
    try:
        target, root = os.path.realpath(path), os.path.realpath(folder)
    except (OSError, ValueError):  # a null byte
        return True
    target, root = os.path.normcase(target), os.path.normcase(root).rstrip(os.sep)
    return not f"{target}{os.sep}".startswith(f"{root}{os.sep}") or f"{os.sep}." in target[len(root) :]


def _is_plainly_inside(path: Path, folder: Path) -> bool:
    """Whether a path is in the folder as written, without a link or a hidden part on the way."""
    location = str(folder).rstrip(os.sep)
    try:
        for part in path.relative_to(folder).parts:
            location = f"{location}{os.sep}{part}"
            if part.startswith(".") or stat.S_ISLNK(os.lstat(location).st_mode):
                return False
    except (OSError, ValueError):  # it does not exist, or is elsewhere
        return False
    return True
