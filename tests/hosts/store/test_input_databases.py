"""A run's reading of databases and queries: each row once, by a column with only growing values."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.hosts.store.inputs import same_inputs
from tests.hosts.store.drops import HEADER, Drop, read_ids, row

COLUMNS = "event_id VARCHAR, contact_id VARCHAR, event VARCHAR, timestamp VARCHAR, received_at {}"


def carry_out(path: Path, sql: str, *rows: tuple[object, ...]) -> None:
    """Runs the statement once for each row, in a database of the kind that the file name gives."""
    con: Any = sqlite3.connect(path) if path.suffix == ".sqlite" else duckdb.connect(str(path))
    for values in rows or ((),):
        con.execute(sql, values)
    if path.suffix == ".sqlite":
        con.commit()
    con.close()


def create_database(path: Path, kind: str = "TIMESTAMP") -> str:
    carry_out(path, f"CREATE TABLE log ({COLUMNS.format(kind)})")
    return str(path)


def add(path: str, *rows: tuple[object, object]) -> None:
    """Adds rows with these event ids and values."""
    sql = "INSERT INTO log VALUES (CAST(? AS VARCHAR), 'ana', 'buy', '2025-03-01T10:00:00Z', ?)"
    carry_out(Path(path), sql, *rows)


# The kind of database, the type of the column, and growing values.
KINDS: dict[str, tuple[str, str, list[object]]] = {
    "DuckDB, instants": ("log.duckdb", "TIMESTAMP", ["2025-03-01 10:00", "2025-03-01 10:00:00.000001", "2025-03-02"]),
    "DuckDB, instants with a zone": (
        "log.duckdb", "TIMESTAMPTZ", ["2025-03-01 10:00+02", "2025-03-01 10:00+01", "2026-01-01"],
    ),
    "DuckDB, numbers": ("log.duckdb", "BIGINT", [9, 10, 100]),
    "DuckDB, floats": ("log.duckdb", "DOUBLE", [0.1, 0.30000000000000004, 2e300]),
    "SQLite, texts": ("log.sqlite", "TEXT", ["2025-03-01T10", "2025-03-02T09", "2025-03-02T10"]),
    "SQLite, numbers": ("log.sqlite", "INTEGER", [9, 10, 100]),
    "SQLite, reals": ("log.sqlite", "REAL", [0.5, 10.25, 100.0]),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_read_from_the_largest_value_on(drop: Drop, kind: str) -> None:
    name, column_type, (first, second, third) = KINDS[kind]
    log = create_database(drop.folder / name, column_type)
    add(log, (2, second), (1, first))
    assert sorted(drop.run(log, watermark="received_at")) == ["1", "2"]
    add(log, (3, third))
    assert drop.run(log, watermark="received_at") == ["3"]
    add(log, (4, third))
    # Event ids separate the rows that were already read.
    assert sorted(drop.run(log, watermark="received_at")) == ["3", "4"]


@pytest.mark.parametrize("name", ["log.duckdb", "log.sqlite"])
def test_a_table_without_new_rows_brings_nothing(drop: Drop, name: str) -> None:
    log = create_database(drop.folder / name)
    assert drop.look(log, watermark="received_at")[0].readings == ()
    add(log, (1, "2025-03-01"))
    assert drop.run(log, watermark="received_at") == ["1"]
    inputs, _ = drop.look(log, watermark="received_at")
    assert (inputs.options, inputs.readings, inputs.notes) == (None, (), ())


def test_rows_read_from_a_database_are_noted(drop: Drop) -> None:
    log = create_database(drop.folder / "log.duckdb")
    add(log, (1, "2025-03-01"), (2, "2025-03-02"))
    assert drop.notes(f"{log}::log", watermark="received_at") == ["log.duckdb::log: 2 rows are new by received_at"]
    assert drop.notes(f"{log}::log", watermark="received_at") == []


def test_queries_are_narrowed(drop: Drop) -> None:
    log = create_database(drop.folder / "log.sqlite", "INTEGER")
    add(log, (1, 1), (2, 2), (3, 3))
    query = "WITH some AS (SELECT * FROM log) SELECT *, received_at AS at FROM some WHERE event_id <> '2'; "
    assert drop.run(log, query=query, watermark="AT") == ["1", "3"]
    add(log, (4, 4))
    assert drop.run(log, query=query, watermark="AT") == ["4"]


def test_a_query_of_files_is_narrowed(drop: Drop) -> None:
    path = drop.write("a.csv", HEADER + row(1))
    query = f"SELECT *, CAST(event_id AS INTEGER) AS number FROM '{path}' -- all of it"
    assert drop.run(query=query, watermark="number") == ["1"]
    drop.append("a.csv", row(2))
    assert drop.run(query=query, watermark="number") == ["2"]


def test_a_changed_query_continues(drop: Drop) -> None:
    log = create_database(drop.folder / "log.duckdb")
    add(log, (1, "2025-03-01"))
    first, second = "SELECT * FROM log", "SELECT *, 1 AS more FROM log"
    assert drop.run(log, query=first, watermark="received_at") == ["1"]
    assert drop.notes(log, query=second, watermark="received_at") == [
        "log.duckdb continues log.duckdb SELECT * FROM log: rows from received_at 2025-03-01 00:00:00 on"
    ]
    assert drop.notes(log, query=second, watermark="received_at") == []
    add(log, (2, "2025-03-02"))
    assert drop.run(log, query=second, watermark="received_at") == ["2"]
    # Another database is not a continuation: the first source was left out.
    other = create_database(drop.folder / "other.duckdb")
    add(other, (3, "2025-01-01"))
    sources = tuple(drop.options(path, query=query) for path, query in ((log, second), (other, None)))
    assert drop.run(sources=sources, watermark="received_at") == ["3"]


def test_files_and_databases_may_be_read_together(drop: Drop) -> None:
    log = create_database(drop.folder / "log.duckdb")
    add(log, (1, "2025-03-01"))
    path = drop.write("a.csv", HEADER + row(2))
    assert drop.run(log, str(path), watermark="received_at") == ["1", "2"]
    drop.append("a.csv", row(3))
    assert drop.run(log, str(path), watermark="received_at") == ["3"]


def test_ambiguous_databases_are_refused(drop: Drop) -> None:
    log = create_database(drop.folder / "log.duckdb")
    add(log, (1, "2025-03-01"))
    path = drop.write("a.csv", HEADER + row(2))

    def refused(*events: str, **options: object) -> str:
        with pytest.raises(ExportError) as error:
            drop.look(*events, **options)  # type: ignore[arg-type]
        return str(error.value).replace(f"{drop.folder}/", "")

    assert refused(log) == (
        "new rows of log.duckdb since the last run cannot be recognised\n"
        "name a column with values that only grow, such as the time of arrival: --watermark received_at"
    )
    assert refused(str(path), watermark="received_at") == (
        "--watermark 'received_at' needs a database or query\n"
        "leave out --watermark: new rows of files are recognised by their content"
    )
    assert refused(log, watermark="recieved_at") == (
        "log.duckdb has no column 'recieved_at' for --watermark\ndid you mean 'received_at'?"
        " its columns: 'contact_id', 'event', 'event_id', 'received_at', 'timestamp'"
    )
    nameless = "SELECT * EXCLUDE event_id FROM log"
    assert refused(log, query=nameless, watermark="received_at") == (
        "log.duckdb has no event_id, which distinguishes rows with the same received_at\nmap it: --map event_id=COLUMN"
    )
    assert drop.run(log, watermark="received_at") == ["1"]
    assert "but drop/a.csv is not one" in refused(str(path), query="SELECT 1")
    add(log, (2, None))
    assert refused(log, watermark="received_at") == (
        "1 row has no received_at in log.duckdb: it is unknown whether they are new\n"
        "fill it, or exclude these rows with --query"
    )
    sources = (drop.options(log), drop.options(log, mapping={"event": "'other'"}))
    assert "is in the export twice" in refused(sources=sources, watermark="received_at")
    drop.readings = [replace(each, watermark="loaded_at=3") for each in drop.readings if each.watermark]
    assert "keep --watermark loaded_at" in refused(log, watermark="received_at")


def test_several_changes_at_once_are_refused(drop: Drop) -> None:
    logs = [create_database(drop.folder / f"{name}.duckdb") for name in "abcd"]
    for number, log in enumerate(logs):
        add(log, (number, "2025-03-01"))
    assert drop.run(*logs[:2], watermark="received_at") == ["0", "1"]
    with pytest.raises(ExportError, match="2 databases or queries are new, and 2 of the last run are missing"):
        drop.look(*logs[2:], watermark="received_at")


def test_a_run_that_was_cut_off_needs_the_same_rows(drop: Drop) -> None:
    log = create_database(drop.folder / "log.duckdb")
    add(log, (1, "2025-03-01"), (2, "2025-03-02"), (3, "2025-03-03"))
    inputs, options = drop.look(log, watermark="received_at")

    def again() -> list[str]:
        return sorted(read_ids(same_inputs(options, inputs.readings, drop.workspace(), "received_at")))

    add(log, (4, "2025-03-04"))
    assert again() == ["1", "2", "3"]
    # A new row with the largest value is read as well; the next run recognizes it by its id.
    add(log, (5, "2025-03-03"))
    assert again() == ["1", "2", "3", "5"]
    drop.readings += [reading.input for reading in inputs.readings]
    carry_out(Path(log), "DELETE FROM log WHERE event_id = '2'")
    with pytest.raises(ExportError, match="have changed since the unfinished run read them"):
        again()
    assert sorted(drop.run(log, watermark="received_at")) == ["3", "4", "5"]
