"""The `--help` text of every command, and its examples, which must run."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from scenario_cli.cli.help import examples, heading, summary
from scenario_cli.cli.main import run
from tests.cli.commands import commands

COMMANDS = commands()
IMPORTED = Path(__file__).parents[1] / "importing" / "examples"
STORE = "run --state crm.db --until 2025-02-20"

INSIGHTS = """
insights:
  purchase: {event: order_completed, amount: total}
"""
DELIVERY = """
channels:
  email: {file: {path: out/email.jsonl}}
  push: {file: {path: out/push.jsonl}}
  sms: {file: {path: out/sms.csv}}
"""


def help_lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert run([*arguments, "--help"]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project with a short log, under git, with an export in CSV next to it."""
    folder = tmp_path_factory.mktemp("help")
    with contextlib.chdir(folder):
        assert run(["init", "-q"]) == 0
        root = folder / "scenarios"
        log = root / "data" / "events.jsonl.gz"
        rows = [line for line in gzip.decompress(log.read_bytes()).decode().splitlines(True) if '"c030' in line]
        with gzip.open(log, "wt", encoding="utf-8") as file:
            file.writelines(rows)
        cart = root / "cart_abandonment.yaml"
        cart.write_text(cart.read_text(encoding="utf-8").replace("status: draft", "status: live"), encoding="utf-8")
        for name, text in (("project.yaml", INSIGHTS), ("delivery.yaml", DELIVERY)):
            with (root / name).open("a", encoding="utf-8") as file:
                file.write(text)
        with (folder / "export.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["user", "event", "timestamp"])
            events = map(json.loads, rows)
            writer.writerows([each["contact_id"], each["event"], each["timestamp"]] for each in events)
        for name, example in (("journey.yml", "tdx/winback.yml"), ("flow.json", "klaviyo/welcome.json")):
            shutil.copy(IMPORTED / example, folder / name)
        identity = ("-c", "user.name=test", "-c", "user.email=test@example.com")
        for command in (("init", "-q", "-b", "main"), ("add", "scenarios"), (*identity, "commit", "-q", "-m", "Start")):
            subprocess.run(["git", *command], check=True)
    return folder


@pytest.fixture(scope="module")
def store(project: Path) -> bytes:
    with contextlib.chdir(project):
        assert run(shlex.split(STORE)) == 0
    return (project / "crm.db").read_bytes()


@pytest.fixture
def folder(project: Path, tmp_path: Path) -> Path:
    """A copy of the project, so that no test needs, or suffers from, the changes of another."""
    return Path(shutil.copytree(project, tmp_path / "folder"))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_a_command_run(
    name: str, folder: Path, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))  # an editor that sends nothing
    lines = examples(COMMANDS[name].help)
    assert len(lines) >= 2, "the docstring needs two lines under 'Examples:'"
    if any("crm.db" in line for line in lines):
        (folder / "crm.db").write_bytes(request.getfixturevalue("store"))
    with contextlib.chdir(tmp_path if name == "init" else folder):
        for line in lines:
            assert line.startswith(f"scenario {name}")
            assert run(shlex.split(line)[1:]) in (0, 1), line


@pytest.mark.parametrize("name", COMMANDS)
def test_a_summary_and_the_examples_fit_80_columns(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = help_lines(capsys, *name.split())
    assert f"  {summary(COMMANDS[name].help)}" in lines
    assert [f"  {each}" for each in examples(COMMANDS[name].help) if f"  {each}" not in lines] == []
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("group", ["", "events", "state"])
def test_a_list_of_commands_shows_whole_summaries(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [" ".join(line.split()) for line in help_lines(capsys, *group.split())]
    listed = {name.removeprefix(group).split()[0]: name for name in COMMANDS if name.startswith(f"{group} ".lstrip())}
    for short, name in listed.items():
        if group or " " not in name:
            assert f"{short} {summary(COMMANDS[name].help).removesuffix('.')}" in lines


@pytest.mark.parametrize("name", COMMANDS)
def test_the_options_of_every_command_are_under_headings(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = help_lines(capsys, *name.split())
    sections: dict[str, list[str]] = {}
    for line in lines:
        if line.endswith(":") and not line.startswith(" "):
            sections[line.removesuffix(":")] = []
        elif sections:
            sections[[*sections][-1]].append(line)
    for parameter in COMMANDS[name].params:
        if parameter.param_type_name == "option":
            under = sections[heading(parameter.opts)]
            assert any(parameter.opts[-1] in line for line in under), parameter.opts


def test_an_option_is_under_one_heading_by_any_of_its_names() -> None:
    assert heading(["-q", "--quiet"]) == "Output"
    assert heading(["--fix"]) == "Options"
