"""The search for the project's folder: the named folder, the folder of a path, or a folder near it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.language.find import PROJECT_VARIABLE, NoProject, find_project


def create_projects(root: Path, *folders: str) -> None:
    for folder in folders:
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / "project.yaml").touch()


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PROJECT_VARIABLE, raising=False)


@pytest.mark.parametrize(
    ("projects", "here", "start", "expected"),
    [
        (["."], ".", None, "."),
        (["."], "tests", None, "."),
        (["scenarios"], ".", None, "scenarios"),
        (["crm"], ".", None, "crm"),
        (["scenarios", "crm"], ".", None, "scenarios"),
        (["crm", "crm/inner"], "crm", None, "crm"),
        (["a/crm"], ".", "a", "a/crm"),
        (["a/crm"], ".", "a/crm/tests", "a/crm"),
        (["crm", ".hidden"], ".", None, "crm"),
    ],
)
def test_the_project_is_found(tmp_path: Path, projects: list[str], here: str, start: str | None, expected: str) -> None:
    create_projects(tmp_path, *projects)
    for folder in (here, start or "."):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    assert find_project(start, tmp_path / here) == (tmp_path / expected)


def test_the_environment_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_projects(tmp_path, "one", "two")
    monkeypatch.setenv(PROJECT_VARIABLE, str(tmp_path / "two"))
    assert find_project(None, tmp_path) == tmp_path / "two"
    assert find_project("one", tmp_path) == tmp_path / "one", "what the command line names goes first"


@pytest.mark.parametrize(
    ("start", "variable", "message", "hint"),
    [
        (None, "", "there are 2 projects here: 'one', 'two'", "name one: --project one"),
        (".", "", "there are 2 projects here: 'one', 'two'", "name one: --project one"),
        ("three", "", "'three' does not exist", "in "),
        ("empty", "", "no project.yaml in 'empty', in a folder above it, or in a folder of it", "--project DIR"),
        (None, "twoo", "SCENARIO_PROJECT: 'twoo' does not exist", "did you mean 'two'?"),
    ],
)
def test_a_missing_project_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str | None, variable: str, message: str, hint: str
) -> None:
    create_projects(tmp_path, "one", "two")
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv(PROJECT_VARIABLE, variable)
    with pytest.raises(NoProject) as raised:
        find_project(start, tmp_path)
    assert str(raised.value) == message
    assert hint in raised.value.hint
