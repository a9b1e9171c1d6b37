"""How fast a large log is replayed, against two baselines over the same log in the same run.

`python -m tests.benchmarks.replay [EVENTS ...]` makes a log of each size (Parquet; see `logs`), runs `scenario
dry-run` of four shipped scenarios with a policy over it, and prints events a second, peak memory, and the ratios to

- SQL: a query written by hand that only counts the carts without an order within an hour;
- library: the cart scenario alone, without policy, driven through a state-machine library (see `state_machine`), once
  with each cart a model of the machine as the library's own documentation has it, which gets slower with every cart
  (so on logs of at most a million events), and once past its registry.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from scenario_cli.shipped import shipped
from tests.benchmarks import state_machine

_MOST_FOR_MODELS = 1_000_000

# Always these, under always this policy, whatever is shipped: else the figures of one day could not be held against
# those of another.
_SCENARIOS = ("cart_abandonment", "nurturing", "reactivation", "welcome")
_POLICY = """
policy:
  quiet_hours:
    - {channels: [push, sms], from: "21:00", to: "08:00"}
    - {channels: [sms], on: sun}
  caps:
    - {max: 2, per: day}
    - {max: 4, per: 7d, channels: [email]}
    - {max: 2, per: month, channels: [sms]}
  on_cap: drop
  on_quiet: delay
  max_hold: 1d
"""

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


def _project(folder: Path) -> Path:
    """The shipped project with these scenarios alone, and this policy."""
    made = folder / "project"
    shutil.copytree(shipped("scenarios"), made, ignore=shutil.ignore_patterns("data", "tests"))
    for path in made.rglob("*.yaml"):
        if path.read_text(encoding="utf-8").find("\nscenario: ") >= 0 and path.stem not in _SCENARIOS:
            path.unlink()
    (made / "policy.yaml").write_text(_POLICY, encoding="utf-8")
    return made


def _dry_run(project: Path, log: Path, contacts: Path, folder: Path) -> float:
    """Runs it; its peak memory, or that of its largest worker, in MiB."""
    command = [
        sys.executable, "-m", "scenario_cli.cli.main", "dry-run", *_SCENARIOS, "--project", str(project),
        "--events", str(log), "--contacts", str(contacts), "-q", "--output", str(folder / "result.txt"),
    ]  # fmt: skip
    started = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(folder)})
    _, status, used = os.wait4(started.pid, 0)
    assert status == 0
    return used.ru_maxrss / 1024


def measure(events: int) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        # In a process of its own: what this one has held would count as the dry run's memory.
        subprocess.run([sys.executable, "-m", "tests.benchmarks.logs", str(events), str(folder)], check=True)
        log, contacts = folder / "events.parquet", folder / "contacts.parquet"
        project = _project(folder)
        began = time.perf_counter()
        peak = _dry_run(project, log, contacts, folder)
        took = time.perf_counter() - began
        sql = _timed(lambda: _sql(log))
        bare = _timed(lambda: state_machine.run(log, models=False))
        models = _timed(lambda: state_machine.run(log, models=True)) if events <= _MOST_FOR_MODELS else None
    shown = f"{models:10.1f} {models / took:8.1f}" if models is not None else f"{'':>19}"
    print(f"{events:>12,} {took:>10.1f} {events / took:>10,.0f} {peak:>8,.0f} {sql:>8.2f} {took / sql:>8.0f} "
          f"{shown} {bare:>10.1f} {bare / took:>8.2f}", flush=True)  # fmt: skip


def main() -> None:
    sizes = [int(text.replace("_", "")) for text in sys.argv[1:]] or [100_000, 1_000_000]
    print(f"{'events':>12} {'replay, s':>10} {'events/s':>10} {'MiB':>8} {'SQL, s':>8} {'x SQL':>8} "
          f"{'models, s':>10} {'faster':>8} {'bare, s':>10} {'faster':>8}")  # fmt: skip
    for events in sizes:
        measure(events)


if __name__ == "__main__":
    main()
