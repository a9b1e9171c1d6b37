"""Reads a scenario as its file was, within the project as it is today."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario_cli.language.project import Loaded
    from scenario_cli.model.scenario import Scenario


def read_as_it_was(loaded: Loaded, allow_outside: bool, name: str, path: str, source: bytes) -> Scenario:
    """The scenario of an older text of a file, with today's policy, channels, metrics and templates.

    Raises `StoreError` where the text needs something that is gone.
    """
    from scenario_cli.cli.options import load_root
    from scenario_cli.hosts.store.errors import StoreError

    root = Path(loaded.project.root)
    older = load_root(root, unsaved={(root / path).resolve(): source}, errors_only=True, allow_outside=allow_outside)
    scenario = older.project.scenarios.get(name)
    faults = [fault for fault in older.findings if fault.severity == "error" and fault.span.file == path]
    if scenario is None or faults:
        missing = "; ".join(dict.fromkeys(fault.message for fault in faults)) or "its text cannot be read"
        raise StoreError(
            f"journeys of {name} run on its definition as it was before, and that needs something which is gone: "
            f"{missing}",
            f"put it back until these journeys have ended, or move them on with 'in_flight: follow' in {name}",
        )
    return scenario
