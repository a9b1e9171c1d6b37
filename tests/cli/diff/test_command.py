"""`scenario diff` on a repository: its arguments, its refusals, its formats and exit codes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scenario_cli.cli.main import run
from scenario_cli.language.files import Files
from scenario_cli.language.project import Loaded, load_files
from scenario_cli.shipped import shipped
from tests.cli.diff.kinds import MEANINGFUL, WITHOUT_MEANING

SHOP = Path(__file__).parent / "shop"

# The change of each commit after the first, by the name of its kind.
HISTORY = ("wait_shortened", "cap_tightened", "template_subject", "state_renamed", "segment_edge_moved", "salt_changed")

Compare = Callable[..., tuple[int, str, str]]


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def commit(repository: Path, tag: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    git(repository, "add", "-A")
    git(repository, *identity, "commit", "-q", "-m", tag)
    git(repository, "tag", tag)


def change(project: Path, kind: str) -> None:
    for name, pairs in {**MEANINGFUL, **WITHOUT_MEANING}[kind].items():
        path = project / name
        text = path.read_text(encoding="utf-8")
        for before, after in pairs:
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of ten commits: v0 to v6 change the project, then it is moved, broken and mended."""
    repository = tmp_path_factory.mktemp("repository")
    git(repository, "init", "-q", "-b", "main")
    shutil.copytree(SHOP, repository / "crm")
    commit(repository, "v0")
    for number, kind in enumerate(HISTORY, 1):
        change(repository / "crm", kind)
        commit(repository, f"v{number}")
    (repository / "crm").rename(repository / "marketing")
    commit(repository, "moved")
    cart = repository / "marketing" / "cart.yaml"
    sound = cart.read_text(encoding="utf-8")
    cart.write_text(sound.replace("reminder:\n", "remindr:\n"), encoding="utf-8")
    commit(repository, "broken")
    cart.write_text(sound, encoding="utf-8")
    change(repository / "marketing", "a comment")
    commit(repository, "mended")
    return repository


@pytest.fixture
def diff(history: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Compare:
    """Runs the command in the repository; gives exit code, standard output and standard error."""
    monkeypatch.chdir(history)
    monkeypatch.setenv("COLUMNS", "100")

    def compare(*arguments: str, project: str = "marketing") -> tuple[int, str, str]:
        code = run(["diff", *arguments, *(["--project", project] if project else [])])
        return code, *capsys.readouterr()

    return compare


def test_head_and_the_saved_files_are_compared_where_nothing_is_named(diff: Compare, history: Path) -> None:
    assert diff() == (0, "shop, HEAD → the working tree: Nothing changes in meaning.\n", "")
    cart = history / "marketing" / "cart.yaml"
    sound = cart.read_text(encoding="utf-8")
    cart.write_text(sound.replace("priority: 80", "priority: 70"), encoding="utf-8")
    assert "Its priority is 70 (was 80)" in diff()[1]
    assert "Its priority is 70 (was 80)" in diff("v6")[1]  # it was in another folder then
    cart.write_text(sound, encoding="utf-8")


@pytest.mark.parametrize(("sides", "reads"), [((), 1), (("mended", "HEAD"), 1), (("v1", "v2"), 2)])
def test_the_same_content_is_read_once(
    sides: tuple[str, ...], reads: int, diff: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots: list[Path] = []

    def counted(files: Files, *arguments: Any, **named: Any) -> Loaded:
        roots.append(files.root)
        return load_files(files, *arguments, **named)

    monkeypatch.setattr("scenario_cli.language.sides.load_files", counted)
    code, out, _ = diff(*sides)
    assert len(roots) == reads
    if not sides:
        assert (code, out) == (0, "shop, HEAD → the working tree: Nothing changes in meaning.\n")


def test_two_revisions_show_what_came_between_them(diff: Compare) -> None:
    code, out, _ = diff("v0", "v6")
    assert code == 0
    assert out.startswith("shop, v0 → v6: 1 scenario, the settings, the policy, 1 segment and 1 template change.\n")
    assert "\n! The salt is shop-2 (was shop-1)." in out
    assert "reminder waits 1 day instead of 2 days before it goes to how_large" in out
    assert "State worth was renamed to how_large" in out


def test_a_project_that_moved_is_found_by_its_name(diff: Compare) -> None:
    assert diff("v6", "moved")[1] == "shop, v6 → moved: Nothing changes in meaning.\n"


def test_comments_alone_change_nothing(diff: Compare) -> None:
    assert diff("moved", "mended", "--exit-code") == (0, "shop, moved → mended: Nothing changes in meaning.\n", "")


def test_tests_that_a_change_breaks_are_named_with_what_differs(diff: Compare) -> None:
    out = diff("v0", "v1")[1]
    assert "2 cases run with the new version: 1 pass, 1 fail." in out
    assert "tests/cart.test.yaml: a cart that is left is reminded of" in out
    assert "was sent at 2025-03-04 11:00, expected at 2025-03-05 11:00" in " ".join(out.split())
    assert "1 case passes again" in diff("v1", "v0")[1]


def test_cases_that_come_go_or_are_rewritten_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        shutil.copytree(SHOP, tmp_path / name)
    change(tmp_path / "b", "wait_shortened")
    cases = tmp_path / "b/tests/cart.test.yaml"
    text = cases.read_text(encoding="utf-8").replace("2025-03-05 11:00", "2025-03-04 11:00")
    cases.write_text(text.replace("nobody else hears", "no German hears"), encoding="utf-8")
    assert run(["diff", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    assert capsys.readouterr().out.partition("Tests\n━━━━━\n")[2] == (
        "2 cases run with the new version: 2 pass, 0 fail.\n"
        "  rewritten, and the old version no longer passes: 1 case\n"
        "    tests/cart.test.yaml: a cart that is left is reminded of\n"
        "  new: 1 case\n"
        "    tests/cart.test.yaml: no German hears anything\n"
        "  gone: 1 case\n"
        "    tests/cart.test.yaml: nobody else hears anything\n"
    )


def test_a_renamed_scenario_keeps_its_tests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        shutil.copytree(SHOP, tmp_path / name)
    change(tmp_path / "b", "scenario_renamed")
    assert run(["diff", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    out = capsys.readouterr().out
    assert "→ scenario left_cart renamed from cart" in out
    assert "coverage" not in out


def test_tests_that_name_a_renamed_scenario_by_its_old_name_cannot_be_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        shutil.copytree(SHOP, tmp_path / name)
    change(tmp_path / "b", "scenario_renamed")
    shutil.copy(SHOP / "tests/cart.test.yaml", tmp_path / "b/tests/cart.test.yaml")
    assert run(["diff", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    out = capsys.readouterr().out
    assert (
        "  2 cases fail now\n    tests/cart.test.yaml: 2 cases\n      - cannot be run: unknown scenario 'cart'" in out
    )
    assert "gone" not in out


def test_cases_of_a_file_with_an_error_are_named_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        shutil.copytree(SHOP, tmp_path / name)
    change(tmp_path / "b", "property_renamed")
    shutil.copy(SHOP / "tests/cart.test.yaml", tmp_path / "b/tests/cart.test.yaml")
    assert run(["diff", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    out = capsys.readouterr().out
    reason = "cannot be run: event 'cart_updated' has no property 'total'"
    assert f"2 cases fail now\n    tests/cart.test.yaml: 2 cases\n      - {reason}\n" in out


def test_the_exit_code_shows_a_difference(diff: Compare) -> None:
    assert diff("v0", "v1")[0] == 0
    assert diff("v0", "v1", "--exit-code")[0] == 1


def test_folders_are_compared_without_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        shutil.copytree(SHOP, tmp_path / name)
    change(tmp_path / "b", "cap_tightened")
    monkeypatch.chdir(tmp_path)
    assert run(["diff", "a", "b"]) == 0
    assert "Messages are capped at 2 a day (was 3 a day)" in capsys.readouterr().out
    assert run(["diff", "--project", "a"]) == 2
    assert "is not in a git repository" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("v9",), "has no revision 'v9'"),
        (("v0..v1",), "'v0..v1' is a range, not a revision\n  give its two ends: scenario diff v0 v1"),
        (("broken",), "the project has errors in broken, so nothing was compared"),
        (("v0", "broken"), "REF002 unknown state 'reminder'"),
    ],
)
def test_sides_that_cannot_be_compared_exit_2(diff: Compare, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = diff(*arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_a_project_missing_at_a_revision_is_an_error(history: Path, diff: Compare, tmp_path: Path) -> None:
    other = history / "other"
    shutil.copytree(SHOP, other)
    settings = (other / "project.yaml").read_text(encoding="utf-8")
    (other / "project.yaml").write_text(settings.replace("project: shop", "project: other"), encoding="utf-8")
    code, _, err = diff("v0", project="other")
    shutil.rmtree(other)
    assert code == 2
    assert "no project in 'other' at revision 'v0'" in err


def test_json_fits_its_schema(diff: Compare) -> None:
    schema = json.loads((shipped("schemas") / "diff.output.schema.json").read_text(encoding="utf-8"))
    for old, new in (("v0", "v6"), ("moved", "mended")):
        document = json.loads(diff(old, new, "--format", "json")[1])
        jsonschema.validate(document, schema)
    document = json.loads(diff("v0", "v6", "--format", "json")[1])
    assert document["touched"] == ["cart", "welcome"]
    assert [subject["area"] for subject in document["subjects"]] == [
        "project", "scenario", "policy", "segment", "template",
    ]  # fmt: skip


def test_markdown_has_a_headline_and_folds_the_rest(diff: Compare) -> None:
    out = diff("v0", "v6", "--format", "markdown")[1]
    assert out.startswith("### shop: 1 scenario, the settings, the policy, 1 segment and 1 template change.\n")
    assert "> [!CAUTION]\n> The salt is `shop-2` (was `shop-1`)." in out
    assert out.count("<details>") == out.count("</details>") == 6
    assert "  ```diff\n  - Your basket is still here\n  + Your cart is waiting\n  ```" in out


def test_markdown_fits_into_a_comment_whatever_the_size_of_the_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, price in (("a", 1), ("b", 2)):
        shutil.copytree(SHOP, tmp_path / name)
        rows = "".join(f"A{number},A thing with a rather long name,{price}\n" for number in range(5_000))
        (tmp_path / name / "tables/products.csv").write_text(f"sku,name,price\n{rows}", encoding="utf-8")
    assert run(["diff", str(tmp_path / "a"), str(tmp_path / "b"), "--format", "markdown"]) == 0
    out = capsys.readouterr().out
    assert len(out) < 60_000
    assert re.search(r"- and 4,\d\d\d more", out)


def test_a_page_shows_everything_and_lets_no_markup_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        shutil.copytree(SHOP, tmp_path / name)
    change(tmp_path / "b", "template_subject")
    template = tmp_path / "b/templates/cart/offer.email.j2"
    template.write_text(template.read_text(encoding="utf-8").replace("A code", "<script>1</script>"), encoding="utf-8")
    page = tmp_path / "diff.html"
    assert run(["diff", str(tmp_path / "a"), str(tmp_path / "b"), "--output", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "Your cart is waiting" in text
    assert "<script>" not in text
    assert "http" not in re.sub(r"https://example\.com/u", "", text)  # the page loads nothing
