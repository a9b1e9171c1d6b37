"""Reads a scenario as its file was, within the project as it is today."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario_cli.language.project import Loaded
    from scenario_cli.model.scenario import Scenario


def read_as_it_was(
    loaded: Loaded, allow_outside: bool, name: str, path: str, source: bytes, constants: Mapping[str, Any]
) -> Scenario:
    """The scenario of an older text of a file, with the constants of then, and today's policy, channels, metrics and
    templates.

    Raises `StoreError` where the text needs something that is gone.
    """
    from scenario_cli.cli.options import load_root
    from scenario_cli.hosts.store.errors import StoreError

    root = Path(loaded.project.root)
    today = loaded.project.scenarios.get(name)
    path = today.file if today is not None else path  # the file may have been moved
    unsaved = {(root / path).resolve(): source}
    if constants:
        settings = root / "project.yaml"
        unsaved[settings.resolve()] = _with_constants(settings, constants)
    older = load_root(root, unsaved=unsaved, errors_only=True, allow_outside=allow_outside)
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


def _with_constants(path: Path, constants: Mapping[str, Any]) -> bytes:
    """Today's project.yaml with some constants as they were: JSON, which is YAML too."""
    from scenario_cli.language.reader import read_yaml
    from scenario_cli.language.yaml_node import plain

    root, _ = read_yaml(path.read_bytes(), path.name)
    settings = plain(root) if root is not None else {}
    return json.dumps({**settings, "constants": {**settings.get("constants", {}), **constants}}).encode()
