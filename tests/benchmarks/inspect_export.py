"""The time of `scenario events inspect` over a large export, compared with the database's own count, in one run.

`python -m tests.benchmarks.inspect_export [ROWS ...]` makes an export of each size (2,000,000 if left out), as CSV and
as gzipped JSON lines, inspects both and prints seconds, rows per second, the ratio and peak memory.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

# Every value depends only on the row's number, so that the export is always the same.
_ROWS = """
  SELECT 'u' || hash(i) % 100000 AS contact_id, 'e' || i AS event_id,
    CASE WHEN h < 70 THEN 'page_viewed' WHEN h < 90 THEN 'cart_updated' ELSE 'order_completed' END AS event,
    strftime(make_timestamp(1740000000000000 + i * 2000000), '%Y-%m-%dT%H:%M:%SZ') AS "timestamp",
    '/p/' || hash(i + 1) % 5000 AS url, 'cat' || hash(i + 2) % 12 AS category,
    CASE WHEN h >= 70 THEN 'c' || i // 3 END AS cart_id,
    CASE WHEN h >= 70 THEN hash(i + 3) % 20000 / 100.0 END AS total,
    CASE WHEN h >= 90 THEN 'buyer' || i || '@example.com' END AS email
  FROM (SELECT i, hash(i + 7) % 100 AS h FROM range({rows}) AS numbers(i))
"""
_JSON = """
  SELECT contact_id, event_id, event, "timestamp",
    {{'url': url, 'category': category, 'cart_id': cart_id, 'total': total, 'email': email}} AS properties
  FROM ({rows})
"""
_COUNTS = {
    "csv": "SELECT event, count(*) FROM read_csv('{path}', all_varchar = true) GROUP BY event",
    "jsonl.gz": "SELECT json->>'event', count(*) FROM"
    " read_json_objects('{path}', format = 'newline_delimited') GROUP BY 1",
}


def make(rows: int, folder: Path) -> dict[str, Path]:
    """The same export in both formats."""
    paths = {ending: folder / f"log{rows}.{ending}" for ending in _COUNTS}
    with duckdb.connect() as con:
        query = _ROWS.format(rows=rows)
        con.execute(f"COPY ({query}) TO '{paths['csv']}' (FORMAT csv)")
        con.execute(
            f"COPY ({_JSON.format(rows=query)}) TO '{paths['jsonl.gz']}' (FORMAT json, COMPRESSION gzip)"
        )  # fmt: skip
    return paths


def seconds_of_count(ending: str, path: Path) -> float:
    """The database's time, in seconds, to read the file once and count its events."""
    began = time.perf_counter()
    with duckdb.connect() as con:
        con.execute(_COUNTS[ending].format(path=path)).fetchall()
    return time.perf_counter() - began


def seconds_of_inspect(path: Path, folder: Path) -> float:
    """The time, in seconds, of a process of its own, as a user starts it."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "scenario_cli.cli.main", "events", "inspect", str(path), "--format", "json", "-q"]
    subprocess.run([*command, "--output", str(folder / "facts.json")], check=True, cwd=folder)
    return time.perf_counter() - began


def main() -> None:
    sizes = [int(size.replace(",", "").replace("_", "")) for size in sys.argv[1:]] or [2_000_000]
    print(f"{'rows':>12}  {'format':8}  {'inspect':>9}  {'rows/s':>11}  {'count':>7}  {'ratio':>5}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in sizes:
            for ending, path in make(rows, folder).items():
                count, took = seconds_of_count(ending, path), seconds_of_inspect(path, folder)
                rates = f"{rows / took:>11,.0f}  {count:>5.1f} s  {took / count:>5.1f}"
                print(f"{rows:>12,}  {ending:8}  {took:>7.1f} s  {rates}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak memory of an inspection: {peak:,.0f} MB")


if __name__ == "__main__":
    main()
