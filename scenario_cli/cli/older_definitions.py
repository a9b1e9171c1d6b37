"""Reads a scenario from its earlier file, within today's project."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario_cli.hosts.store.definitions import Text
    from scenario_cli.language.files import Files
    from scenario_cli.language.project import Loaded
    from scenario_cli.model.scenario import Scenario

_SETTINGS = "project.yaml"


@dataclass(frozen=True, slots=True)
class OlderDefinitions:
    """Reads older definitions within the `files` of today's project, whose scenarios have these `texts`."""

    files: Files
    texts: Mapping[str, Text]

    def read(self, name: str, path: str, source: bytes, constants: Mapping[str, Any]) -> Scenario:
        """The scenario of an older text of a file, with the constants of its time, and today's policy, channels,
        metrics and templates.

        Raises `StoreError` if the text needs something that is gone.
        """
        from scenario_cli.hosts.store.errors import StoreError
        from scenario_cli.language.files import Overlay
        from scenario_cli.language.find import shown_path
        from scenario_cli.language.project import load_files

        if name in self.texts:
            path = self.texts[name].path  # the file can be in another place by now
        contents = {path: source}
        if constants:
            contents[_SETTINGS] = _with_constants(self.files.read(_SETTINGS), constants)
        older = load_files(Overlay(self.files, contents), errors_only=True)
        file = (Path(shown_path(self.files.root)) / path).as_posix()
        scenario = older.project.scenarios.get(name)
        errors = [fault for fault in older.findings if fault.severity == "error"]
        faults = [fault for fault in errors if Path(fault.span.file).as_posix() == file]
        if scenario is None or faults:
            missing = "; ".join(dict.fromkeys(fault.message for fault in faults)) or "its text cannot be read"
            raise StoreError(
                (
                    f"journeys of {name} still run on its earlier definition, which needs something that no "
                    f"longer exists: {missing}"
                ),
                (
                    "restore it until these journeys have ended, or move them to today's definition with "
                    f"'in_flight: follow' in {name}"
                ),
            )
        return scenario


def texts_of(loaded: Loaded, root: Path) -> dict[str, Text]:
    """The text of each scenario's file, with its path relative to the project's folder."""
    from scenario_cli.hosts.store.definitions import Text
    from scenario_cli.language.find import shown_path

    folder = shown_path(root)
    return {
        name: Text(Path(os.path.relpath(scenario.file, folder)).as_posix(), loaded.sources[scenario.file].encode())
        for name, scenario in loaded.project.scenarios.items()
    }


def _with_constants(settings: bytes, constants: Mapping[str, Any]) -> bytes:
    """Today's project.yaml with some earlier constants: JSON, which is YAML too."""
    from scenario_cli.language.reader import read_yaml
    from scenario_cli.language.yaml_node import plain

    root, _ = read_yaml(settings, _SETTINGS)
    values = plain(root) if root is not None else {}
    return json.dumps({**values, "constants": {**values.get("constants", {}), **constants}}).encode()
