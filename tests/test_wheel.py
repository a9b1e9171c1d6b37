"""The wheel works without a checkout: it is built, installed into a clean environment and run there."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent


def test_the_wheel_validates_and_replays_the_library_it_carries(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    # Its dependencies come from this environment; its own code can only come from the wheel.
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    (site,) = (tmp_path / "env" / "lib").glob("python*/site-packages")
    installed = Path(yaml.__file__).parent.parent
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-compile",
         "--target", str(site), str(wheel)],
        check=True,
    )  # fmt: skip
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    def scenario(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(python), "-m", "scenario_cli.cli.main", *arguments],
            cwd=outside, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    where = subprocess.run(
        [str(python), "-c", "from scenario_cli.shipped import shipped; print(shipped('scenarios'))"],
        cwd=outside, env=environment, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    assert Path(where).is_relative_to(site)
    validated = scenario("validate", where)
    assert (validated.returncode, validated.stderr) == (0, "ok: 29 scenarios, no findings (8 ignored)\n")
    replayed = scenario("dry-run", "welcome", "--only", "--project", where, "--format", "json")
    assert replayed.returncode == 0, replayed.stderr
    assert '"entered": 325' in replayed.stdout
