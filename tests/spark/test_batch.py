"""A replay on Spark gives the rows and counts of a dry run on this machine, to the byte."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from scenario_cli.cli.main import run
from tests.proofs.drops import events_of, log_row, text, write_rows, write_world
from tests.reference.projects import World, worlds
from tests.reference.settings import examples
from tests.sample.shop import small_shop
from tests.spark.rows import in_order, local_rows

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SCENARIOS = ("cart_abandonment", "loyalty_points", "reactivation", "webinar", "welcome")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_shop(tmp_path_factory.mktemp("shop") / "shop", SCENARIOS)


@pytest.fixture(scope="module")
def expected(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str | None, ...]]:
    return local_rows(shop, tmp_path_factory.mktemp("local"))


def test_files_give_the_rows_of_a_dry_run_in_any_number_of_partitions(
    spark: SparkSession, shop: Path, expected: list[tuple[str | None, ...]]
) -> None:
    from scenario_cli.spark import replay

    assert len(expected) > 100
    for partitions in (1, 7):  # two, Spark's own number here, in the next test
        rows = replay(
            spark, shop, shop / "data" / "events.jsonl.gz", shop / "data" / "contacts.csv", partitions=partitions
        )
        assert in_order(rows.collect()) == expected


def test_data_frames_give_the_rows_of_a_dry_run(spark: SparkSession, shop: Path, tmp_path: Path) -> None:
    from scenario_cli.spark import replay

    lines = gzip.decompress((shop / "data" / "events.jsonl.gz").read_bytes()).decode().splitlines()
    numbered = [{**json.loads(line), "sequence": number} for number, line in enumerate(lines)]
    write_rows(tmp_path / "events.jsonl", [{**row, "properties": json.dumps(row["properties"])} for row in numbered])
    with duckdb.connect() as con:
        con.execute(f"COPY (FROM '{tmp_path}/events.jsonl' ORDER BY hash(sequence)) TO '{tmp_path}/events.parquet'")
        con.execute(f"COPY (FROM '{shop}/data/contacts.csv') TO '{tmp_path}/contacts.parquet'")
    events, contacts = str(tmp_path / "events.parquet"), str(tmp_path / "contacts.parquet")
    rows = local_rows(shop, tmp_path, "--events", events, "--contacts", contacts)
    assert in_order(replay(spark, shop, spark.read.parquet(events), spark.read.parquet(contacts)).collect()) == rows


def test_the_summary_is_what_a_dry_run_prints(spark: SparkSession, shop: Path, tmp_path: Path) -> None:
    from scenario_cli.spark import summary

    options = ["--project", str(shop), "--format", "json", "--output", str(tmp_path / "local.json"), "-q"]
    assert run(["dry-run", "welcome", "--from", "2024-06-01", "--until", "2024-12-31", *options]) == 0
    local = json.loads((tmp_path / "local.json").read_text(encoding="utf-8"))
    counts = summary(
        spark, shop, [shop / "data" / "events.jsonl.gz"], shop / "data" / "contacts.csv",
        scenarios=["welcome"], from_="2024-06-01", until="2024-12-31",
    )  # fmt: skip
    for side in (local, counts):
        for files in (side["log"], side["log"]["contacts_table"]):
            files["files"] = [Path(file).name for file in files["files"]]
    assert counts == local


@settings(examples(2), phases=(Phase.generate,), suppress_health_check=list(HealthCheck), deadline=None)
@given(worlds())
def test_random_projects_give_the_rows_of_a_dry_run(spark: SparkSession, world: World) -> None:
    from scenario_cli.spark import replay

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_world(folder / "project", world)
        write_rows(folder / "events.jsonl", [log_row(row) for row in events_of(world)])
        options = ["--events", str(folder / "events.jsonl"), "--until", text(world.until)]
        rows = local_rows(folder / "project", folder, *options)
        plan = replay(spark, folder / "project", folder / "events.jsonl", until=text(world.until))
        assert in_order(plan.collect()) == rows
