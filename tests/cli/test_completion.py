"""`scenario completion`: the possible last words of a command line, and the script that brings them to each shell."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scenario_cli.cli.main import run


@pytest.fixture
def shop(three_scenarios: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(three_scenarios)
    return three_scenarios


@pytest.mark.parametrize(
    ("line", "offered", "absent"),
    [
        ("", "init validate dry-run completion", "cart_abandonment"),
        ("va", "validate", "init"),
        ("events ''", "inspect check infer", "init"),
        ("dry-run ''", "cart_abandonment nurturing welcome", "events"),
        ("dry-run welcome c", "cart_abandonment", "welcome"),
        ("dry-run --scenario wel", "welcome", "nurturing"),
        ("dry-run --from 2025-01-01 ''", "welcome", "2025-01-01"),
        ("graph --counts we", "welcome", "nurturing"),
        ("dry-run --o", "--only --output", "--from"),
        ("validate --format ''", "full json sarif", "welcome"),
        ("validate --format=j", "--format=json --format=junit", "--format=full"),
        ("validate --format = js", "json", "junit"),
        ("validate --color a", "auto always", "never"),
        ("rules CRM00", "CRM001 CRM002", "REF001"),
        ("schema ''", "scenario test policy", "welcome"),
        ("new birth", "birthday", "welcome"),
        ("completion ''", "bash zsh fish", "words"),
        ("graph welcome ''", "", "nurturing"),
        ("no-such-command ''", "", "welcome"),
    ],
)
def test_a_line_is_completed_with(
    line: str, offered: str, absent: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["completion", "words", "--", *shlex.split(line or "''")]) == 0
    words = [line_shown.partition("\t")[0] for line_shown in capsys.readouterr().out.splitlines()]
    assert set(offered.split()) <= set(words)
    assert absent not in words


def test_no_names_are_completed_without_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["completion", "words", "--", "dry-run", ""]) == 0
    assert capsys.readouterr().out == ""


def test_an_unknown_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "tcsh"]) == 2
    assert "there is one for bash, zsh, fish" in capsys.readouterr().err


# Each script is loaded and asked for the words that can follow `scenario dry-run we`.
IN_SHELLS = {
    "bash": """
eval "$(scenario completion bash)"
COMP_WORDS=(scenario dry-run we); COMP_CWORD=2
_scenario
echo "${COMPREPLY[*]}"
""",
    # There is no terminal: the words passed to `_describe` are those that would be shown.
    "zsh": """
eval "$(scenario completion zsh)"
_describe() { print -l -- ${found%%:*} }
words=(scenario dry-run we); CURRENT=3
_scenario
""",
    "fish": """
scenario completion fish | source
complete -C 'scenario dry-run we'
""",
}


@pytest.mark.parametrize("shell", IN_SHELLS)
def test_a_shell_completes_by_its_script(shell: str, shop: Path, tmp_path: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    command = tmp_path / "scenario"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m scenario_cli.cli.main "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    quiet = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    script = f'PATH="{tmp_path}:$PATH"\n{IN_SHELLS[shell]}'
    if shell == "fish":
        script = f"set -x PATH {tmp_path} $PATH\n{IN_SHELLS[shell]}"
    process = subprocess.run([program, *quiet, "-c", script], capture_output=True, text=True, check=False)
    assert (process.stdout.split()[:1], process.stderr) == (["welcome"], "")
