"""Paths of files as a CI system wants them: from the top of the repository that it checked out."""

from __future__ import annotations

import os


def in_repository(file: str, variable: str) -> str:
    """The path of a file from the folder that an environment variable of the CI names.

    Messages show paths from the current folder, which can be a folder of the repository. Outside of CI, and for a file
    outside the repository, the path stays.
    """
    top = os.environ.get(variable)
    if not top or not file:
        return file
    path = os.path.relpath(os.path.abspath(file), os.path.realpath(top))  # noqa: PTH100  (links stay as they are)
    return file if path.startswith(os.pardir) else path.replace(os.sep, "/")
