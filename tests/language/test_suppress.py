"""Comments that accept a finding, and severities set by a project or a command line."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from scenario_cli.language.edit.mend import mend
from scenario_cli.language.project import Loaded, load_project
from scenario_cli.language.rules import GRADED
from scenario_cli.language.rules.support.severities import OTHER_WARNINGS, Levels
from scenario_cli.language.rules.support.suppress import ignores_of
from scenario_cli.model.diagnostic import Edit, Fix

HERE = Path(__file__).parent
HEAD = "scenario: cart\ntrigger: {event: cart_updated}\n"
GOAL = "goal: {event: order_completed}\n"
LOST = "states:\n  a: {after: {1h: {end: done}}}\n  lost: {end: done}\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path.resolve()
    shutil.copytree(HERE / "base", folder, dirs_exist_ok=True)
    monkeypatch.chdir(folder)
    return folder


def load(root: Path, text: str, levels: Levels | None = None, rules: str = "") -> Loaded:
    if rules:
        with (root / "project.yaml").open("a", encoding="utf-8") as project:
            project.write(f"rules: {rules}\n")
    (root / "cart.yaml").write_text(text, encoding="utf-8")
    # Other rules have their own tests: these tests are about two rules.
    switched_off: Levels = dict.fromkeys(GRADED - {"CRM001", "FLOW003", *OTHER_WARNINGS}, "off")
    return load_project(root, levels={**switched_off, **(levels or {})})


def finding_lines(loaded: Loaded) -> list[str]:
    return [f"{findings.span.line} {findings.code} {findings.severity}" for findings in loaded.findings]


@pytest.mark.parametrize(
    ("text", "standing", "ignored"),
    [
        (HEAD + GOAL + LOST, ["6 FLOW003 warning"], 0),
        (HEAD + GOAL + LOST.replace("lost:", "lost:   # scenario: ignore[FLOW003] soon\n   ", 1), [], 1),
        (HEAD + GOAL + LOST.replace("  lost", "  # scenario: ignore[FLOW003] soon\n  lost"), [], 1),
        (HEAD + GOAL + LOST.replace("  lost", "  # scenario: ignore[FLOW003] soon\n\n  # why\n  lost"), [], 1),
        ("# scenario: ignore[CRM001, FLOW003] no goal\n" + HEAD + LOST, ["1 IGN001 warning", "6 FLOW003 warning"], 1),
        (HEAD + GOAL + LOST + "# scenario: ignore[FLOW003] behind\n", ["6 FLOW003 warning", "7 IGN001 warning"], 0),
        ("# scenario: ignore[CRM001]\n" + HEAD + LOST.replace("  lost: {end: done}\n", ""), ["1 IGN002 warning"], 1),
        (HEAD + GOAL + LOST.replace("  lost", "  # scenario: ignore\n  lost"),
         ["6 IGN003 error", "7 FLOW003 warning"], 0),
        (HEAD + "title: '# scenario: ignore[CRM001] x'\n" + GOAL + "states: {a: {end: done}}\n", [], 0),
    ],
)  # fmt: skip
def test_a_comment_ignores_a_code_on_its_line(root: Path, text: str, standing: list[str], ignored: int) -> None:
    loaded = load(root, text)
    assert finding_lines(loaded) == standing
    assert len(loaded.ignored) == ignored


def test_an_error_that_nothing_can_run_with_is_not_ignored(root: Path) -> None:
    text = (
        HEAD.replace("cart_updated}", "cart_udpated}   # scenario: ignore[REF001] soon")
        + GOAL
        + "states: {a: {end: b}}\n"
    )
    loaded = load(root, text)
    assert finding_lines(loaded) == ["2 REF001 error", "2 IGN003 error"]
    assert not loaded.ignored


def test_an_ignore_in_a_broken_file_may_have_its_effect_later(root: Path) -> None:
    text = "# scenario: ignore[FLOW003] soon\n" + HEAD + "goal: {event: nothing}\nstates: {a: {end: b}}\n"
    assert finding_lines(load(root, text)) == ["4 REF001 error"]


def test_a_template_ignores_by_a_jinja_comment() -> None:
    text = (
        "---\n# scenario: ignore[MSG010] a title\ntitle: x\n---\n"
        "{# scenario: ignore[MSG011] a body #}\nHello {{ a }}{#- scenario: ignore[MSG012] here -#}\n"
    )
    assert [(each.line, each.codes, each.reason) for each in ignores_of(text, "a.push.j2")] == [
        (3, ("MSG010",), "a title"),
        (6, ("MSG011",), "a body"),
        (6, ("MSG012",), "here"),
    ]


def test_the_project_grades_and_switches_off_rules(root: Path) -> None:
    loaded = load(root, HEAD + LOST, rules="{CRM: off, FLOW003: error}")
    assert finding_lines(loaded) == ["5 FLOW003 error"]
    assert loaded.broken


def test_a_code_overrides_its_category_and_the_command_line_the_project(root: Path) -> None:
    assert finding_lines(load(root, HEAD + LOST, rules="{CRM: off, CRM001: info, FLOW003: off}")) == ["1 CRM001 info"]
    assert finding_lines(load(root, HEAD + LOST, {"CRM": "error", "FLOW003": "warning"})) == [
        "1 CRM001 error", "5 FLOW003 warning",
    ]  # fmt: skip


def test_an_unknown_rule_in_the_project_is_a_finding(root: Path) -> None:
    loaded = load(root, HEAD + GOAL + "states: {a: {end: b}}\n", rules="{CRM01: off, REF001: off, FLOW004: off}")
    assert [findings.code for findings in loaded.findings] == ["SCH005", "IGN004", "IGN004"]


def test_an_ignore_of_what_the_project_switches_off_is_idle_but_not_of_what_one_command_does(root: Path) -> None:
    text = "# scenario: ignore[CRM001] mail of the service\n" + HEAD + "states: {a: {end: b}}\n"
    assert finding_lines(load(root, text, {"CRM001": "off"})) == []
    assert finding_lines(load(root, text, rules="{CRM001: off}")) == ["1 IGN001 warning"]


def test_an_idle_ignore_is_taken_out_by_its_fix(root: Path) -> None:
    text = (
        "# scenario: ignore[FLOW003] gone\n" + HEAD.replace("\n", "   # scenario: ignore[CRM001, FLOW003] both\n", 1)
        + "states: {a: {end: b}}   # scenario: ignore[FLOW003] behind\n"
    )  # fmt: skip
    mended = mend(load(root, text), lambda contents: load_project(root, False, contents), lambda finding: True)
    (content,) = mended.contents.values()
    assert content.decode() == (
        HEAD.replace("\n", "   # scenario: ignore[CRM001] both\n", 1) + "states: {a: {end: b}}\n"
    )
    assert len(mended.fixed) == 3
    assert not [finding for finding in mended.loaded.findings if finding.severity != "info"]


def test_a_fix_that_would_bring_errors_is_not_made(root: Path) -> None:
    def with_bad_fix(contents: Mapping[Path, bytes]) -> Loaded:
        loaded = load_project(root, False, contents)
        loaded.findings = [
            replace(finding, fix=Fix("break it", (Edit(finding.span, "b: {next: no}"),)))
            if finding.code == "FLOW003"
            else finding
            for finding in loaded.findings
        ]
        return loaded

    load(root, HEAD + GOAL + LOST.replace("  a:", "  # scenario: ignore[CRM001] idle\n  a:"))
    mended = mend(with_bad_fix({}), with_bad_fix, lambda finding: finding.code in ("FLOW003", "IGN001"))
    assert [each.code for each in mended.fixed] == ["IGN001"]
    assert {content.decode() for content in mended.contents.values()} == {HEAD + GOAL + LOST}
