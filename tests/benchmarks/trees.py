"""The cost of a command with all processes that it starts, and their total memory. Only on Linux."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.timing import ROOT, Cost

_PAUSE = 0.05  # seconds between two measurements of memory


def tree_cost(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Runs Python with these arguments; the peak is the total of all its processes, in MiB.

    Shared memory is counted once. Raises SystemExit if the exit code is not 0.
    """
    began = time.perf_counter()
    before = os.times()
    started = subprocess.Popen(
        [sys.executable, "-P", *command],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
    )
    peak = 0
    while started.poll() is None:
        peak = max(peak, sum(map(_proportional, _tree(started.pid))))
        time.sleep(_PAUSE)
    if started.returncode:
        raise SystemExit(f"ended with {started.returncode}: {' '.join(command)}")
    after = os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(time.perf_counter() - began, processor, peak / 1024)


def _tree(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").glob("*"):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _tree(int(child))


def _proportional(process: int) -> int:
    """A process's memory in KiB; each process has its part of shared pages."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
