"""Finds the folders that are delivered with the package: the schemas and the library of scenarios. Reads no files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal


def shipped(name: Literal["schemas", "scenarios"]) -> Path:
    """The folder: inside an installed package under `_shipped`, in a checkout next to the package."""
    package = Path(__file__).parent
    installed = package / "_shipped" / name
    return installed if installed.is_dir() else package.parent / name
