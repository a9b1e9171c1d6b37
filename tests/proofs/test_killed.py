"""A run whose processes are all killed at any instant, and that is run again, loses and doubles nothing. KILLS=300
kills that many runs instead of two, and every second of them again while it is finished."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.proofs.contents import contents
from tests.proofs.runs import in_small_parts, run_well
from tests.proofs.shop import Drop, copied, make_project

KILLS = int(os.environ.get("KILLS", "2"))
PEOPLE = 120
CONTACTS_A_PART = 10
NIGHT = 1

# The main process cuts the parts for the others.
COMMAND = f"""
import sys
from scenario_cli.cli.main import run
from scenario_cli.hosts.store import touched
touched._CONTACTS_A_PART = {CONTACTS_A_PART}
sys.exit(run(sys.argv[1:]))
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="there are no groups of processes")


class Killed:
    """Runs of one night over copies of a store, in groups of processes that are killed."""

    def __init__(self, folder: Path) -> None:
        self.project = make_project(folder / "shop")
        self.before, self.store = folder / "before.db", folder / "store.db"
        self.random = Random()
        drop = Drop(folder / "in", PEOPLE)
        for night in range(NIGHT):
            run_well(self.project, self.before, Drop.NIGHTS[night], *drop.until(night).options)
        self.options = [*drop.until(NIGHT).options, "--workers", "2"]
        began = time.monotonic()
        self.start().wait()
        self.seconds = time.monotonic() - began
        self.undisturbed = contents(self.store)

    def start(self) -> subprocess.Popen[bytes]:
        """Begins the night over the store of the night before."""
        copied(self.before, self.store)
        return self.go_on()

    def go_on(self) -> subprocess.Popen[bytes]:
        """Begins a run over the present store, in a process group of its own."""
        words = ["run", "--project", self.project, "--state", self.store, "--until", Drop.NIGHTS[NIGHT], "-q"]
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, *map(str, words), *self.options],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self, running: subprocess.Popen[bytes]) -> None:
        """Kills the process group at a random instant: in all its time, or in its time of writing."""
        log = self.store.with_name(f"{self.store.name}-wal")
        limit = self.random.uniform(0, self.seconds)
        if self.random.random() < 0.7:
            while running.poll() is None and not (log.exists() and log.stat().st_size):
                time.sleep(0.002)
            limit /= 3
        try:
            running.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


def test_a_killed_run_is_finished_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_small_parts(monkeypatch, CONTACTS_A_PART)
    killed = Killed(tmp_path)
    for number in range(KILLS):
        killed.kill(killed.start())
        if number % 2 == 0:
            killed.kill(killed.go_on())  # also kill the run that finishes it
        run_well(killed.project, killed.store, Drop.NIGHTS[NIGHT], *killed.options[:-2])
        assert contents(killed.store) == killed.undisturbed
