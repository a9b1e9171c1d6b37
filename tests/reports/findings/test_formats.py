"""Each format of findings: exit code and both streams against a golden file, and its schema if it has one.

UPDATE_CASES=1 pytest tests/reports/findings writes the golden files anew; read the diff.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from jsonschema import Draft4Validator

from scenario_cli.cli.main import run
from scenario_cli.reports.findings import FORMATS
from scenario_cli.shipped import shipped
from tests.output_schema import fitting

HERE = Path(__file__).parent
VENDORED = HERE.parents[1] / "vendored"
# New rules must not change these outputs.
SELECTED = [part for code in ("REF", "SCH", "CRM001", "FLOW003", "IGN") for part in ("--select", code)]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project with mistakes, as the current folder."""
    shutil.copytree(HERE / "project", tmp_path / "crm")
    monkeypatch.chdir(tmp_path / "crm")
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "crm"


def validated(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(["validate", *SELECTED, *arguments])
    output = capsys.readouterr()
    return code, output.out, output.err


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_looks_as_it_did(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = validated(capsys, "--format", name)
    shown = f"exit code {code}\n=== standard output\n{out}=== standard error\n{err}"
    shown = shown.replace(f'"semanticVersion": "{version("scenario-cli")}"', '"semanticVersion": "0.0.0"')
    golden = HERE / "golden" / f"{name}.txt"
    if os.environ.get("UPDATE_CASES"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_shows_a_sound_project(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shipped("scenarios"))
    code, out, _ = validated(capsys, "--format", name)
    assert code == 0
    assert "error:" not in out
    if name in ("json", "sarif", "gitlab"):
        json.loads(out)
    if name == "gitlab":
        assert out == "[]\n"


def test_sarif_fits_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((VENDORED / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    log = json.loads(validated(capsys, "--format", "sarif")[1])
    Draft4Validator(schema).validate(log)
    (run_,) = log["runs"]
    rules = [rule["id"] for rule in run_["tool"]["driver"]["rules"]]
    results = run_["results"]
    assert {result["ruleId"] for result in results} == set(rules)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in results)
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    assert len(set(prints)) == len(prints)
    assert any("fixes" in result for result in results)
    assert "Add the business event" in run_["tool"]["driver"]["rules"][0]["help"]["text"]


def test_junit_fits_its_schema_with_a_case_for_each_file(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    out = validated(capsys, "--format", "junit")[1]
    xmlschema.XMLSchema(str(VENDORED / "junit-10.xsd")).validate(out)
    files = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert set(re.findall(r'<testcase name="([^"]*)"', out)) == files
    assert out.count("<failure ") == 3


def test_the_findings_as_json_fit_their_schema(capsys: pytest.CaptureFixture[str]) -> None:
    fitting("validate", validated(capsys, "--format", "json")[1])


def test_gitlab_has_a_fingerprint_for_each_finding_that_stays_when_lines_move(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    def prints() -> list[str]:
        issues: list[dict[str, Any]] = json.loads(validated(capsys, "--format", "gitlab")[1])
        for issue in issues:
            assert issue.keys() >= {"description", "check_name", "fingerprint", "severity", "location"}
            assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        return [issue["fingerprint"] for issue in issues]

    before = prints()
    assert len(set(before)) == len(before) > 5
    cart = project / "cart.yaml"
    cart.write_text("\n\n" + cart.read_text(encoding="utf-8"), encoding="utf-8")
    assert prints() == before


@pytest.mark.parametrize(
    ("format_", "variable", "top", "path"),
    [
        ("github", "GITHUB_WORKSPACE", "..", "file=crm/cart.yaml,"),
        ("github", "GITHUB_WORKSPACE", ".", "file=cart.yaml,"),
        ("github", "GITHUB_WORKSPACE", "../elsewhere", "file=cart.yaml,"),
        ("sarif", "GITHUB_WORKSPACE", "..", '"uri": "crm/cart.yaml"'),
        ("gitlab", "CI_PROJECT_DIR", "..", '"path": "crm/cart.yaml"'),
    ],
)
def test_the_paths_of_a_ci_begin_at_the_top_of_its_repository(
    format_: str,
    variable: str,
    top: str,
    path: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(variable, str(Path(top).resolve()))
    assert path in validated(capsys, "--format", format_)[1]


def test_github_puts_errors_first_and_the_total_last(capsys: pytest.CaptureFixture[str]) -> None:
    lines = validated(capsys, "--format", "github")[1].splitlines()
    levels = [line.split(" ")[0] for line in lines]
    assert levels == sorted(levels, key=["::error", "::warning", "::notice"].index)
    assert "errors" in lines[-1]


@pytest.mark.parametrize("name", ["full", "concise", "github"])
def test_no_text_of_a_file_becomes_a_command_of_the_log(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = validated(capsys, "--format", name)
    assert code == 1
    assert "set-output" in out
    for line in (out + err).splitlines():
        assert "\x1b" not in line
        assert "##[" not in line
        assert not line.lstrip().startswith("::") or re.match(r"::(error|warning|notice) title=scenario ", line)


def test_a_file_named_like_a_command_stays_a_name(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "::error::x.yaml").write_text("scenario: cart\ntrigger: {event: nothing}\nstates: {a: {end: b}}\n")
    for name in ("full", "concise"):
        out = validated(capsys, "--format", name)[1]
        assert not [line for line in out.splitlines() if line.startswith("::")]


def test_long_hints_are_wrapped_only_for_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    piped = validated(capsys)[1]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    shown = validated(capsys, "--color", "never")[1]
    hints = [line for line in shown.splitlines() if line.startswith(("  = ", "    "))]
    assert max(len(line) for line in hints) <= 60 < max(len(line) for line in piped.splitlines() if "  = " in line)
    assert shown.replace("\n    ", " ").split() == piped.split()
