"""Journeys from the documentation of other tools, each written as a user of this tool writes it.

A folder is one project with scenarios, templates, tests and a README that names its source. It has no findings, and its
own tests cover every state, transition, branch and message.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scenario_cli.cli.main import run
from scenario_cli.language.project import load_project
from tests.rows import rows

JOURNEYS = sorted(folder.parent for folder in Path(__file__).parent.glob("*/project.yaml"))


@rows("journey", JOURNEYS, ids=lambda folder: folder.name)
def test_nothing_is_found_in_a_journey(journey: Path) -> None:
    loaded = load_project(journey)
    assert loaded.project is not None
    assert loaded.findings == []


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda folder: folder.name)
def test_a_journey_works_as_its_script_says(journey: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["test", str(journey), "--fail-under", "100", "--quiet"])
    assert code == 0, capsys.readouterr().out


@rows("journey", JOURNEYS, ids=lambda folder: folder.name)
def test_a_journey_names_its_source(journey: Path) -> None:
    readme = (journey / "README.md").read_text(encoding="utf-8")
    assert re.search(r"\*\*Source\.\*\* .+<https://\S+>", readme)
    for heading in ("What it asks.", "What says it.", "Not exactly."):
        assert f"**{heading}**" in readme
