"""`--watch`: does a job again whenever a file of the project changes, until Ctrl-C.

It looks at the times and sizes of the files a few times a second. A project has some dozens of them, and this way it
also works on network drives and in containers, where notices of changes do not arrive.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from scenario_cli.cli.console import Stop, notes
from scenario_cli.cli.options import project_root

Watch = Annotated[bool, typer.Option("--watch", help="Repeat when a file of the project changes.")]

_PAUSE = 0.3  # seconds between two looks

FileStamps = dict[str, tuple[int, int, int]]


def again_and_again(once: Callable[[], int], project: str | None, paths: list[str] | None, output: Path | None) -> int:
    """Runs a job now and after every change; only an interrupt ends it. `output` is not waited for."""
    root = project_root(project, paths)
    output_path = str(output.resolve()) if output is not None else ""
    while True:
        before = files(root, output_path)
        if sys.stdout.isatty() and output is None:
            print("\x1b[H\x1b[2J\x1b[3J", end="")  # the text on the screen describes the files before the change
        try:
            once()
        except Stop as error:
            notes(f"scenario: {error}".split("\n"))
        sys.stdout.flush()
        gc.collect()  # what a job leaves counts as old, which the collector never looks through by itself
        notes(["", f"watching {root}; press Ctrl-C to stop"])
        while files(root, output_path) == before:
            time.sleep(_PAUSE)


def files(root: Path, output_path: str = "") -> FileStamps:
    """Every file of a project with the signs of a change: its time, size and place on the disk."""
    stamps: FileStamps = {}
    for folder, inside, names in os.walk(root):
        inside[:] = [name for name in inside if not name.startswith(".")]
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118  a Path for each would cost more than the look itself
            if name.startswith(".") or path == output_path:
                continue
            try:
                stat = os.stat(path)  # noqa: PTH116
            except OSError:
                continue  # gone in between: a change that the next look finds
            stamps[path] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return stamps
