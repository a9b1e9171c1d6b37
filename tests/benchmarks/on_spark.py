"""Four shipped scenarios over a log of a shop, on Spark with two threads and, for comparison, in two processes.

A log of one event measures the cost of Spark before it has read anything.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import duckdb

from tests.benchmarks import projects
from tests.benchmarks.timing import Cost, cost, scenario

_THREADS = 2
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux: orphans become children of this process


def measure(events: int, logs: Path, packages: Mapping[str, Path]) -> None:
    log, contacts = logs / "events.parquet", logs / "contacts.parquet"
    if not contacts.exists():
        cost(["-m", "tests.benchmarks.logs", str(events), str(logs)])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        project = projects.four(folder)
        single_event = folder / "one.parquet"
        duckdb.execute(f"COPY (FROM '{log}' LIMIT 1) TO '{single_event}'")
        print(f"\n{events:,} events{'':>20} {'processor':>10} {'time':>10} {'MiB':>6} {'x without':>10}")
        for name, package in packages.items():
            local = _local(project, package, log, contacts, folder)
            _row(f"without Spark, {name}", local, local.processor)
            started = _spark(project, package, single_event, contacts, folder, "start")
            whole = _spark(project, package, log, contacts, folder, "whole")
            _row(f"start of Spark, {name}", started, local.processor)
            work = Cost(whole.seconds - started.seconds, whole.processor - started.processor, whole.peak)
            _row(f"on Spark after its start, {name}", work, local.processor)
            if _scenarios(folder / "local.json") != _scenarios(folder / "whole.json"):
                raise SystemExit("Spark counts otherwise than the run without it")


def _local(project: Path, package: Path, log: Path, contacts: Path, folder: Path) -> Cost:
    arguments = ["dry-run", "--project", str(project), "--events", str(log), "--contacts", str(contacts), "-q"]
    arguments += ["--workers", str(_THREADS), "--format", "json", "--output", str(folder / "local.json")]
    return cost(scenario(*arguments), package, environment={"TMPDIR": str(folder)})


def _spark(project: Path, package: Path, log: Path, contacts: Path, folder: Path, name: str) -> Cost:
    command = ["-m", "tests.benchmarks.on_spark", str(project), str(log), str(contacts), str(folder / f"{name}.json")]
    return cost(command, package, environment={"TMPDIR": str(folder), "SPARK_LOCAL_DIRS": str(folder)})


def _row(label: str, spent: Cost, local: float) -> None:
    print(
        f"{label:<36} {spent.processor:>8.1f} s {spent.seconds:>8.1f} s {spent.peak:>6,.0f}"
        f" {spent.processor / local:>10.1f}",
        flush=True,
    )


def _scenarios(report: Path) -> object:
    return json.loads(report.read_text(encoding="utf-8"))["scenarios"]


def _replay(project: str, log: str, contacts: str, output: str) -> None:
    """The measured work: Spark from its start to its end, with the processes that it starts."""
    # Spark does not wait for its Python workers; the process that waits for them counts their processor time.
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    from scenario_cli.hosts.spark.session import session
    from scenario_cli.spark import summary

    spark = session(_THREADS)
    java = spark.sparkContext._gateway.proc
    counts = summary(spark, project, log, contacts)
    Path(output).write_text(json.dumps(counts), encoding="utf-8")
    spark.stop()
    java.stdin.close()
    with suppress(ChildProcessError):  # no process is left
        while True:
            os.wait()


if __name__ == "__main__":
    _replay(*sys.argv[1:])
