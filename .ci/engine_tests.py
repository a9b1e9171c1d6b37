"""Runs the engine's part of the suite against the installed package, which has to be a compiled one.

`make compiled` and the release workflow run it with the Python of an environment that has the wheel and its extra
`test`. It works in a copy of the tests: beside the package's sources Python would import these.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
NEEDED = ("pyproject.toml", "docs", "scenarios", "schemas", "tests")
TESTS = ("tests/engine", "tests/reference", "tests/hosts")


def main() -> int:
    """Runs the tests; returns the exit code of pytest, or 1 where the package is not compiled."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with tempfile.TemporaryDirectory(prefix="scenario-tests-") as name:
        folder = Path(name)
        for needed in NEEDED:
            source = ROOT / needed
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, folder / needed)

        def python(*arguments: str) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, *arguments]
            return subprocess.run(command, cwd=folder, env=environment, stdout=None, text=True, check=False)

        executor = "import sys; from scenario_cli.engine import step; sys.exit(step.__file__.endswith('.py'))"
        if python("-c", executor).returncode:
            print("the installed scenario-cli has no compiled executor", file=sys.stderr)
            return 1
        return python("-m", "pytest", "-n", "auto", "--dist", "worksteal", *TESTS).returncode


if __name__ == "__main__":
    sys.exit(main())
