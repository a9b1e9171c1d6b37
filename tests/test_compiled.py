"""A wheel with a compiled executor does what plain Python does, to the byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = [
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler here"),
    pytest.mark.skipif(not (find_spec("mypyc") and find_spec("setuptools")), reason="no mypyc or setuptools here"),
]


def run(command: list[str], **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-P", *command], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the compiled package."""
    folder = tmp_path_factory.mktemp("compiled")
    run(["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)], SCENARIO_COMPILE="1")
    (wheel,) = folder.glob("*.whl")
    run(["-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(folder / "site"), str(wheel)])
    return folder / "site"


def replayed(where: Path, plan: Path, workers: int) -> tuple[str, bytes]:
    """What `dry-run` over the shipped log prints, and its plan."""
    said = run(
        ["-m", "scenario_cli.cli.main", "dry-run", "--project", str(ROOT / "scenarios"), "--format", "json", "-q",
         "--workers", str(workers), "--plan", str(plan)],
        PYTHONPATH=str(where),
    )  # fmt: skip
    return said, plan.read_bytes()


def counted(where: Path) -> str:
    return run(
        ["-m", "scenario_cli.cli.main", "dry-run", "--project", str(ROOT / "scenarios"), "--format", "json", "-q"],
        PYTHONPATH=str(where),
    )


def test_it_gives_the_same_result_and_plan(compiled: Path, tmp_path: Path) -> None:
    module = run(["-c", "import scenario_cli.engine.step as step; print(step.__file__)"], PYTHONPATH=str(compiled))
    assert Path(module.strip()).is_relative_to(compiled)
    assert not module.strip().endswith(".py")
    plain = replayed(ROOT, tmp_path / "plain.jsonl", 1)
    assert plain[1].count(b"\n") > 1_000
    assert replayed(compiled, tmp_path / "compiled.jsonl", 1) == plain
    assert replayed(compiled, tmp_path / "compiled-by-two.jsonl", 2) == plain


def test_without_a_plan_it_counts_the_same(compiled: Path) -> None:
    assert counted(compiled) == counted(ROOT)


def test_no_compiled_module_is_left_beside_its_source(compiled: Path) -> None:
    assert list((ROOT / "scenario_cli").rglob("*.so")) == []
    assert list(compiled.rglob("*.so"))
