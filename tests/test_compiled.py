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


# Between them they wait for everything, ask for metrics, segments and history, and hear what is said to all.
SCENARIOS = ("cart_abandonment", "loyalty_points", "price_drop", "replenishment", "sunset", "webinar")


def compiled(folder: Path) -> Path:
    """A folder with the compiled package."""
    run(["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)], SCENARIO_COMPILE="1")
    (wheel,) = folder.glob("*.whl")
    run(["-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(folder / "site"), str(wheel)])
    return folder / "site"


def replayed(where: Path, *arguments: str) -> str:
    """What `dry-run` over the shipped log prints."""
    return run(
        ["-m", "scenario_cli.cli.main", "dry-run", *SCENARIOS, "--project", str(ROOT / "scenarios"), "--format", "json",
         "-q", *arguments],
        PYTHONPATH=str(where),
    )  # fmt: skip


# One test, so that the wheel is built once, however many processes share the tests.
def test_a_compiled_executor_gives_the_same_bytes_and_leaves_nothing_beside_its_source(tmp_path: Path) -> None:
    made = compiled(tmp_path)
    module = run(["-c", "import scenario_cli.engine.step as step; print(step.__file__)"], PYTHONPATH=str(made)).strip()
    assert Path(module).is_relative_to(made)
    assert not module.endswith(".py")
    assert list(made.rglob("*.so"))
    assert list((ROOT / "scenario_cli").rglob("*.so")) == []
    plans = {name: tmp_path / f"{name}.jsonl" for name in ("plain", "compiled", "by_two")}
    plain = replayed(ROOT, "--plan", str(plans["plain"]))
    assert replayed(made, "--plan", str(plans["compiled"])) == plain
    assert replayed(made, "--plan", str(plans["by_two"]), "--workers", "2") == plain
    assert plans["plain"].read_bytes() == plans["compiled"].read_bytes() == plans["by_two"].read_bytes()
    assert plans["plain"].read_bytes().count(b"\n") > 1_000
    assert replayed(made) == replayed(ROOT)  # where nobody asks for rows
