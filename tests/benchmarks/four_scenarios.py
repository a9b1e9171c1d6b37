"""Four shipped scenarios over a log of a shop (see `logs`), and alternatives for a part of the work.

The rows below the first two do only the work of the cart scenario, without a policy and without the other reports of
`dry-run`: a loop written by hand for it (`cart_loop`), whose counts are compared with those of the dry run, two
state-machine libraries (`state_machine`), and a query that only counts the carts without an order within an hour.
Libraries that get slower with every cart run over logs of at most a million events.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks import projects
from tests.benchmarks.timing import Cost, cost, scenario

_MOST_FOR_SLOW = 1_000_000

_SQL = """
  SELECT count(*) FROM (
    SELECT contact_id, cart_id, max("timestamp") FILTER (event = 'cart_updated') AS changed,
           max("timestamp") FILTER (event = 'order_completed') AS ordered
    FROM read_parquet('{log}') WHERE event IN ('cart_updated', 'order_completed') GROUP BY ALL
  ) WHERE changed IS NOT NULL AND (ordered IS NULL OR ordered < changed OR ordered > changed + INTERVAL 1 HOUR)
"""


def measure(events: int, logs: Path, packages: Mapping[str, Path]) -> None:
    log, contacts = logs / "events.parquet", logs / "contacts.parquet"
    if not contacts.exists():
        cost(["-m", "tests.benchmarks.logs", str(events), str(logs)])
    print(f"\n{events:,} events{'':>26} {'processor':>10} {'time':>10} {'MiB':>6} {'events/s':>10} {'x the loop':>10}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        own = {
            (project.name, name): _dry_run(project, package, log, contacts, folder)
            for project in (projects.four(folder), projects.cart_alone(folder))
            for name, package in packages.items()
        }
        counted = _counts(json.loads((folder / "result.json").read_text(encoding="utf-8")))
        loop = cost(["-m", "tests.benchmarks.cart_loop", str(log), str(contacts)], output=folder / "loop.json")
        by_hand = Counter(json.loads((folder / "loop.json").read_text(encoding="utf-8")))
    if counted != by_hand:
        raise SystemExit(f"the loop counts otherwise than the dry run: {counted - by_hand} {by_hand - counted}")
    for (project_name, name), spent in own.items():
        _row(f"{_WORK[project_name]}, {name}", spent, events, loop)
    _row("cart scenario, loop by hand", loop, events, loop)
    for library in ("transitions-bare", "transitions", "python-statemachine"):
        if library == "transitions-bare" or events <= _MOST_FOR_SLOW:
            spent = cost(["-m", "tests.benchmarks.state_machine", library, str(log)])
            _row(f"cart scenario, {library}", spent, events, loop)
    query = _SQL.format(log=log)
    _row("carts counted by SQL", cost(["-c", f"import duckdb; duckdb.execute({query!r}).fetchall()"]), events, loop)


_WORK = {"four": "four scenarios", "cart": "cart scenario"}


def _dry_run(project: Path, package: Path, log: Path, contacts: Path, folder: Path) -> Cost:
    arguments = ("dry-run", "--project", str(project), "--events", str(log), "--contacts", str(contacts), "-q")
    command = scenario(*arguments, "--format", "json", "--output", str(folder / "result.json"))
    return cost(command, package, environment={"TMPDIR": str(folder)})


def _row(label: str, spent: Cost, events: int, loop: Cost) -> None:
    print(
        f"{label:<40} {spent.processor:>8.2f} s {spent.seconds:>8.2f} s {spent.peak:>6,.0f}"
        f" {events / spent.processor:>10,.0f} {spent.processor / loop.processor:>10.1f}",
        flush=True,
    )


def _counts(report: Mapping[str, Any]) -> Counter[str]:
    """The dry run's counts of the cart scenario, under the loop's names."""
    (result,) = report["scenarios"]
    counts = Counter({name: result[name] for name in ("entered", "running", "taken", "converted")})
    counts.update({f"reached {state['state']}": state["reached"] for state in result["funnel"]})
    for word, key in (("outcome", "outcomes"), ("refused", "refused"), ("sent", "sent")):
        counts.update({f"{word} {name}": count for name, count in result[key].items()})
    counts.update({f"dropped {drop['channel']} {drop['reason']}": drop["count"] for drop in result["dropped"]})
    return +counts
