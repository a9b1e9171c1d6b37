"""Whether a path stays inside a folder once every link in it is followed. Reads no file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

# The environment variable that lets a project name what lies outside its folder.
ALLOW_OUTSIDE = "SCENARIO_ALLOW_OUTSIDE"
HOW_TO_ALLOW = f"if you trust the project, allow it with --allow-outside or {ALLOW_OUTSIDE}=1"


def leads_out(path: str | Path, folder: str | Path) -> bool:
    """Whether a path ends outside the folder or in something hidden there, such as `.git`, which may hold keys."""
    if _is_plainly_inside(Path(path), Path(folder)):
        return False
    try:
        target, root = os.path.realpath(path), os.path.realpath(folder)
    except (OSError, ValueError):  # a null byte
        return True
    target, root = os.path.normcase(target), os.path.normcase(root).rstrip(os.sep)
    return not f"{target}{os.sep}".startswith(f"{root}{os.sep}") or f"{os.sep}." in target[len(root) :]


def _is_plainly_inside(path: Path, folder: Path) -> bool:
    """Whether a path lies in the folder as it is written, and neither a link nor anything hidden is on the way."""
    location = str(folder).rstrip(os.sep)
    try:
        for part in path.relative_to(folder).parts:
            location = f"{location}{os.sep}{part}"
            if part.startswith(".") or stat.S_ISLNK(os.lstat(location).st_mode):
                return False
    except (OSError, ValueError):  # it is not there, or lies elsewhere
        return False
    return True
