"""How fast a large log is replayed, against plain SQL that only counts abandoned carts, in one run.

`python -m tests.benchmarks.replay [EVENTS ...]` makes a log of each size (Parquet; about a fifth of the events
concern a scenario), runs `scenario dry-run` over it and prints times, rates, the ratio and peak memory.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from scenario_cli.shipped import shipped

EVENTS_A_CONTACT = 50

# Every value follows from the number of the row, so that the same log comes out every time.
_LOG = """
COPY (
  WITH rows AS (
    SELECT i, hash(i) AS h, i % {contacts} AS c, i // {contacts} AS turn FROM range({events}) AS numbers(i)
  ),
  named AS (
    SELECT *,
      TIMESTAMP '2024-02-01' + to_seconds(CAST(turn * (33000000 // {each}) + h % 40000 AS BIGINT)) AS moment,
      CASE WHEN h % 100 < 45 THEN 'session_started' WHEN h % 100 < 80 THEN 'product_viewed'
           WHEN h % 100 < 94 THEN 'cart_updated' WHEN h % 100 < 98 THEN 'order_completed'
           ELSE 'newsletter_subscribed' END AS event
    FROM rows
  ),
  carted AS (SELECT *, event IN ('cart_updated', 'order_completed') AS of_cart FROM named)
  SELECT 'e' || i AS event_id, 'c' || c AS contact_id, event, moment AS "timestamp",
    CASE WHEN of_cart THEN 'k' || c || '-' || (turn // 8) END AS cart_id,
    CASE WHEN of_cart THEN CAST(h % 20000 AS DOUBLE) / 100 END AS total,
    CASE WHEN event = 'cart_updated' THEN [
      {{'sku': 'S' || (h % 400), 'name': 'Lamp', 'qty': 1 + h % 3, 'price': CAST(h % 9000 AS DOUBLE) / 100}}
    ] END AS items
  FROM carted ORDER BY moment, i
) TO '{target}' (FORMAT parquet)
"""

# What the simplest count of abandoned carts costs: carts with no order within an hour of their last change.
_BASELINE = """
  SELECT count(*) FROM (
    SELECT contact_id, cart_id, max("timestamp") FILTER (event = 'cart_updated') AS changed,
           max("timestamp") FILTER (event = 'order_completed') AS ordered
    FROM read_parquet('{log}') WHERE event IN ('cart_updated', 'order_completed') GROUP BY ALL
  ) WHERE changed IS NOT NULL AND (ordered IS NULL OR ordered < changed OR ordered > changed + INTERVAL 1 HOUR)
"""


def make_log(events: int, target: Path) -> None:
    contacts = max(events // EVENTS_A_CONTACT, 1)
    with duckdb.connect() as database:
        database.execute(_LOG.format(contacts=contacts, each=EVENTS_A_CONTACT, events=events, target=target))
        database.execute(
            f"COPY (SELECT 'c' || i AS contact_id, 'c' || i || '@example.com' AS email, true AS email_optin, "
            f"'Europe/Paris' AS timezone FROM range({contacts}) AS numbers(i)) "
            f"TO '{target.with_name('contacts.parquet')}' (FORMAT parquet)"
        )


def measure(events: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "events.parquet"
        make_log(events, log)
        began = time.perf_counter()
        with duckdb.connect() as database:
            database.execute(_BASELINE.format(log=log)).fetchall()
        baseline = time.perf_counter() - began
        command = [
            sys.executable, "-m", "scenario_cli.cli.main", "dry-run", "--project", str(shipped("scenarios")),
            "--events", str(log), "--contacts", str(log.with_name("contacts.parquet")), "-q",
            "--output", str(Path(folder) / "result.txt"),
        ]  # fmt: skip
        began = time.perf_counter()
        subprocess.run(command, check=True, env={**os.environ, "TMPDIR": folder})
        took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{events:>12,} {baseline:>10.2f} {took:>10.1f} {took / baseline:>8.0f} {events / took:>12,.0f} {peak:>9,.0f}"
    )


def main() -> None:
    sizes = [int(text.replace("_", "")) for text in sys.argv[1:]] or [100_000, 1_000_000]
    print(f"{'events':>12} {'SQL, s':>10} {'replay, s':>10} {'ratio':>8} {'events/s':>12} {'peak MiB':>9}")
    for events in sizes:
        measure(events)


if __name__ == "__main__":
    main()
