"""The whole shipped library with its policy, over an enlarged log of the sample (see `sample_log`)."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb

from tests.benchmarks import projects
from tests.benchmarks.timing import cost, scenario


def measure(contacts: int, logs: Path, packages: Mapping[str, Path]) -> None:
    events, people = logs / "events", logs / "contacts.parquet"
    if not people.exists():
        # In a process of its own, because memory of this process would count as the dry run's.
        seconds = cost(["-m", "tests.benchmarks.sample_log", str(contacts), str(logs)])
        print(f"\nmade in {seconds.processor:,.0f} s of processor time, with {seconds.peak:,.0f} MiB")
    ((rows,),) = duckdb.execute(f"SELECT count(*) FROM read_parquet('{events}/*.parquet')").fetchall()
    print(f"\n{contacts:,} contacts, {rows:,} rows  {'processor':>12} {'time':>11} {'ms a contact':>13} {'MiB':>6}")
    with tempfile.TemporaryDirectory() as made_folder:
        folder = Path(made_folder)
        project = projects.library(folder)
        for name, package in packages.items():
            arguments = ("dry-run", "--project", str(project), "--events", str(events), "--contacts", str(people))
            command = scenario(*arguments, "-q", "--output", str(folder / f"{name}.txt"))
            spent = cost(command, package, environment={"TMPDIR": str(folder)})
            print(
                f"whole library, {name:<18} {spent.processor:>10,.1f} s {spent.seconds:>9,.1f} s"
                f" {1_000 * spent.processor / contacts:>13.2f} {spent.peak:>6,.0f}",
                flush=True,
            )
        texts = {(folder / f"{name}.txt").read_bytes() for name in packages}
        if len(texts) > 1:
            raise SystemExit("plain Python and the compiled package give different reports")
