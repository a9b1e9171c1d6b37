"""`validate` and `fmt` as an editor, a hook and a person use them: files read, files written, and messages."""

from __future__ import annotations

import io
import shutil
import stat
import sys
from pathlib import Path

import pytest

from scenario_cli.cli.main import run


@pytest.fixture
def shop(three_scenarios: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(three_scenarios, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(list(arguments))
    output = capsys.readouterr()
    return code, output.out, output.err


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def edited(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_findings_on_standard_input_are_only_those_of_its_file(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    edited(shop / "welcome.yaml", "program: acquisition", "program: nowhere")
    typed(monkeypatch, (shop / "nurturing.yaml").read_text(encoding="utf-8").replace("to: features", "to: feature", 1))
    code, out, _ = call(capsys, "validate", "--stdin-filename", "nurturing.yaml", "--format", "concise", "-q")
    assert code == 1
    assert [line.split(":")[0] for line in out.splitlines()] == ["nurturing.yaml"]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("new/one.yaml", "scenario: one\n", "SCH002"),
        ("templates/new.push.j2", "---\ntitle: x\n", "MSG004"),
        ("events.yaml", "events: {a: {propertys: {}}}\n", "SCH001"),
        ("tests/new.test.yaml", "scenarios: welcome\n", "SCH"),
    ],
)
def test_a_file_that_is_not_saved_yet_is_checked(
    name: str, text: str, code: str, shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / name).parent.mkdir(exist_ok=True)
    typed(monkeypatch, text)
    _, out, _ = call(capsys, "validate", "--stdin-filename", name, "--format", "concise")
    assert f": {code}" in out
    assert not [line for line in out.splitlines() if not line.startswith(name)]


def test_severities_and_ignored_findings_are_shown(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(shop / "nurturing.yaml", "  on_trial:\n", "  lost: {end: lost}\n\n  on_trial:\n")
    only = ("--select", "FLOW003", "--format", "concise")
    assert call(capsys, "validate", *only)[0] == 0
    code, out, err = call(capsys, "validate", *only, "--severity", "FLOW003=error")
    assert (code, err) == (1, "3 scenarios: 1 error\n")
    assert "FLOW003 no path leads" in out
    assert call(capsys, "validate", *only, "--severity", "FLOW=off")[2] == "ok: 3 scenarios, no findings\n"
    edited(shop / "nurturing.yaml", "{end: lost}\n", "{end: lost}   # scenario: ignore[FLOW003] soon\n")
    assert call(capsys, "validate", *only)[2] == "ok: 3 scenarios, no findings (1 ignored)\n"


def test_paths_of_several_projects_are_checked_in_one_go(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(shop, tmp_path / "second")
    for project in (shop, tmp_path / "second"):
        edited(project / "welcome.yaml", "program: acquisition", "program: nowhere")
    paths = [str(project / "welcome.yaml") for project in (shop, tmp_path / "second")]
    code, out, _ = call(capsys, "validate", *paths, "--format", "concise", "--select", "REF")
    assert code == 1
    assert out.count("REF005") == 2


def test_fix_changes_the_files_that_are_asked_for_and_keeps_their_mode(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {}
    for name in ("welcome.yaml", "nurturing.yaml"):
        texts[name] = (shop / name).read_text(encoding="utf-8")
        edited(shop / name, "\ntrigger:", "\n# scenario: ignore[FLOW003] idle\ntrigger:")
    (shop / "welcome.yaml").chmod(0o640)
    code, out, err = call(capsys, "validate", "welcome.yaml", "--fix")
    assert (code, out) == (0, "")
    assert err.startswith("fixed 1 finding in 1 file\n")
    assert (shop / "welcome.yaml").read_text(encoding="utf-8") == texts["welcome.yaml"]
    assert stat.S_IMODE((shop / "welcome.yaml").stat().st_mode) == 0o640
    assert (shop / "nurturing.yaml").read_text(encoding="utf-8") != texts["nurturing.yaml"]
    assert call(capsys, "validate", "--fix", "--select", "REF")[2] == "ok: 3 scenarios, no findings\n"
    assert "IGN001" in call(capsys, "validate")[1]


def test_fix_writes_words_as_they_are_written_here(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    neat = (shop / "welcome.yaml").read_text(encoding="utf-8")
    edited(shop / "welcome.yaml", "status: draft", "Status: 'DRAFT'")
    edited(shop / "welcome.yaml", "reentry: never  ", "Re-Entry: never ")
    code, out, err = call(capsys, "validate", "--fix", "--format", "concise")
    assert err == "fixed 2 findings in 1 file\n3 scenarios: 1 error\n"
    assert "unknown key 'Re-Entry'" in out
    edited(shop / "welcome.yaml", "Re-Entry: never ", "reentry: never  ")
    assert (shop / "welcome.yaml").read_text(encoding="utf-8") == neat
    assert code == 1


def test_fmt_writes_only_what_it_has_to(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    neat = (shop / "welcome.yaml").read_text(encoding="utf-8")
    files = len(list(shop.rglob("*.yaml")))
    assert call(capsys, "fmt") == (0, "", f"0 files changed, {files} already formatted\n")
    edited(shop / "welcome.yaml", "version: 1\n", "version:   1\n")
    messy = (shop / "welcome.yaml").read_text(encoding="utf-8")
    assert call(capsys, "fmt", "--check") == (
        1,
        "welcome.yaml\n",
        f"1 file would change, {files - 1} already formatted\n",
    )
    code, out, _ = call(capsys, "fmt", "--diff", "--color", "never")
    assert code == 1
    assert "-version:   1\n+version: 1\n" in out
    assert call(capsys, "fmt", "nurturing.yaml", "--check")[0] == 0
    assert (shop / "welcome.yaml").read_text(encoding="utf-8") == messy
    assert call(capsys, "fmt") == (0, "welcome.yaml\n", f"1 file changed, {files - 1} already formatted\n")
    assert (shop / "welcome.yaml").read_text(encoding="utf-8") == neat


def test_a_new_project_is_laid_out_as_fmt_would(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "init", str(tmp_path / "new"))[0] == 0
    assert call(capsys, "fmt", "--check", "--project", str(tmp_path / "new"))[0] == 0


def test_fmt_leaves_an_unreadable_file_and_reports_it(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "broken.yaml").write_text("scenario: [\n")
    (shop / "list.yaml").write_text("- a\n")
    (shop / "latin.yaml").write_bytes(b"title: caf\xe9\n")
    (shop / "a_link.yaml").symlink_to("nowhere.yaml")
    code, out, err = call(capsys, "fmt")
    assert (code, out) == (2, "")
    for text in (
        "broken.yaml:1:12: YAML001", "latin.yaml:1:11: YAML008", "list.yaml: not formatted",
        "a_link.yaml': No such file", "4 not formatted",
    ):  # fmt: skip
        assert text in err
    assert (shop / "broken.yaml").read_text() == "scenario: [\n"


def test_fmt_of_standard_input_prints_the_layout_or_what_it_got(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "title:  x\nscenario: a\n")
    assert call(capsys, "fmt", "--stdin-filename", "new.yaml")[:2] == (0, "scenario: a\ntitle: x\n")
    typed(monkeypatch, "title:  [\n")
    assert call(capsys, "fmt", "--stdin-filename", "new.yaml")[:2] == (2, "title:  [\n")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["validate", "--severity", "CRM001"], "does not have the form CODE=LEVEL"),
        (["validate", "--severity", "CRM001=loud"], "use one of: 'error', 'info', 'off', 'warning'"),
        (["validate", "--severity", "REF001=off"], "unknown rule or category 'REF001'"),
        (["validate", "--fix", "--stdin-filename", "a.yaml"], "--fix and --stdin-filename cannot be combined"),
        (["validate", "welcome.yaml", "--stdin-filename", "a.yaml"], "PATH cannot be combined"),
        (["validate", "--format", "sarif2"], "did you mean 'sarif'?"),
        (["validate", "welcom.yaml"], "'welcom.yaml' does not exist"),
        (["fmt", "welcom.yaml"], "'welcom.yaml' does not exist"),
        (["fmt", "--check", "--stdin-filename", "a.yaml"], "leave --check and --diff out"),
        (["fmt", "--stdin-filename", "data/a.yaml"], "is not a YAML file of a project"),
    ],
)
def test_a_wrong_command_line_is_an_error(
    arguments: list[str], expected: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "data").mkdir()
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert expected in err


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("REFF", "did you mean 'REF'?"),
        ("REF001,EXP", "repeat the option for each"),
        ("FLOWW001", "did you mean 'FLOW'?"),
    ],
)
@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_a_code_that_cannot_be_is_refused(
    option: str, code: str, hint: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Otherwise a misspelt --select would never find anything, and the job would always pass."""
    exit_code, out, err = call(capsys, "validate", option, code)
    assert (exit_code, out) == (2, "")
    assert hint in err


@pytest.mark.parametrize(
    ("named", "broken", "before", "after", "shown"),
    [
        ("welcome.yaml", "templates/welcome/code.email.j2", "---\n", "---\n{% if %}", True),
        ("welcome.yaml", "templates/layout/email.html", "<body", "{% if %}<body", True),
        ("welcome.yaml", "events.yaml", "events:", "evnts:", True),
        ("welcome.yaml", "project.yaml", "timezone:", "timezon:", True),
        ("tests/welcome.test.yaml", "welcome.yaml", "program: acquisition", "program: nowhere", True),
        ("templates/welcome/code.email.j2", "templates/layout/email.html", "<body", "{% if %}<body", True),
        ("welcome.yaml", "nurturing.yaml", "to: features", "to: feature", False),
        ("welcome.yaml", "templates/cart/offer.email.j2", "---\n", "---\n{% if %}", False),
    ],
)
def test_a_named_file_fails_for_what_it_uses(
    named: str, broken: str, before: str, after: str, shown: bool, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(capsys, "validate", named, "-q") == (0, "", "")
    edited(shop / broken, before, after)
    code, out, err = call(capsys, "validate", named, "--format", "concise")
    assert (code, broken in {line.split(":")[0] for line in out.splitlines()}) == (int(shown), shown)
    assert ("in files that the named ones use" in err) == shown


def test_a_fix_changes_no_file_that_is_only_used(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(shop / "welcome.yaml", "program: acquisition", "program: Acquisition")
    before = (shop / "welcome.yaml").read_bytes()
    code, _, _ = call(capsys, "validate", "tests/welcome.test.yaml", "--fix", "-q")
    assert code == 1
    assert (shop / "welcome.yaml").read_bytes() == before
