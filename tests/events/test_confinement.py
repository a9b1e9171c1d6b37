"""A project's exports stay in its folder, away from the network, and a query only reads."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions

PLAN: dict[str, dict[str, str | None]] = {"e": {}}
LOG = "contact_id,event,timestamp\na,e,2025-03-01\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "shop/data").mkdir(parents=True)
    (tmp_path / "shop/data/log.csv").write_text(LOG)
    (tmp_path / "secret.csv").write_text(LOG)
    return tmp_path / "shop"


def rows(root: Path, *events: str, confined: bool = True, query: str | None = None) -> int:
    exports = ExportOptions(events, root=str(root), confined=confined, query=query)
    return stage(exports, PLAN, {}, root.parent / "work").report.rows


@pytest.mark.parametrize("name", ["../secret.csv", "data/../../secret.csv", "../*.csv", "..", "data/link.csv", "link"])
def test_files_outside_the_folder_are_refused_unless_they_are_allowed(root: Path, name: str) -> None:
    (root / "data/link.csv").symlink_to(root.parent / "secret.csv")
    (root / "link").symlink_to(root.parent)
    with pytest.raises(ExportError, match="outside the project's folder") as refused:
        rows(root, str(root / name))
    assert "--allow-outside" in str(refused.value)
    if name.startswith("data/"):
        assert rows(root, str(root / name), confined=False) == 1


def test_files_inside_are_read(root: Path) -> None:
    assert rows(root, str(root / "data"), str(root / "data/*.csv")) == 1


@pytest.mark.parametrize(
    "address",
    ["https://example.com/e.csv", "s3://bucket/e.csv", "postgresql://ana:secret@db/shop", "file:///etc/passwd"],
)
def test_addresses_are_refused_before_anything_is_asked(root: Path, address: str) -> None:
    with pytest.raises(ExportError, match="name an address") as refused:
        rows(root, address)
    assert "secret" not in str(refused.value)


def test_a_database_outside_is_refused(root: Path) -> None:
    with duckdb.connect(str(root.parent / "shop.duckdb")) as con:
        con.execute("CREATE TABLE events AS SELECT 'a' AS contact_id, 'e' AS event, 1 AS timestamp")
    with pytest.raises(ExportError, match="outside the project's folder"):
        rows(root, str(root.parent / "shop.duckdb"))
    assert rows(root, str(root.parent / "shop.duckdb"), confined=False) == 1


OUTSIDE = [
    "SELECT * FROM '../secret.csv'",
    "SELECT * FROM read_csv('{outside}/secret.csv')",
    "SELECT content, 'e' AS event FROM read_text('/etc/hostname')",
    "FROM glob('/etc/*')",
    "SELECT * FROM 'https://example.com/e.csv'",
    "SELECT * FROM read_parquet('s3://bucket/e.parquet')",
    "WITH x AS (SELECT * FROM '{outside}/secret.csv') SELECT * FROM x",
]


@pytest.mark.parametrize("query", OUTSIDE)
def test_a_query_of_the_project_reaches_no_other_file(root: Path, query: str) -> None:
    with pytest.raises(ExportError):
        rows(root, query=query.format(outside=root.parent))


def test_a_query_of_the_project_names_files_from_its_folder(root: Path) -> None:
    assert rows(root, query="SELECT * FROM 'data/log.csv' -- all of it") == 1
    (root / "data/link.csv").symlink_to(root.parent / "secret.csv")
    with pytest.raises(ExportError, match="outside the project's folder"):
        rows(root, query="SELECT * FROM 'data/link.csv'")


STATEMENTS = [
    "SELECT 1; COPY (SELECT 1) TO '{out}'",
    "SELECT 1) TO '{out}' (FORMAT csv); --",
    "COPY (SELECT 1) TO '{out}'",
    "ATTACH '{out}' AS x",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA version",
    "SET enable_external_access = true",
    "/* SELECT */ COPY (SELECT 1) TO '{out}'",
    "CREATE TABLE x AS SELECT 1",
    "EXPORT DATABASE '{out}'",
    "CALL pragma_version()",
    "EXPLAIN SELECT 1",
    " ; ",
]


@pytest.mark.parametrize("query", STATEMENTS)
@pytest.mark.parametrize("confined", [True, False])
def test_a_query_is_one_select_and_writes_nothing(root: Path, query: str, confined: bool) -> None:
    out = root.parent / "out.csv"
    with pytest.raises(ExportError):
        rows(root, confined=confined, query=query.format(out=out))
    with duckdb.connect(str(root / "shop.duckdb")) as con:
        con.execute("CREATE TABLE events AS SELECT 'a' AS contact_id")
    if query.strip(" ;"):
        with pytest.raises(ExportError):
            rows(root, str(root / "shop.duckdb"), confined=confined, query=query.format(out=out))
    assert not out.exists()


WRITES = [
    "ATTACH '{out}' AS x",
    "INSERT INTO events VALUES (1, 1, 1)",
    "PRAGMA user_version = 3",
    "SELECT load_extension('x')",
    "DROP TABLE events",
    "VACUUM INTO '{out}'",
]


@pytest.mark.parametrize("query", WRITES)
def test_a_query_of_sqlite_only_reads(root: Path, query: str) -> None:
    con = sqlite3.connect(root / "shop.sqlite")
    con.execute("CREATE TABLE events (contact_id, event, timestamp)")
    con.execute("INSERT INTO events VALUES ('a', 'e', 1)")
    con.commit()
    con.close()
    out = root.parent / "out.db"
    assert rows(root, str(root / "shop.sqlite"), query="SELECT * FROM events") == 1
    with pytest.raises(ExportError):
        rows(root, str(root / "shop.sqlite"), query=query.format(out=out))
    assert not out.exists()
