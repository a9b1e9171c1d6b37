"""How fast a large log is replayed, against two baselines over the same log in the same run.

`python -m tests.benchmarks.replay [EVENTS ...]` makes a log of each size (Parquet; see `logs`), runs `scenario
dry-run` of the shipped scenarios with their policy over it, and prints events a second, peak memory, and the ratios to

- SQL: a query written by hand that only counts the carts without an order within an hour;
- library: the cart scenario alone, without policy, driven through a state-machine library (see `state_machine`),
  on logs of at most a million events, beyond which it takes too long.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from scenario_cli.shipped import shipped
from tests.benchmarks import logs, state_machine

_MOST_FOR_LIBRARY = 1_000_000

# What the simplest count of abandoned carts costs: carts with no order within an hour of their last change.
_BASELINE = """
  SELECT count(*) FROM (
    SELECT contact_id, cart_id, max("timestamp") FILTER (event = 'cart_updated') AS changed,
           max("timestamp") FILTER (event = 'order_completed') AS ordered
    FROM read_parquet('{log}') WHERE event IN ('cart_updated', 'order_completed') GROUP BY ALL
  ) WHERE changed IS NOT NULL AND (ordered IS NULL OR ordered < changed OR ordered > changed + INTERVAL 1 HOUR)
"""


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _sql(log: Path) -> None:
    with duckdb.connect() as database:
        database.execute(_BASELINE.format(log=log)).fetchall()


def _dry_run(log: Path, contacts: Path, folder: Path) -> None:
    command = [
        sys.executable, "-m", "scenario_cli.cli.main", "dry-run", "--project", str(shipped("scenarios")),
        "--events", str(log), "--contacts", str(contacts), "-q", "--output", str(folder / "result.txt"),
    ]  # fmt: skip
    subprocess.run(command, check=True, env={**os.environ, "TMPDIR": str(folder)})


def measure(events: int) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        log, contacts = logs.make(events, folder)
        sql = _timed(lambda: _sql(log))
        library = _timed(lambda: state_machine.run(log)) if events <= _MOST_FOR_LIBRARY else None
        took = _timed(lambda: _dry_run(log, contacts, folder))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    faster = f"{library / took:8.1f}" if library is not None else f"{'':>8}"
    shown = f"{library:10.1f}" if library is not None else f"{'':>10}"
    print(f"{events:>12,} {sql:>8.2f} {shown} {took:>10.1f} {took / sql:>8.0f} {faster} "
          f"{events / took:>12,.0f} {peak:>9,.0f}", flush=True)  # fmt: skip


def main() -> None:
    sizes = [int(text.replace("_", "")) for text in sys.argv[1:]] or [100_000, 1_000_000]
    print(f"{'events':>12} {'SQL, s':>8} {'library, s':>10} {'replay, s':>10} {'x SQL':>8} {'faster':>8} "
          f"{'events/s':>12} {'peak MiB':>9}")  # fmt: skip
    for events in sizes:
        measure(events)


if __name__ == "__main__":
    main()
