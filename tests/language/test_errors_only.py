"""A project that is read for a run has the errors that `validate` finds in it, and no rule is checked without need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from scenario_cli.language.files import Memory
from scenario_cli.language.project import Loaded, load_files
from scenario_cli.language.rules import RULES, rules_for_errors
from scenario_cli.language.rules.support.severities import Levels
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.shipped import shipped
from tests.language.rules.test_rules import ERR, HERE
from tests.rows import rows

BASE = {path.relative_to(HERE / "base").as_posix(): path.read_bytes()
        for path in sorted((HERE / "base").rglob("*")) if path.is_file()}  # fmt: skip
SHORT = b"scenario: short\ntrigger: {event: cart_updated}\nstates: {in: {end: done}}\n"


def loaded(contents: Mapping[str, bytes], errors_only: bool, levels: Levels | None = None) -> Loaded:
    return load_files(Memory({**BASE, **contents}, Path("/shop")), levels=levels, errors_only=errors_only)


def errors(findings: list[Diagnostic]) -> list[Diagnostic]:
    return [finding for finding in findings if finding.severity == "error"]


def with_rules(rules: str) -> dict[str, bytes]:
    return {"project.yaml": BASE["project.yaml"] + f"\nrules: {rules}\n".encode(), "short.yaml": SHORT}


@rows("case", ERR, ids=lambda case: case.name)
def test_every_case_has_the_same_errors(case: Path) -> None:
    files = [path for path in case.rglob("*") if path.is_file()] if case.is_dir() else [case]
    contents = {
        path.relative_to(case if case.is_dir() else case.parent).as_posix(): path.read_bytes() for path in files
    }
    assert errors(loaded(contents, True).findings) == errors(loaded(contents, False).findings)


@pytest.mark.parametrize("rules", ["{CRM001: error}", "{CRM: error}", "{CRM001: error, FLOW: off}", "{CRM001: info}"])
def test_a_rule_that_the_project_makes_an_error_is_checked(rules: str) -> None:
    findings = errors(loaded(with_rules(rules), True).findings)
    assert findings == errors(loaded(with_rules(rules), False).findings)
    assert any(finding.code == "CRM001" for finding in findings) == ("CRM001: info" not in rules)


def test_the_command_line_overrides_the_project() -> None:
    assert errors(loaded(with_rules("{CRM001: error}"), True, {"CRM001": "warning"}).findings) == []
    assert errors(loaded(with_rules("{CRM001: warning}"), True, {"CRM001": "error"}).findings) != []


def test_an_ignored_error_stays_ignored_and_an_idle_ignore_can_be_an_error() -> None:
    ignoring = {"short.yaml": b"# scenario: ignore[CRM001] a sample\n" + SHORT}
    raised = {**with_rules("{CRM001: error}"), **ignoring}
    assert errors(loaded(raised, True).findings) == []
    idle = {**with_rules("{IGN001: error}"), "short.yaml": b"# scenario: ignore[MSG010] a sample\n" + SHORT}
    assert [finding.code for finding in errors(loaded(idle, True).findings)] == ["IGN001"]
    assert not any(finding.code == "IGN001" for finding in loaded(ignoring, True).findings)


def test_rules_that_can_only_warn_are_not_checked() -> None:
    assert {rule.severity for rule in rules_for_errors(())} == {"error"}
    assert rules_for_errors(({"IGN001": "error"},)) == RULES
    assert 5 < len(rules_for_errors(())) < len(RULES) / 3


def test_the_library_is_sound_either_way() -> None:
    contents = {path.relative_to(shipped("scenarios")).as_posix(): path.read_bytes()
                for path in shipped("scenarios").rglob("*") if path.is_file()}  # fmt: skip
    errors_alone, everything = (load_files(Memory(contents, Path("/shop")), errors_only=only) for only in (True, False))
    assert errors_alone.project == everything.project
    assert not errors_alone.broken
    assert not everything.broken
