"""`validate --fix`: mistakes that are corrected without a question, and similar ones that are left.

`fixes/before` is laid over the project of the rules' cases. `fixes/after` has the content of its files after everything
safe has been corrected: UPDATE_CASES=1 pytest tests/language/edit/test_fixes.py writes it anew; read the diff.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from scenario_cli.language.edit.fixes import sure
from scenario_cli.language.edit.mend import mend
from scenario_cli.language.edit.splicing import spliced
from scenario_cli.language.project import load_project
from scenario_cli.language.rules import RULES
from scenario_cli.model.diagnostic import Diagnostic, Edit, Fix
from scenario_cli.model.source import Span
from tests.language.rules.test_rules import ERR
from tests.language.snippets import HEAD, STATES, loaded

HERE = Path(__file__).parent
FILES = sorted(
    path.relative_to(HERE / "fixes" / "before").as_posix()
    for path in (HERE / "fixes" / "before").rglob("*")
    if path.is_file()
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project after all fixes."""
    root = tmp_path_factory.mktemp("fixes").resolve()
    shutil.copytree(HERE.parent / "rules" / "base", root, dirs_exist_ok=True)
    shutil.copytree(HERE / "fixes" / "before", root, dirs_exist_ok=True)
    mended = mend(load_project(root, True), lambda contents: load_project(root, True, contents), lambda finding: True)
    for path, content in mended.contents.items():
        path.write_bytes(content)
    return root


@pytest.mark.parametrize("name", FILES)
def test_safe_fixes_are_applied(name: str, project: Path) -> None:
    mended = (project / name).read_text(encoding="utf-8")
    expected = HERE / "fixes" / "after" / name
    if os.environ.get("UPDATE_CASES"):
        expected.parent.mkdir(parents=True, exist_ok=True)
        expected.write_text(mended, encoding="utf-8")
    assert mended == expected.read_text(encoding="utf-8")


def test_nothing_is_left_to_fix_after_a_fix(project: Path) -> None:
    assert [finding for finding in load_project(project, True).findings if finding.fix] == []


def test_the_rules_that_promise_a_fix_are_those_whose_cases_have_one() -> None:
    fixing = set()
    for case in ERR:
        code = ""
        for line in case.with_suffix(".out").read_text(encoding="utf-8").splitlines():
            code = code if line.startswith(" ") else line.split(": ")[1].split(" ")[0]
            if line.startswith("    = --fix: "):
                fixing.add(code)
    assert {rule.code for rule in RULES if rule.fixes} == fixing & {rule.code for rule in RULES}


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        ("title: Number #1   # the first", 'title: "Number #1"   # the first'),
        ("status: &s Live", None),  # without the anchor, its aliases would name nothing
        ("status: 'Live'", "status: live"),
        ("'While-Running': ignore", "while_running: ignore"),
    ],
)
def test_a_fix_changes_nothing_beside_its_word(
    line: str, fixed: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{HEAD}{line}\n{STATES}"
    findings = loaded({"cart.yaml": text}, tmp_path, monkeypatch).findings
    fixes = [finding.fix for finding in findings if finding.fix is not None]
    assert [spliced(text, fix.edits) for fix in fixes] == ([f"{HEAD}{fixed}\n{STATES}"] if fixed else [])


def test_a_fix_that_changes_nothing_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = "policy: {caps: [{max: 1, per: day, if: trigger.total > 3}]}\n"
    read = loaded({"policy.yaml": policy, "scenario.yaml": HEAD + STATES}, tmp_path, monkeypatch)
    assert [finding.fix for finding in read.findings if finding.code == "EXP006"] == [None]
    span = Span("scenario.yaml", 1, 11, 1, 15)
    idle = Diagnostic("X", "x", span, fix=Fix("write 'cart'", (Edit(span, "cart", "cart"),)))
    assert [source.fix for source in sure([idle], read.sources)] == [None]
