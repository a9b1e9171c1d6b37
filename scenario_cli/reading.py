"""Reads a project with all that is checked of it, for commands, editors and programs alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario_cli.language.project import Loaded
    from scenario_cli.language.rules.support.severities import Levels


def read_project(
    root: Path,
    tests: bool = False,
    unsaved: Mapping[Path, bytes] | None = None,
    levels: Levels | None = None,
    errors_only: bool = False,
    allow_outside: bool = False,
) -> Loaded:
    """The project in a folder, as `load_project` reads it; with its `tests` also whether their times go together."""
    from scenario_cli.language.project import load_project

    loaded = load_project(root, tests, unsaved, levels, errors_only, allow_outside)
    if loaded.tests:
        from scenario_cli.hosts.case_times import faulty_times
        from scenario_cli.model.diagnostic import in_reading_order

        loaded.findings = in_reading_order([*loaded.findings, *faulty_times(loaded.tests)])
    return loaded
