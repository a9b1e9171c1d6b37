"""`scenario init --ci`: its files match the CI's own schema, and every command in them runs."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from scenario_cli.cli.main import run

WORKFLOWS = {"github": ".github/workflows/scenarios.yml", "gitlab": ".gitlab-ci.yml"}
OWNERS = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS"}
HOSTS = pytest.mark.parametrize("host", WORKFLOWS)


@pytest.fixture
def repository(three_scenarios: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a project that has no files for a CI yet."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(three_scenarios, tmp_path / "scenarios")
    return tmp_path


def texts(part: Any) -> list[str]:
    """Every text in a YAML file."""
    if isinstance(part, str):
        return [part]
    values = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [text for value in values for text in texts(value)]


@HOSTS
def test_the_files_are_as_the_ci_wants_them(host: str, repository: Path) -> None:
    linter = pytest.importorskip("check_jsonschema", reason="check-jsonschema, which has the schemas, is not installed")
    assert run(["init", "--ci", host, "-q"]) == 0
    schema = {"github": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci"}[host]
    with pytest.raises(SystemExit) as ended:
        linter.main(["--builtin-schema", schema, str(repository / WORKFLOWS[host])])
    assert ended.value.code == 0


@HOSTS
def test_every_command_in_them_runs_and_passes(host: str, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--ci", host, "-q"]) == 0
    lines = [
        line
        for path in (WORKFLOWS[host], ".pre-commit-config.yaml")
        for text in texts(yaml.safe_load((repository / path).read_text(encoding="utf-8")))
        for line in text.splitlines()
        if re.match(r"scenario \w+ -", line)
    ]
    assert {line.split()[1] for line in lines} == {"validate", "fmt", "test"}
    for line in lines:
        assert run(shlex.split(line.removesuffix("|| true"))[1:]) == 0, line
        assert "--project scenarios" in line


@HOSTS
def test_written_files_are_listed_and_existing_ones_stay(
    host: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / ".pre-commit-config.yaml").write_text("repos: []\n", encoding="utf-8")
    assert run(["init", "--ci", host]) == 0
    output = capsys.readouterr()
    assert output.out.splitlines() == sorted(
        f"wrote     {path}" for path in (WORKFLOWS[host], OWNERS[host], "scenarios/.gitignore", "scenarios/README.md")
    )
    assert "kept      .pre-commit-config.yaml, which was there" in output.err
    assert (repository / ".pre-commit-config.yaml").read_text(encoding="utf-8") == "repos: []\n"


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["--owner", "@shop/crm"], ["/scenarios/policy.yaml   @shop/crm"]),
        ([], ["# /scenarios/policy.yaml   @OWNER"]),
    ],
)
def test_owners_approve_the_policy(arguments: list[str], lines: list[str], repository: Path) -> None:
    assert run(["init", "--ci", "github", *arguments, "-q"]) == 0
    assert set(lines) <= set((repository / OWNERS["github"]).read_text(encoding="utf-8").splitlines())


def test_a_new_project_gets_them_with_its_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "shop", "--empty", "--ci", "gitlab", "-q"]) == 0
    assert (tmp_path / "shop/project.yaml").is_file() and (tmp_path / ".gitlab-ci.yml").is_file()
    assert "--project shop" in (tmp_path / ".gitlab-ci.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("folder", "option"), [("crm/shop", " --project crm/shop"), (".", "")])
def test_files_of_ci_are_at_the_top_of_the_repository(
    folder: str, option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(tmp_path / folder)
    assert run(["init", ".", "--empty", "--ci", "github", "-q"]) == 0
    workflow = (tmp_path / WORKFLOWS["github"]).read_text(encoding="utf-8")
    assert f"run: scenario validate{option} --format github\n" in workflow


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--ci", "jenkins"], "--ci cannot be 'jenkins'"),
        (["--owner", "@crm"], "--owner is about the files of --ci, and --ci is missing"),
    ],
)
def test_a_wrong_command_line_is_refused(
    arguments: list[str], message: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", *arguments]) == 2
    assert message in capsys.readouterr().err
