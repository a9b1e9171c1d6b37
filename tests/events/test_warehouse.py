"""The folder of a warehouse: each event once, with its properties; other tables in the folder change nothing."""

from __future__ import annotations

import csv
import io
import json
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.events.inspect import inspect
from scenario_cli.events.split_events import SPLIT
from scenario_cli.events.staged import StagedLog
from scenario_cli.model.export import ExportOptions
from tests.events.exports import Read, write

Rows = list[dict[str, Any]]
TYPES: dict[str, str | None] = {"total": "number", "type": "string", "coupon": "string"}
WANTED = {"Order Completed": TYPES}


def common(number: int, user: str | None = "ana") -> dict[str, Any]:
    at = f"2025-03-01 10:00:{number:02}"
    return {"id": f"m{number}", "anonymous_id": "v1", "user_id": user, "original_timestamp": at, "received_at": at,
            "sent_at": at, "timestamp": at}  # fmt: skip


def event(number: int, **more: Any) -> dict[str, Any]:
    return {**common(number), "event": "order_completed", "event_text": "Order Completed", **more}


TRACKS: Rows = [event(1), event(2), event(3)]
OWN: Rows = [event(1, total=19.5, type="gift"), event(2, total=7, type="card")]
PAGES: Rows = [{**common(4), "name": "Home", "url": "/", "type": "landing"}]
IDENTIFIES: Rows = [{**common(5, "ana"), "email": "ana@example.com"}]
USERS: Rows = [{"id": "ana", "received_at": "2025-03-01 10:00:00", "email": "ana@example.com", "plan": "pro"}]


def written(rows: Rows, kind: str, folder: Path) -> bytes:
    if kind == "jsonl":
        return "".join(json.dumps(row) + "\n" for row in rows).encode()
    if kind == "parquet":
        folder.mkdir(exist_ok=True)
        (folder / "rows.jsonl").write_bytes(written(rows, "jsonl", folder))
        read = f"SELECT * FROM read_json('{folder}/rows.jsonl')"
        duckdb.execute(f"COPY ({read}) TO '{folder}/rows.parquet' (FORMAT parquet)")
        return (folder / "rows.parquet").read_bytes()
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def events_of(log: StagedLog) -> list[tuple[str, str | None, dict[str, Any]]]:
    return [(event.name, event.event_id, dict(event.properties)) for each in log.stream() for event in each.events]


ORDERS = [
    ("Order Completed", "m1", {"total": 19.5, "type": "gift"}),
    ("Order Completed", "m2", {"total": 7, "type": "card"}),
    ("Order Completed", "m3", {}),
]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("own", ["order_completed", "viewed"])
def test_an_event_of_two_tables_is_one_event_with_its_properties(
    read: Read, tmp_path: Path, kind: str, own: str
) -> None:
    files = {f"tracks.{kind}": written(TRACKS, kind, tmp_path / "a"), f"{own}.{kind}": written(OWN, kind, tmp_path)}
    for names in permutations(files):
        log = read({name: files[name] for name in names}, WANTED)
        assert events_of(log) == ORDERS
        assert [(reject.reason, reject.count) for reject in log.report.unusable] == [(SPLIT, 2)]


def test_properties_of_both_tables_are_joined(read: Read) -> None:
    first = written([event(1, total=5, coupon=None), event(2, total=6, coupon="A")], "csv", Path())
    second = written([event(1, type="gift", total=5.5), event(2, type="card", total=None)], "csv", Path())
    log = read({"tracks.csv": first, "order_completed.csv": second}, WANTED)
    assert events_of(log) == [
        ("Order Completed", "m1", {"total": 5.5, "type": "gift"}),
        ("Order Completed", "m2", {"total": 6, "type": "card", "coupon": "A"}),
    ]


def test_an_event_that_nothing_wants_is_counted_once(read: Read) -> None:
    log = read({"t.csv": written(TRACKS, "csv", Path()), "o.csv": written(OWN, "csv", Path())}, {"page": {}})
    assert log.report.unwanted == (("Order Completed", 3),)


def test_an_id_twice_in_one_table_is_left_to_the_executor(read: Read) -> None:
    log = read({"a.csv": written([OWN[0], OWN[0]], "csv", Path()), "b.csv": written([OWN[1]], "csv", Path())}, WANTED)
    assert [each[1] for each in events_of(log)] == ["m1", "m1", "m2"]
    assert log.report.unusable == ()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables_beside_those_of_events_do_not_stop_the_read(read: Read, tmp_path: Path, kind: str) -> None:
    tables = {"tracks": TRACKS, "order_completed": OWN, "pages": PAGES, "identifies": IDENTIFIES, "users": USERS}
    files = {f"{name}.{kind}": written(rows, kind, tmp_path / name) for name, rows in tables.items()}
    types_by_event: dict[str, dict[str, str | None]] = {
        **WANTED, "page": {"name": "string", "type": "string"}, "identify": {"email": "string"}
    }  # fmt: skip
    for source in (None, "segment"):
        log = read(files, types_by_event, source=source)
        assert events_of(log) == [
            *ORDERS,
            ("page", "m4", {"name": "Home", "type": "landing"}),
            ("identify", "m5", {"email": "ana@example.com"}),
        ]
        (note,) = [note for note in log.report.notes if "ignored" in note]
        assert f"users.{kind} was ignored: it has users, not events" in note
        assert f"users.{kind} --contacts-map contact_id=id" in note


def test_the_folders_of_a_table_in_parts_name_it(read: Read) -> None:
    files = {"pages/date=2025-03-01/part-000.csv": PAGES, "prod_screens_000.csv.gz": PAGES}
    contents = {name.removesuffix(".gz"): written(rows, "csv", Path()) for name, rows in files.items()}
    log = read(contents, {"page": {}, "screen": {}})
    assert sorted(each[0] for each in events_of(log)) == ["page", "screen"]


def test_a_table_of_users_alone_is_refused_with_its_use(read: Read) -> None:
    with pytest.raises(ExportError) as error:
        read({"users.csv": written(USERS, "csv", Path())}, WANTED, source="segment")
    assert error.value.hint and "use it as contacts table: --contacts" in error.value.hint


def test_a_table_of_an_unknown_kind_still_stops_the_read(read: Read) -> None:
    with pytest.raises(ExportError, match=r"invoices\.csv"):
        read({"tracks.csv": written(TRACKS, "csv", Path()), "invoices.csv": written(USERS, "csv", Path())}, WANTED)


def test_inspect_lists_the_properties_of_both_tables(tmp_path: Path) -> None:
    for name, rows in {"tracks": TRACKS, "viewed": OWN, "pages": PAGES, "users": USERS}.items():
        write(tmp_path / "seg", f"{name}.csv", written(rows, "csv", tmp_path))
    inspection = inspect(ExportOptions((str(tmp_path / "seg"),)), tmp_path / "work")
    assert [(event.name, event.rows) for event in inspection.events] == [("Order Completed", 3), ("page", 1)]
    assert {facts.name: facts.filled for facts in inspection.events[0].properties} == {"total": 2, "type": 2}
    assert any("users.csv was ignored" in note for note in inspection.notes)
