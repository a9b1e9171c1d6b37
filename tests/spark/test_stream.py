"""A stream on Spark gives the rows of one dry run, also after a stop, and loses no late event."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from tests.sample.shop import small_shop
from tests.spark.rows import in_order, local_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SCENARIOS = ("cart_abandonment", "loyalty_points", "welcome")
BATCHES = 3  # two before the stop, one after


def run_stream(rows: DataFrame, folder: Path) -> list[dict[str, Any]]:
    """Runs until all files are read; returns Spark's report on each batch."""
    query = (
        rows.writeStream.format("parquet")
        .option("path", str(folder / "rows"))
        .option("checkpointLocation", str(folder / "checkpoint"))
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()
    return [json.loads(progress.json) for progress in query.recentProgress]


def drop(folder: Path, number: int, rows: list[dict[str, Any]]) -> None:
    """Drops a file; Spark reads files in the order of their times."""
    path = folder / "events" / f"{number}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    os.utime(path, (1_000_000_000 + number, 1_000_000_000 + number))


def test_a_stopped_and_restarted_stream_gives_the_rows_of_one_dry_run(spark: SparkSession, tmp_path: Path) -> None:
    from scenario_cli.spark import stream

    shop = small_shop(tmp_path / "shop", SCENARIOS)
    lines = gzip.decompress((shop / "data" / "events.jsonl.gz").read_bytes()).decode().splitlines()
    events = sorted(map(json.loads, lines), key=lambda row: datetime.fromisoformat(row["timestamp"]))
    numbered = [{**row, "sequence": number} for number, row in enumerate(events)]
    size = len(numbered) // BATCHES + 1
    contacts = shop / "data" / "contacts.csv"

    def streamed() -> list[dict[str, Any]]:
        source = spark.readStream.option("maxFilesPerTrigger", 1).text(str(tmp_path / "events"))
        rows = stream(spark, shop, source, contacts, begins=numbered[0]["timestamp"], lateness="0 seconds")
        return run_stream(rows, tmp_path)

    for number in range(2):
        drop(tmp_path, number, numbered[number * size : (number + 1) * size])
    streamed()
    for number in range(2, BATCHES):
        drop(tmp_path, number, numbered[number * size : (number + 1) * size])
    progress = streamed()

    watermark = datetime.fromisoformat(progress[-1]["eventTime"]["watermark"])
    until = (watermark - timedelta(microseconds=1)).astimezone(UTC).isoformat()
    (tmp_path / "all.jsonl").write_text("".join(json.dumps(row) + "\n" for row in numbered), encoding="utf-8")
    options = ["--events", str(tmp_path / "all.jsonl"), "--contacts", str(contacts), "--until", until]
    with duckdb.connect() as con:
        plan = con.execute(f"SELECT * FROM '{tmp_path}/rows/*.parquet'").fetchall()
    assert len(plan) > 100
    assert in_order(plan) == local_rows(shop, tmp_path, *options)


CART = """
scenario: cart
status: live
trigger: {event: cart}
states:
  left: {on: {buy: {end: bought}}, after: {2d: reminder}}
  reminder: {send: {email: cart}, end: reminded}
"""


def test_an_event_after_the_watermark_is_late(spark: SparkSession, tmp_path: Path) -> None:
    from scenario_cli.spark import stream

    project = tmp_path / "project"
    (project / "templates").mkdir(parents=True)
    (project / "project.yaml").write_text(
        "project: shop\ntimezone: UTC\nchannels: {email: {address: contact.email}}\n", encoding="utf-8"
    )
    (project / "events.yaml").write_text("profile: {email: string}\nevents: {cart: {}, buy: {}}\n", encoding="utf-8")
    (project / "cart.yaml").write_text(CART, encoding="utf-8")
    (project / "templates" / "cart.email.j2").write_text("---\nsubject: Cart\n---\nCart\n", encoding="utf-8")
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("contact_id,email\nana,ana@example.com\nben,ben@example.com\n", encoding="utf-8")

    def event(contact: str, name: str, day: int) -> dict[str, Any]:
        return {"contact_id": contact, "event": name, "timestamp": f"2025-03-{day:02}T10:00:00Z"}

    drop(tmp_path, 0, [event("ana", "cart", 1), event("ben", "cart", 1), event("zed", "buy", 2)])
    drop(tmp_path, 1, [event("ana", "buy", 1)])  # a day behind the watermark
    drop(tmp_path, 2, [event("zed", "buy", 9)])
    source = spark.readStream.option("maxFilesPerTrigger", 1).text(str(tmp_path / "events"))
    rows = stream(spark, project, source, contacts, begins="2025-03-01", lateness="0 seconds")
    progress = run_stream(rows, tmp_path)
    operators = [operator for batch in progress for operator in batch["stateOperators"]]
    assert sum(operator["numRowsDroppedByWatermark"] for operator in operators) == 0
    with duckdb.connect() as con:
        people = con.execute(f"SELECT contact_id FROM '{tmp_path}/rows/*.parquet'").fetchall()
    assert people == [("ben",)]
