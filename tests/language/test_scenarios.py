"""Scenario files with mistakes, each with the output of `validate`; files named ok_ have no mistakes.

`UPDATE_CASES=1 pytest tests/language/test_scenarios.py` writes the outputs anew; read the diff.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from scenario_cli.language.project import load_project
from scenario_cli.language.rules import RULES
from scenario_cli.reports.findings import full_text
from tests.rows import rows

HERE = Path(__file__).parent
RULED = {rule.code for rule in RULES}
CASES = sorted((HERE / "scenario_cases").glob("*.yaml"))


def printed(case: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    shutil.copytree(HERE / "base", folder, dirs_exist_ok=True)
    shutil.copy(case, folder / "scenario.yaml")
    monkeypatch.chdir(folder)
    loaded = load_project(folder)
    # Findings of rules that are not errors are tested in test_rules.
    findings = [finding for finding in loaded.findings if finding.severity == "error" or finding.code not in RULED]
    return full_text(findings, loaded.sources, color=False, width=100)


@rows("case", CASES, ids=lambda case: case.stem)
def test_a_faulty_scenario_is_a_finding_with_place_and_remedy(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = printed(case, tmp_path, monkeypatch)
    expected = case.with_suffix(".out")
    if os.environ.get("UPDATE_CASES"):
        expected.write_text(output, encoding="utf-8") if output else expected.unlink(missing_ok=True)
    if case.stem.startswith("ok_"):
        assert output == ""
    else:
        assert output == expected.read_text(encoding="utf-8")
        assert output
