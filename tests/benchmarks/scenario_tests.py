"""The time of `scenario test` over many cases: `python -m tests.benchmarks.scenario_tests [CASES ...]`.

The shipped test files are copied up to this number of cases; a thousand should take less than three seconds.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scenario_cli.shipped import shipped


def copies(root: Path, cases: int) -> int:
    """Fills a project with copies of its test files; returns the number of their cases."""
    files = sorted((root / "tests").glob("*.test.yaml"))
    command = [sys.executable, "-m", "scenario_cli.cli.main", "test", "--project", str(root)]
    process = subprocess.run(command, check=True, capture_output=True, text=True)
    each = int(process.stderr.split()[0])
    for number in range(2, -(-cases // each) + 1):
        for file in files:
            shutil.copy(file, file.with_name(f"{number}-{file.name}"))
    return each * max(-(-cases // each), 1)


def measure(cases: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "scenarios"
        shutil.copytree(shipped("scenarios"), root)
        case_count = copies(root, cases)
        command = [sys.executable, "-m", "scenario_cli.cli.main", "test", "--project", str(root), "--coverage"]
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        took = time.perf_counter() - began
    print(f"{case_count:>8,} {took:>8.2f} {case_count / took:>10,.0f}")


def main() -> None:
    print(f"{'cases':>8} {'s':>8} {'cases/s':>10}")
    for cases in [int(text.replace("_", "")) for text in sys.argv[1:]] or [100, 1_000]:
        measure(cases)


if __name__ == "__main__":
    main()
