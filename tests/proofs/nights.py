"""A year of nightly runs, some killed, against one dry run: `python -m tests.proofs.nights [--nights N] [--seed S]`.

The log of the shipped sample is dropped a day at a time, and each night `scenario run` reads the new files. One night
in ten is killed at a random instant, with all its processes, and so are some of the runs that finish it. At the end
the outbox must equal the plan of one dry run over the whole log, byte for byte.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from scenario_cli.shipped import shipped
from tests.proofs.contents import outbox


@dataclass
class Nights:
    """A project with a log that is dropped night by night into a folder, and the runs over it.

    `share`: the share of killed runs, among nights and among runs that finish a killed night.
    """

    project: Path
    folder: Path
    random: Random
    share: float = 0.1
    seconds: float = 3.0  # for a night, at first a guess
    figures: Counter[str] = field(default_factory=Counter)

    @property
    def store(self) -> Path:
        return self.folder / "crm.db"

    @property
    def inputs(self) -> list[str]:
        return ["--events", str(self.folder / "drop"), "--contacts", str(self.folder / "contacts.csv")]

    def command(self, until: datetime) -> list[str]:
        """The command line of a night."""
        return [
            sys.executable, "-m", "scenario_cli.cli.main", "run", "--project", str(self.project), "--state",
            str(self.store), *self.inputs, "--until", until.isoformat(), "-q",
        ]  # fmt: skip

    def night(self, until: datetime) -> None:
        """Runs to the end, after a random number of killed runs."""
        while self.random.random() < self.share:
            self.kill(until)
        began = time.monotonic()
        self.run(until)
        self.figures["nights"] += 1
        self.seconds = 0.8 * self.seconds + 0.2 * (time.monotonic() - began)

    def kill(self, until: datetime) -> None:
        """Begins a run and kills it with all its processes at a random instant."""
        running = subprocess.Popen(self.command(until), stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            running.wait(self.random.uniform(0, self.seconds))
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            self.figures["killed"] += 1

    def run(self, until: datetime) -> None:
        """Runs without disturbance."""
        subprocess.run(self.command(until), stdout=subprocess.DEVNULL, check=True)

    def plan(self, until: datetime) -> str:
        """The plan of one dry run over all dropped files."""
        plan = self.folder / "plan.jsonl"
        subprocess.run(
            [
                sys.executable, "-m", "scenario_cli.cli.main", "dry-run", "--project", str(self.project), *self.inputs,
                "--until", until.isoformat(), "--plan", str(plan), "-q",
            ],
            stdout=subprocess.DEVNULL,
            check=True,
        )  # fmt: skip
        return plan.read_text(encoding="utf-8")


def by_night(log: Path, days_a_night: int = 1) -> Iterator[tuple[datetime, list[str]]]:
    """Each night's instant, with the log's lines of the days before it. A night can have none."""
    days: dict[str, list[str]] = {}
    with gzip.open(log, "rt", encoding="utf-8") as lines:
        for line in lines:
            # By the instant, because some timestamps have another offset and so another date.
            at = datetime.fromisoformat(json.loads(line)["timestamp"]).astimezone(UTC)
            days.setdefault(at.date().isoformat(), []).append(line)
    first, last = (datetime.fromisoformat(f"{date}T00:00:00+00:00") for date in (min(days), max(days)))
    for place in range(0, (last - first).days + 1, days_a_night):
        begin = first + timedelta(days=place)
        dates = [(begin + timedelta(days=more)).date().isoformat() for more in range(days_a_night)]
        yield begin + timedelta(days=days_a_night), [line for date in dates for line in days.get(date, ())]


def prove(nights: Nights, drops: Sequence[tuple[datetime, list[str]]], interval: int = 0) -> list[str]:
    """Drops the lines of each night and runs it; returns the outbox's differences from one dry run, a line each.

    `interval`: the number of nights between printed lines of figures, 0 for none.
    """
    (nights.folder / "drop").mkdir(parents=True)
    data = nights.project / "data"
    (nights.folder / "contacts.csv").write_bytes((data / "contacts.csv").read_bytes())
    for number, (until, lines) in enumerate(drops, 1):
        if lines:
            name = f"{(until - timedelta(days=1)).date()}.jsonl"
            (nights.folder / "drop" / name).write_text("".join(lines), encoding="utf-8")
        nights.night(until)
        if interval and number % interval == 0:
            size = nights.store.stat().st_size / 2**20
            print(f"{until.date()}  {dict(nights.figures)}  {nights.seconds:.1f} s a night, {size:.1f} MiB", flush=True)
    # Anything due at the very end of a run waits for the next run, but a dry run includes it.
    plan = nights.plan(drops[-1][0] - timedelta(microseconds=1)).splitlines()
    rows = outbox(nights.store).splitlines()
    lost, doubled = Counter(plan) - Counter(rows), Counter(rows) - Counter(plan)
    nights.figures["rows"] = len(rows)
    moved = [] if lost or doubled or rows == plan else ["the rows are the same in another order"]
    return [f"lost: {row}" for row in lost] + [f"doubled: {row}" for row in doubled] + moved


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nights", type=int, help="only the first so many")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    project = shipped("scenarios")
    drops = list(by_night(project / "data" / "events.jsonl.gz"))[: arguments.nights]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        nights = Nights(project, Path(folder), Random(arguments.seed))
        differences = prove(nights, drops, interval=10)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"{dict(nights.figures)}, {nights.store.stat().st_size / 2**20:.1f} MiB")
        print(
            f"{time.monotonic() - began:,.0f} s, {used.ru_utime + used.ru_stime:,.0f} s of processor time,"
            f" {used.ru_maxrss / 1024:,.0f} MiB at most in one process"
        )
    print("\n".join(differences[:20]) if differences else "nothing was lost or doubled")
    raise SystemExit(1 if differences else 0)


if __name__ == "__main__":
    main()
