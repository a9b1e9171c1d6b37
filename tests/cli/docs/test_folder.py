"""The folder of `scenario docs`: it contains a whole site or nothing, and files of others are never overwritten."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scenario_cli.cli.main import run


def docs(project: Path, out: Path, *arguments: str) -> int:
    return run(["docs", str(project), "--out", str(out), *arguments])


def test_a_site_takes_the_place_of_an_older_one(three_scenarios: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert docs(three_scenarios, site) == 0
    (site / "scenarios" / "welcome.html").unlink()
    (site / "index.html").write_text("old")
    assert docs(three_scenarios, site) == 0
    assert (site / "scenarios" / "welcome.html").is_file()
    assert "<h1>" in (site / "index.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]
    assert site.stat().st_mode & 0o777 == (tmp_path / "site" / "assets").stat().st_mode & 0o777


def test_without_a_name_it_is_called_site(
    three_scenarios: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["docs", "--project", str(three_scenarios)]) == 0
    output = capsys.readouterr()
    assert output.out == ""
    assert "files to site; begin with site/index.html\n" in output.err
    assert (tmp_path / "site" / "index.html").is_file()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"notes.txt": ""}, "is not empty, and 'scenario docs' did not write it"),
        ({".scenario-docs.json": "{}"}, "is not empty, and 'scenario docs' did not write it"),
        (
            {".scenario-docs.json": '{"format_version": 1, "files": ["index.html"]}', "index.html": "", "CNAME": ""},
            "holds 'CNAME', which 'scenario docs' did not write",
        ),
    ],
)
def test_a_folder_of_somebody_else_stays(
    files: dict[str, str], expected: str, three_scenarios: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    for name, text in files.items():
        (site / name).write_text(text)
    assert docs(three_scenarios, site) == 2
    assert expected in capsys.readouterr().err
    assert sorted(path.name for path in site.iterdir()) == sorted(files)


def test_an_empty_folder_is_taken(three_scenarios: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    assert docs(three_scenarios, tmp_path / "site", "-q") == 0
    assert (tmp_path / "site" / "index.html").is_file()


def test_a_file_is_not_accepted_as_folder_and_a_missing_folder_is_not_created(
    three_scenarios: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site").write_text("mine")
    assert docs(three_scenarios, tmp_path / "site") == 2
    assert "it is not a folder" in capsys.readouterr().err
    assert docs(three_scenarios, tmp_path / "no" / "site") == 2
    assert "does not exist" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]


def test_a_project_with_errors_gives_no_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "project.yaml").write_text("project: shop\ntimezone: UTC\n")
    (tmp_path / "events.yaml").write_text("events: {began: {}}\n")
    (tmp_path / "one.yaml").write_text("scenario: one\ntrigger: {event: nothing}\nstates: {a: {end: over}}\n")
    assert docs(tmp_path, tmp_path / "site") == 2
    errors = capsys.readouterr().err
    assert "one.yaml:2" in errors
    assert "the project has errors" in errors
    assert not (tmp_path / "site").exists()


def test_a_log_that_fails_leaves_the_old_site(
    three_scenarios: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    assert docs(three_scenarios, site, "-q") == 0
    before = {path: path.read_bytes() for path in site.rglob("*.html")}
    assert docs(three_scenarios, site, "--events", str(tmp_path / "none.csv")) == 2
    assert "none.csv" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in site.rglob("*.html")} == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_an_option_about_a_log_needs_one(
    three_scenarios: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert docs(three_scenarios, tmp_path / "site", "--from", "2025-01-01") == 2
    assert "--from needs an event log\n  add --events PATH, or --counts" in capsys.readouterr().err


def test_names_that_differ_in_capitals_alone_have_files_of_their_own(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "templates").mkdir(parents=True)
    (project / "project.yaml").write_text("project: shop\ntimezone: UTC\nchannels: {email: {}}\n")
    (project / "events.yaml").write_text("events: {began: {}}\n")
    for file, name in (("one", "Con"), ("other", "con")):
        (project / f"{file}.yaml").write_text(
            f"scenario: {name}\ntrigger: {{event: began}}\nstates:\n  A: {{send: {{email: hi}}, next: a}}\n"
            "  a: {send: {email: hi}, end: over}\n"
        )
    (project / "templates" / "hi.email.j2").write_text("---\nsubject: Hi\n---\nunsubscribe")
    assert docs(project, tmp_path / "site", "-q") == 0
    names = [path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*.html")]
    assert len({name.lower() for name in names}) == len(names) == 4 + 2 + 4


def test_a_scenario_names_who_wrote_it_and_who_changed_it_last(three_scenarios: Path, tmp_path: Path) -> None:
    project = tmp_path / "shop"
    shutil.copytree(three_scenarios, project)

    def commit(author: str, day: str) -> None:
        identity = {"GIT_AUTHOR_NAME": author, "GIT_COMMITTER_NAME": author, "GIT_AUTHOR_EMAIL": "a@example.com",
                    "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_AUTHOR_DATE": f"{day}T10:00:00+0000"}  # fmt: skip
        for arguments in (("add", "."), ("commit", "-q", "-m", "Write it")):
            subprocess.run(["git", "-C", str(project), *arguments], check=True, env={**os.environ, **identity})

    subprocess.run(["git", "-C", str(project), "init", "-q", "-b", "main"], check=True)
    commit("Ana Sousa", "2025-01-07")
    with (project / "welcome.yaml").open("a") as scenario:
        scenario.write("# seen\n")
    commit("Bo Lind", "2025-02-03")
    assert docs(project, tmp_path / "site", "-q") == 0
    changed, other = (
        (tmp_path / "site" / "scenarios" / f"{name}.html").read_text(encoding="utf-8")
        for name in ("welcome", "nurturing")
    )
    assert (
        "<dt>written by</dt><dd>Ana Sousa, 2025-01-07</dd><dt>last change</dt><dd>Bo Lind, 2025-02-03</dd>" in changed
    )
    assert "<dt>written by</dt><dd>Ana Sousa, 2025-01-07</dd>" in other
    assert "last change" not in other
