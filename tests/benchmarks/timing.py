"""The cost of a process with all processes that it starts: processor time, time, and memory of the largest."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds from start to end, seconds of processor time, and the peak of the largest process in MiB."""

    seconds: float
    processor: float
    peak: float


def cost(
    command: Sequence[str],
    package: Path = ROOT,
    output: Path | None = None,
    environment: Mapping[str, str] | None = None,
    fine: Sequence[int] = (0,),
) -> Cost:
    """Runs Python with these arguments, and with `package` as the first folder for imports.

    Its standard output goes to `output`, or nowhere. Raises SystemExit if the exit code is not in `fine`.
    """
    began = time.perf_counter()
    with (output or Path(os.devnull)).open("wb") as out:
        started = subprocess.Popen(
            [sys.executable, "-P", *command],
            stdout=out,
            env={**os.environ, "PYTHONPATH": str(package), **(environment or {})},
        )
        # Includes the processes that the process has started and waited for.
        _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode not in fine:
        raise SystemExit(f"ended with {started.returncode}: {' '.join(command)}")
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def scenario(*arguments: str) -> list[str]:
    """The arguments of Python for a `scenario` command."""
    return ["-m", "scenario_cli.cli.main", *arguments]


def number(text: str) -> int:
    """A typed whole number: `10_000`, `10,000`."""
    return int(text.replace("_", "").replace(",", ""))
