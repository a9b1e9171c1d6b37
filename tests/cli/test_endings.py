"""A command that is ended or cannot write: it gives a sentence and an exit code, every file is whole, and no others are
left.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scenario_cli.whole_file import drafts_beside, write_whole
from tests.reports.why.stage import make
from tests.rows import rows

SCENARIO = """
scenario: welcome
status: live
purpose: transactional
trigger: {event: started}
states:
  first: {send: {email: hello}, end: done}
"""
LOG = tuple((f"c{number}", "2025-03-03 10:00", "started", {"id": f"{number}"}) for number in range(300))
# Otherwise Python would leave an incomplete compiled module in the cache that the tests share.
WITHOUT_BYTECODE = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
COMMAND = [sys.executable, "-m", "scenario_cli.cli.main"]
# Ends a process at its first attempt to bring a file to the disk, after the draft is written.
ENDED_WHILE_WRITING = (
    "import os, signal, sys, time\n"
    "os.fsync = lambda _: (os.kill(os.getpid(), signal.{signal}), time.sleep(60))\n"
    "sys.argv[0] = 'scenario'\n"
    "from scenario_cli.cli.main import main\n"
    "main()\n"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("shop"), SCENARIO, log=LOG)


def ended(name: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command that is ended; its remaining temporary files are in the folder."""
    script = ENDED_WHILE_WRITING.format(signal=name)
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "TMPDIR": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def writing(shop: Path, folder: Path) -> tuple[str, ...]:
    return ("dry-run", "--project", str(shop), "--plan", str(folder / "plan.csv"), "--quiet")


@pytest.mark.parametrize(("name", "code", "expected"), [
    ("SIGTERM", 143, "scenario: terminated\n"), ("SIGINT", 130, "scenario: interrupted\n"),
])  # fmt: skip
def test_ended_while_it_writes_it_leaves_the_old_file(
    shop: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, name: str, code: int, expected: str
) -> None:
    (tmp_path / "plan.csv").write_text("old")
    other_folder = tmp_path_factory.mktemp("elsewhere")
    process = ended(name, other_folder, *writing(shop, tmp_path))
    assert (process.returncode, process.stderr.lstrip("\n")) == (code, expected)
    assert [path.name for path in tmp_path.iterdir()] == ["plan.csv"]
    assert (tmp_path / "plan.csv").read_text() == "old"
    assert list(other_folder.iterdir()) == []


def test_the_next_command_removes_files_of_a_killed_one(
    shop: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (tmp_path / "plan.csv").write_text("old")
    assert (
        ended("SIGKILL", tmp_path_factory.mktemp("elsewhere"), *writing(shop, tmp_path)).returncode == -signal.SIGKILL
    )
    assert (tmp_path / "plan.csv").read_text() == "old"
    assert all(path.name == "plan.csv" or path.name.startswith(".") for path in tmp_path.iterdir())
    process = subprocess.run([*COMMAND, *writing(shop, tmp_path)], capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.csv", "plan.csv.head.json"]
    assert len((tmp_path / "plan.csv").read_text().splitlines()) == len(LOG) + 1


OPTIONS_BY_FILE = {
    "plan.jsonl": "--plan", "plan.csv": "--plan", "plan.parquet": "--plan", "report.html": "--report",
    "result.json": "--output",
}  # fmt: skip
# Runs commands in turn; writes the exit code and the messages of each on a line of JSON.
ONE_AFTER_THE_OTHER = (
    "import contextlib, io, json, sys\n"
    "from scenario_cli.cli.main import run\n"
    "for line in sys.stdin:\n"
    "    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:\n"
    "        code = run(json.loads(line))\n"
    "    print(json.dumps([code, said.getvalue()]), flush=True)\n"
)


@pytest.fixture(scope="module")
def without_room(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, int, str]]:
    """The folder, the exit code and the messages for each file that a command must write on a disk without room."""
    folders = {file: tmp_path_factory.mktemp("full") for file in OPTIONS_BY_FILE}
    commands = []
    for file, option in OPTIONS_BY_FILE.items():
        target = folders[file] / file
        target.write_text("old")
        commands.append(["dry-run", "--project", str(shop), option, str(target), "--format", "json"])
    process = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER], input="\n".join(map(json.dumps, commands)),
        capture_output=True, text=True, check=False, env=WITHOUT_BYTECODE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
    )  # fmt: skip
    assert process.stderr == ""
    endings = map(json.loads, process.stdout.splitlines())
    return {file: (folders[file], *ending) for file, ending in zip(folders, endings, strict=True)}


@pytest.mark.parametrize("file", OPTIONS_BY_FILE)
def test_a_disk_without_room_leaves_the_old_file_and_a_sentence(
    without_room: dict[str, tuple[Path, int, str]], file: str
) -> None:
    folder, code, output = without_room[file]
    assert code == 2, output
    assert "Traceback" not in output
    assert output.startswith("scenario: ")
    assert [path.name for path in folder.iterdir()] == [file]
    assert (folder / file).read_text() == "old"


# One command is tested with every output; the others, which write in other parts of the code, with the usual outputs.
@rows(("command", "redirected"), [
    *(("rules", output) for output in (">&-", "2>&-", ">&- 2>&-", "| head -c 1", "2>&1 | head -c 1", "> /dev/full")),
    *(("rules --format json", output) for output in ("| head -c 1", "> /dev/full")),
    *(("validate", output) for output in (">&-", "2>&1 | head -c 1")),
])  # fmt: skip
def test_a_closed_output_ends_without_a_traceback(shop: Path, command: str, redirected: str) -> None:
    line = f"set -o pipefail; {sys.executable} -m scenario_cli.cli.main {command} {redirected}"
    process = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False, cwd=shop)
    assert "Traceback" not in process.stderr
    assert "Exception ignored" not in process.stderr
    refused = redirected in (">&-", ">&- 2>&-", "> /dev/full")
    assert process.returncode == (2 if refused else 0), process.stderr
    if redirected in (">&-", "> /dev/full"):
        assert "scenario: standard output cannot be written" in process.stderr


@pytest.mark.parametrize("module", ["scenario_cli.cli.console", "scenario_cli.cli.app", "typer"])
def test_an_interrupt_while_the_commands_are_imported_is_a_sentence(module: str) -> None:
    script = (
        "import os, signal, sys\n"
        "class Once:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == '{module}':\n"
        "            sys.meta_path.remove(self)\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Once())\n"
        "from scenario_cli.cli.main import main\n"
        "main()\n"
    )
    process = subprocess.run([sys.executable, "-c", script, "rules"], capture_output=True, text=True, check=False)
    assert (process.returncode, process.stderr) == (130, "scenario: interrupted\n")


def test_two_at_one_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with drafts_beside(target) as first:
        write_whole(target, b"second")
        assert first.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_link_keeps_leading_to_its_file_and_a_file_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "real.txt").chmod(0o640)
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_whole(tmp_path / "link.txt", b"new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_bytes() == b"new"
    assert (tmp_path / "real.txt").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_an_error_before_anything_runs(shop: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    process = subprocess.run([*COMMAND, *writing(shop, tmp_path)], capture_output=True, text=True, check=False)
    tmp_path.chmod(0o700)
    assert process.returncode == 2
    assert "you may write nothing in" in process.stderr


def test_a_new_project_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.run(
        [*COMMAND, "init", "new/shop"], capture_output=True, text=True, check=False, cwd=tmp_path,
        env=WITHOUT_BYTECODE, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000)),
    )  # fmt: skip
    assert process.returncode == 2, process.stderr
    assert "Traceback" not in process.stderr
    assert list(tmp_path.iterdir()) == []
