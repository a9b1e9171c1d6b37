"""The hooks, the action, and their description on the pages: each command line exists, and runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from scenario_cli.cli.app import app
from scenario_cli.shipped import shipped
from tests.docs.comments_api import TOKEN, serving
from tests.docs.pages import PAGES, ROOT, blocks_of
from tests.engine.worlds import write_project
from tests.rows import rows
from tests.sample.shop import small_shop

COMMANDS: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
BIN = Path(sys.executable).parent
SHOWN = [(page.name, block.text) for page in PAGES for block, _ in blocks_of(page) if block.kind == "yml"]


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def named_commands() -> list[tuple[str, str, list[str]]]:
    """All `scenario COMMAND` of hooks, action and pages, with their long options."""
    texts = [(hook["id"], hook["entry"]) for hook in loaded(".pre-commit-hooks.yaml")]
    texts += [("action.yml", step.get("run", "")) for step in loaded("action.yml")["runs"]["steps"]]
    texts += SHOWN
    return [
        (where, command, re.findall(r"--[a-z-]+", options))
        for where, text in texts
        for command, options in re.findall(
            r"(?m)\bscenario ([a-z-]+)\b([^\n#|]*)", re.sub(r"(?m)^.*name: .*$", "", text)
        )
    ]


@rows(("where", "command", "options"), named_commands())
def test_a_command_that_is_named_exists_with_its_options(where: str, command: str, options: list[str]) -> None:
    assert command in COMMANDS
    option_names = {name for param in COMMANDS[command].params for name in param.opts}
    assert set(options) <= option_names


def test_hooks_that_the_pages_use_exist() -> None:
    hooks = {hook["id"]: hook for hook in loaded(".pre-commit-hooks.yaml")}
    used = {name for _, text in SHOWN for name in re.findall(r"- id: (\S+)", text)}
    assert used == set(hooks)
    for hook in hooks.values():
        assert re.search(hook["files"], "crm/welcome.yaml")
        assert hook["pass_filenames"] is False


def test_the_page_lists_the_inputs_of_the_action() -> None:
    inputs = set(loaded("action.yml")["inputs"])
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    table = page.partition("| input |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == inputs


@rows(("page", "text"), SHOWN)
def test_examples_of_a_page_are_yaml(page: str, text: str) -> None:
    assert yaml.safe_load(text)


@pytest.mark.parametrize(("step", "phase", "code"), [
    ("scenario validate", "discovery", 0),
    ("scenario validate", "nowhere", 1),
    ("scenario fmt", "discovery", 0),
    ("scenario fmt", "  discovery", 1),
    ("scenario test", "discovery", 0),
])  # fmt: skip
def test_a_step_of_the_action_passes_or_fails(step: str, phase: str, code: int, tmp_path: Path) -> None:
    (script,) = [each["run"] for each in loaded("action.yml")["runs"]["steps"] if each.get("name") == step]
    folder = small_shop(tmp_path / "our crm", ["welcome"])
    (folder / "tests").mkdir()
    shutil.copy(shipped("scenarios") / "tests" / "welcome.test.yaml", folder / "tests")
    welcome = folder / "welcome.yaml"
    welcome.write_text(welcome.read_text(encoding="utf-8").replace("phase: discovery", f"phase: {phase}"))
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "PROJECT": "our crm", "FAIL_LEVEL": "error"}
    process = subprocess.run(
        ["bash", "-e", "-c", script], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert process.returncode == code, process.stderr


@pytest.mark.parametrize(("events", "shown"), [("", "1 scenario"), ("log.jsonl", "1 message before, 2 after")])
def test_the_action_puts_the_comparison_on_the_page_of_the_job(events: str, shown: str, tmp_path: Path) -> None:
    (script,) = [step["run"] for step in loaded("action.yml")["runs"]["steps"] if step.get("name") == "scenario diff"]
    changed_in_git(tmp_path / "our crm")
    (tmp_path / "log.jsonl").write_text(
        '{"contact_id": "ana", "event": "started", "timestamp": "2025-03-03T10:00:00Z"}\n', encoding="utf-8"
    )
    summary = tmp_path / "summary.md"
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "PROJECT": "our crm", "BASE": "HEAD",
                   "EVENTS": events, "CONTACTS": "", "GITHUB_STEP_SUMMARY": str(summary)}  # fmt: skip
    process = subprocess.run(
        ["bash", "-e", "-c", script], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert process.returncode == 0, process.stderr
    assert re.search(shown, summary.read_text(encoding="utf-8"))
    assert (tmp_path / "scenario-diff.md").read_text(encoding="utf-8") == summary.read_text(encoding="utf-8")


def changed_in_git(crm: Path) -> None:
    """Makes a repository around a project whose scenario sends one message more than at HEAD."""
    crm.mkdir()
    scenario = "scenario: a\ntrigger: {event: started}\nstates: {one: {send: {crm: m/a}, end: done}}\n"
    longer = scenario.replace("end: done}", "next: two}, two: {send: {crm: m/b}, end: done}")
    write_project(crm, longer)
    (crm / "s0.yaml").write_text(scenario)
    for command in ("init -q", "add -A", "-c user.name=a -c user.email=a@example.com commit -qm first"):
        subprocess.run(["git", *command.split()], cwd=crm.parent, check=True)
    (crm / "s0.yaml").write_text(longer)


def shown_job(name: str) -> Any:
    """The job that posts a comparison, from the workflow or the pipeline that a page shows."""
    posting = [yaml.safe_load(text) for _, text in SHOWN if "<!-- scenario-diff -->" in text]
    (job,) = [jobs[name] for jobs in ({**shown, **shown.get("jobs", {})} for shown in posting) if name in jobs]
    return job


@pytest.mark.parametrize("strangers", [2, 150])
def test_a_comment_of_github_is_made_once_and_replaced_from_then_on(strangers: int, tmp_path: Path) -> None:
    (step,) = [step for step in shown_job("diff")["steps"] if step.get("name") == "Post the comparison"]
    assert step["shell"] == "python"
    with serving(strangers) as comments:
        environment = {**os.environ, "GITHUB_API_URL": comments.url, "GITHUB_REPOSITORY": "shop/crm",
                       "GH_TOKEN": TOKEN, "NUMBER": "7"}  # fmt: skip
        for text in ("### one é", "### two"):
            (tmp_path / "scenario-diff.md").write_text(f"{text}\n", encoding="utf-8")
            subprocess.run([sys.executable, "-c", step["run"]], cwd=tmp_path, env=environment, check=True)
            assert comments.bodies[strangers + 1] == f"{text}\n\n<!-- scenario-diff -->\n"
        assert comments.calls == ["POST", "PATCH"]
        assert len(comments.bodies) == strangers + 1


def test_a_comment_that_github_refuses_fails_the_job(tmp_path: Path) -> None:
    (step,) = [step for step in shown_job("diff")["steps"] if step.get("name") == "Post the comparison"]
    (tmp_path / "scenario-diff.md").write_text("### one\n", encoding="utf-8")
    with serving() as comments:
        environment = {**os.environ, "GITHUB_API_URL": comments.url, "GITHUB_REPOSITORY": "shop/crm",
                       "GH_TOKEN": "another", "NUMBER": "7"}  # fmt: skip
        command = [sys.executable, "-c", step["run"]]
        process = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert process.returncode
        assert not comments.calls


@pytest.mark.skipif(shutil.which("curl") is None, reason="the pipeline calls curl")
def test_a_comment_of_gitlab_is_made_once_and_replaced_from_then_on(tmp_path: Path) -> None:
    changed_in_git(tmp_path / "crm")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "pip").write_text("#!/bin/sh\n")  # the package to install is under test
    (tools / "pip").chmod(0o755)
    script = "\n".join(shown_job("scenario-diff")["script"])
    with serving() as comments:
        environment = {**os.environ, "PATH": f"{tools}:{BIN}:{os.environ['PATH']}", "CI_API_V4_URL": comments.url,
                       "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "7", "REVIEW_TOKEN": TOKEN,
                       "CI_MERGE_REQUEST_DIFF_BASE_SHA": "HEAD"}  # fmt: skip
        for change in ("m/b", "m/a"):
            (tmp_path / "crm" / "s0.yaml").write_text(
                f"scenario: a\ntrigger: {{event: started}}\nstates: {{one: {{send: {{crm: {change}}}, end: over}}}}\n"
            )
            command = ["bash", "-e", "-o", "pipefail", "-c", script]
            process = subprocess.run(command, cwd=tmp_path / "crm", env=environment, capture_output=True, check=False)
            assert process.returncode == 0, process.stderr
            body = comments.bodies[3] or ""
            assert "1 scenario changes" in body
            assert ("m/b" in body) == (change == "m/b")
            assert body.rstrip().endswith("<!-- scenario-diff -->")
        assert comments.calls == ["POST", "PUT"]
        assert len(comments.bodies) == 3
    assert "1 scenario changes" in (tmp_path / "crm" / "scenario-diff.html").read_text(encoding="utf-8")


def test_the_action_takes_no_input_into_a_script() -> None:
    for step in loaded("action.yml")["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@rows(
    "path",
    sorted(shipped("scenarios").rglob("*.yaml")),
    ids=lambda path: path.relative_to(shipped("scenarios")).as_posix(),
)
def test_every_shipped_file_names_its_schema(path: Path) -> None:
    from scenario_cli.language.kinds import kind_of

    first = path.read_text(encoding="utf-8").splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named, first
    kind = kind_of(path.relative_to(shipped("scenarios")))
    assert (path.parent / named[1]).resolve() == (shipped("schemas") / f"{kind}.schema.json").resolve()
