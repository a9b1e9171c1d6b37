"""Databases, queries and addresses are read like files, and those that cannot be reached are reported."""

from __future__ import annotations

import gzip
import http.server
import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions, ReadReport

PLAN: dict[str, dict[str, str | None]] = {"buy": {"total": "number", "items": "array"}}
ROWS = "SELECT 'ana' AS who, 'buy' AS event, TIMESTAMP '2025-03-01 10:00' AS timestamp, 9.5 AS total, [1, 2] AS items"
WHO = {"contact_id": "who"}


def staged(folder: Path, *events: str, **options: Any) -> tuple[ReadReport, list[tuple[str, int, dict[str, Any]]]]:
    options = {"mapping": WHO, **options}
    log = stage(ExportOptions(events, **options), PLAN, {}, folder / "work")
    return log.report, [
        (each.contact_id, event.at // 1_000_000, dict(event.properties))
        for each in log.stream()
        for event in each.events
    ]


BOUGHT = [("ana", 1_740_823_200, {"total": 9.5, "items": [1, 2]})]


@pytest.fixture
def shop(tmp_path: Path) -> str:
    path = tmp_path / "shop.db"
    with duckdb.connect(str(path)) as con:
        con.execute(f"CREATE TABLE events AS {ROWS}")
        con.execute("CREATE TABLE orders AS SELECT * REPLACE (total * 2 AS total) FROM events")
        con.execute("CREATE VIEW people AS SELECT who AS id, 'a@example.com' AS email FROM events")
    return str(path)


def test_a_duckdb_database(tmp_path: Path, shop: str) -> None:
    report, events = staged(tmp_path, shop)
    assert (events, report.files) == (BOUGHT, (shop,))
    assert staged(tmp_path, f"{shop}::orders")[1][0][2]["total"] == 19
    query = "SELECT who, event, timestamp, total + 1 AS total FROM orders;"
    assert staged(tmp_path, shop, query=query)[1][0][2] == {"total": 20}


def test_contacts_from_a_database(tmp_path: Path, shop: str) -> None:
    options = ExportOptions((shop,), (f"{shop}::people",), WHO, {"contact_id": "id"})
    (contact,) = stage(options, PLAN, {"email": "string"}, tmp_path / "work").stream()
    assert (contact.contact_id, contact.profile) == ("ana", {"email": "a@example.com"})


def test_a_sqlite_database(tmp_path: Path) -> None:
    path = str(tmp_path / "shop.sqlite")
    con = sqlite3.connect(path)
    con.execute("CREATE TABLE log (who TEXT, event TEXT, timestamp TEXT, total REAL, items TEXT, note TEXT)")
    con.executemany(
        "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)",
        [
            ("ana", "buy", "2025-03-01 10:00:00", 9.5, "[1, 2]", 'a "note"; with, all\nof it'),
            (None, "buy", 1, 1, "", ""),
        ],
    )
    con.commit()
    con.close()
    report, events = staged(tmp_path, path)
    assert (events, report.rows, report.unusable[0].reason) == (BOUGHT, 2, "no contact id")
    assert staged(tmp_path, path, query="SELECT * FROM log WHERE who = 'bob'")[0].rows == 0


def test_a_query_names_files_by_itself(tmp_path: Path) -> None:
    duckdb.execute(f"COPY ({ROWS}) TO '{tmp_path}/a.parquet'")
    report, events = staged(tmp_path, query=f"SELECT * FROM '{tmp_path}/*.parquet'")
    assert (events, report.files) == (BOUGHT, ("query",))


@pytest.mark.parametrize(
    ("events", "query", "message"),
    [
        ("{shop}::order", None, r"shop\.db has no table 'order'"),
        ("{shop}", "SELECT nothing FROM events", "the query of .*shop.db failed: "),
        ("{shop}", "DROP TABLE events", "the query is not one SELECT, but DROP"),
        ("{other}", None, "needs the name of a table"),
        ("{csv}", "SELECT 1", "--query needs a database, but .*a.csv is not one"),
        ("{csv}.db::x", None, "does not exist"),
        ("ftp://example.com/a.csv", None, "cannot be read"),
        ("http://127.0.0.1:9/a.csv", None, "cannot be reached"),
    ],
)
def test_a_wrong_table_or_query_is_an_error_with_a_hint(
    tmp_path: Path, shop: str, events: str, query: str | None, message: str
) -> None:
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as con:
        con.execute("CREATE TABLE a (x INTEGER)")
        con.execute("CREATE TABLE b (x INTEGER)")
    (tmp_path / "a.csv").write_text("who\n")
    place = events.format(shop=shop, other=other, csv=tmp_path / "a.csv")
    with pytest.raises(ExportError, match=message) as error:
        staged(tmp_path, place, query=query)
    assert error.value.hint


def test_passwords_are_not_shown(tmp_path: Path) -> None:
    with pytest.raises(ExportError) as error:
        staged(tmp_path, "postgresql://ana:secret@127.0.0.1:9/shop")
    assert "secret" not in str(error.value)
    assert "extension 'postgres'" in str(error.value) or "postgresql://ana@127.0.0.1:9/shop" in str(error.value)


def test_a_bucket_needs_an_extension_or_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(ExportError) as error:
        staged(tmp_path, "s3://bucket/*.parquet")
    assert "hidden" not in str(error.value)
    assert "extension 'httpfs'" in str(error.value) or "s3://bucket/*.parquet cannot be read" in str(error.value)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "served"
    folder.mkdir()
    text = 'who,event,timestamp,total,items\nana,buy,2025-03-01T10:00:00Z,9.5,"[1, 2]"\n'
    (folder / "a.csv").write_text(text)
    (folder / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("b.csv", text)
    duckdb.execute(f"COPY ({ROWS}) TO '{folder}/a.parquet'")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.zip", "a.parquet"])
def test_an_address_is_read_like_the_file_it_gives(tmp_path: Path, address: str, name: str) -> None:
    report, events = staged(tmp_path, f"{address}/{name}")
    assert events == BOUGHT
    assert report.files[0].startswith(f"{address}/{name}")


def test_an_address_without_a_file_is_an_error(tmp_path: Path, address: str) -> None:
    with pytest.raises(ExportError, match="answers 404"):
        staged(tmp_path, f"{address}/b.csv")
