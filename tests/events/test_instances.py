"""A reused instance of the database behaves like a new one."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from scenario_cli.events import database
from scenario_cli.events.instances import borrowed_connection

ROWS = "CREATE TEMP TABLE filled AS SELECT repeat(md5(CAST(i AS VARCHAR)), 32) AS text FROM range(50_000) numbers(i)"


def test_attached_databases_and_tables_are_removed(tmp_path: Path) -> None:
    for _ in range(2):
        with database.staging(tmp_path, "rows.duckdb") as con:
            con.execute("CREATE TABLE events AS SELECT trimmed(' a ') AS name")
            con.execute("CREATE TEMP TABLE found AS FROM events")
            assert con.execute("FROM found").fetchall() == [("a",)]
        (tmp_path / "rows.duckdb").unlink()


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(duckdb.CatalogException), database.staging(tmp_path, "rows.duckdb") as con:
            con.execute("BEGIN; CREATE TABLE events (name VARCHAR)")
            con.execute("FROM nothing")
    with database.staging(tmp_path, "rows.duckdb") as con:
        assert con.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]


def test_two_at_once_have_an_instance_each(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with (
        database.staging(tmp_path, "rows.duckdb") as first,
        database.staging(tmp_path / "other", "rows.duckdb") as second,
    ):
        first.execute("CREATE TABLE events AS SELECT 1 AS number")
        second.execute("CREATE TABLE events AS SELECT 2 AS number")
        assert first.execute("FROM events").fetchall() == [(1,)]
        assert second.execute("FROM events").fetchall() == [(2,)]


def test_one_that_has_spilled_is_not_used_again_since_it_keeps_to_its_folder(tmp_path: Path) -> None:
    instances = []

    def begin() -> duckdb.DuckDBPyConnection:
        instances.append(duckdb.connect(config={"memory_limit": "30MB", "threads": "2"}))
        return instances[-1]

    with borrowed_connection(begin, tmp_path / "first") as con:
        con.execute(ROWS)
        assert (tmp_path / "first").exists()
    for _ in range(2):
        with borrowed_connection(begin, tmp_path / "second") as con:
            con.execute("SELECT 1")
    assert len(instances) == 2
