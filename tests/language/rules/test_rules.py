"""Every rule: its own examples, and folders of cases with findings and of cases without.

`rules/base` is the project of every case. `rules/ok` and `rules/err` hold scenarios, and folders for cases that need
other files too. The name of a case begins with its code (`flow013_...`). `rules/err/*.out` has the findings, one a
line: UPDATE_CASES=1 pytest tests/language/rules/test_rules.py writes them anew; read the diff.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenario_cli.language.project import load_project
from scenario_cli.language.rules import RULES
from scenario_cli.language.rules.support.rule import Rule
from scenario_cli.model.diagnostic import Diagnostic
from tests.docs.rules_page import example_findings
from tests.rows import rows

HERE = Path(__file__).parent
OK = sorted(path for path in (HERE / "ok").iterdir() if path.suffix != ".out")
ERR = sorted(path for path in (HERE / "err").iterdir() if path.suffix != ".out")


def codes(findings: list[Diagnostic]) -> set[str]:
    return {finding.code for finding in findings}


@rows("rule", RULES, ids=lambda rule: rule.code)
def test_the_example_of_a_rule_is_found_by_it(rule: Rule) -> None:
    assert rule.code in codes(example_findings(rule.example))


@rows("rule", RULES, ids=lambda rule: rule.code)
def test_the_mended_example_is_in_order(rule: Rule) -> None:
    findings = example_findings(rule.instead)
    assert rule.code not in codes(findings)
    assert [finding for finding in findings if finding.severity == "error"] == []


@rows("rule", RULES, ids=lambda rule: rule.code)
def test_the_document_of_a_rule_keeps_the_house_form(rule: Rule) -> None:
    for text in (rule.finds, rule.because, rule.mend):
        assert text == text.strip()
        assert not text.endswith(".")
        assert not text[0].isupper()
    assert rule.check or rule.check_project


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


def lines(findings: list[Diagnostic]) -> Iterator[str]:
    for finding in findings:
        place = f"{finding.span.file}:{finding.span.line}:{finding.span.column}"
        yield f"{place}: {finding.code} {finding.severity}: {finding.message}\n"
        if finding.hint:
            yield f"    = {finding.hint}\n"
        for label, span in finding.related:
            yield f"    = {label}: {span.file}:{span.line}:{span.column}\n"
        if finding.fix:
            yield f"    = --fix: {finding.fix.title}\n"


def findings_in(folder: Path, cases: list[Path], monkeypatch: pytest.MonkeyPatch) -> list[Diagnostic]:
    shutil.copytree(HERE / "base", folder, dirs_exist_ok=True)
    for case in cases:
        if case.is_dir():
            shutil.copytree(case, folder, dirs_exist_ok=True)
        else:
            shutil.copy(case, folder / case.name)
    monkeypatch.chdir(folder)
    return load_project(folder).findings


@rows("case", OK, ids=lambda case: case.stem)
def test_nothing_is_found_where_nothing_is_wrong(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "".join(lines(findings_in(tmp_path, [case], monkeypatch))) == ""


@rows("case", ERR, ids=lambda case: case.stem)
def test_each_case_has_these_findings(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = "".join(lines(findings_in(tmp_path, [case], monkeypatch)))
    expected = case.with_suffix(".out")
    if os.environ.get("UPDATE_CASES"):
        expected.write_text(printed, encoding="utf-8")
    assert printed == expected.read_text(encoding="utf-8")
    assert case.stem.partition("_")[0].upper() in printed


def without_shared_caps(findings: list[Diagnostic]) -> list[Diagnostic]:
    """The findings without those of so many scenarios with the same trigger: these scenarios use up each other's
    cap.
    """
    return [finding for finding in findings if finding.code != "POL014"]


def test_all_cases_in_order_are_in_order_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenarios = [case for case in OK if case.is_file()]
    assert "".join(lines(without_shared_caps(findings_in(tmp_path, scenarios, monkeypatch)))) == ""


def test_all_faults_are_found_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken file neither hides nor changes the findings of the others."""
    scenarios = [case for case in ERR if case.is_file()]
    together = list(lines(without_shared_caps(findings_in(tmp_path, scenarios, monkeypatch))))
    each_alone = [
        line for case in scenarios for line in case.with_suffix(".out").read_text(encoding="utf-8").splitlines(True)
    ]
    assert sorted(together) == sorted(each_alone)


def test_every_rule_has_a_case_that_fires_and_one_that_must_not() -> None:
    all_codes = {rule.code for rule in RULES}
    assert {case.stem.partition("_")[0].upper() for case in OK} == all_codes
    assert {case.stem.partition("_")[0].upper() for case in ERR} == all_codes


def test_every_expected_output_belongs_to_a_case() -> None:
    assert {case.with_suffix(".out") for case in ERR} == set((HERE / "err").glob("*.out"))
