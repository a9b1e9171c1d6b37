"""The speed of reading an export, compared with the database's own read of the same file, in one run.

`python -m tests.benchmarks.reading [EVENTS ...]` makes a log of each size as CSV, as gzipped JSON lines and as
Parquet, stages each as a sorted log (two events of five needed, with their properties, every row checked), lets
DuckDB count and parse the same columns of the same file, and prints times, rates and the ratio.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import duckdb

from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions
from tests.benchmarks.logs import make

WANTED: dict[str, dict[str, str | None]] = {
    "cart_updated": {"cart_id": "string", "total": "number", "items": "array"},
    "order_completed": {"cart_id": "string", "total": "number"},
}
FORMATS = {
    "events.csv": ("FORMAT csv", "read_csv('{path}')"),
    "events.jsonl.gz": ("FORMAT json, COMPRESSION gzip", "read_json('{path}')"),
    "events.parquet": ("FORMAT parquet", "read_parquet('{path}')"),
}
# The least work of a reader: parse the needed values, and keep none.
_OWN = 'SELECT count(contact_id), count(DISTINCT event), max("timestamp"), sum(total), count(cart_id) FROM {source}'


def seconds_of_ours(path: Path, workspace: Path) -> float:
    start = time.perf_counter()
    stage(ExportOptions((str(path),)), WANTED, {}, workspace)
    return time.perf_counter() - start


def seconds_of_the_database(source: str) -> float:
    start = time.perf_counter()
    duckdb.execute(_OWN.format(source=source)).fetchall()
    return time.perf_counter() - start


def main(sizes: list[int]) -> None:
    for events in sizes:
        with tempfile.TemporaryDirectory(prefix="reading-") as folder:
            whole, _ = make(events, Path(folder))
            for name, (how, source) in FORMATS.items():
                path = Path(folder) / f"again-{name}"
                duckdb.execute(f"COPY (SELECT * FROM '{whole}') TO '{path}' ({how})")
                own = seconds_of_the_database(source.format(path=path))
                ours = seconds_of_ours(path, Path(folder) / "work")
                print(
                    f"{name:16} {events:>12,} events {path.stat().st_size / 1e6:8,.0f} MB"
                    f"   read and sorted {ours:6.1f} s {events / ours:>10,.0f}/s"
                    f"   DuckDB's own {own:6.1f} s {events / own:>10,.0f}/s   ratio {ours / own:4.1f}"
                )


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [10_000_000])
