"""The example exports, each imported once, and a place for other exports."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run

EXAMPLES = Path(__file__).parent / "examples"


@dataclass(frozen=True)
class Imported:
    """An example with its imported project and the report."""

    tool: str
    source: Path
    project: Path
    report: dict[str, Any]


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Imported]:
    """The import of `tool/name`."""
    imports: dict[str, Imported] = {}

    def importing(name: str) -> Imported:
        if name not in imports:
            tool = name.partition("/")[0]
            source = next(EXAMPLES.glob(f"{name}.*"))
            folder = tmp_path_factory.mktemp("imported")
            out = folder / "report.json"
            arguments = [str(source), "--out", str(folder / "shop"), "--format", "json", "--output", str(out), "-q"]
            assert run(["import", tool, *arguments]) == 0
            imports[name] = Imported(tool, source, folder / "shop", json.loads(out.read_text(encoding="utf-8")))
        return imports[name]

    return importing


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for the export that a test makes."""
    return tmp_path_factory.mktemp("exports") / "export.json"
