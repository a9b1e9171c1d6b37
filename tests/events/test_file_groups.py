"""Many small files are read in few queries, and the report about them stays the same."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import pytest

from scenario_cli.events import file_groups, staging
from tests.events.exports import Read

PLAN: dict[str, dict[str, str | None]] = {"e": {"note": "string"}}


def line(contact: str, at: object, **more: object) -> str:
    return json.dumps({"contact_id": contact, "event": "e", "timestamp": at, **more}) + "\n"


def hourly(count: int) -> dict[str, str | bytes]:
    return {
        f"{hour:03}.jsonl": line("a", hour + 1, note=f"n{hour}") * 2
        + "\n"
        + (line("b", "soon") if hour % 3 == 0 else "")
        for hour in range(count)
    }


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The numbers of the files in each query over several files."""
    numbers: list[list[int]] = []

    def read(*arguments: object) -> list[int] | None:
        counts = file_groups.read_together(*arguments)  # type: ignore[arg-type]
        if counts is not None:
            numbers.append(arguments[2])  # type: ignore[arg-type]
        return counts

    monkeypatch.setattr(staging, "read_together", read)
    return numbers


def test_rows_keep_their_file_line_and_order(read: Read, queries: list[list[int]], tmp_path: Path) -> None:
    log = read(hourly(30), PLAN, rejects=str(tmp_path / "out.jsonl"))
    assert queries == [list(range(30))]
    assert (log.report.rows, log.report.used) == (70, 60)
    (contact,) = log.stream()
    assert [event.properties["note"] for event in contact.events[::2]] == [f"n{hour}" for hour in range(30)]
    rejected = [json.loads(row) for row in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(Path(row["file"]).name, row["line"], row["row"]) for row in rejected] == [
        (f"{hour:03}.jsonl", 4, line("b", "soon").strip()) for hour in range(0, 30, 3)
    ]


def test_files_are_read_singly_after_a_broken_line_or_another_encoding(read: Read, queries: list[list[int]]) -> None:
    files = hourly(6)
    files["002.jsonl"] = line("a", 2) + "terminated early\n"
    files["004.jsonl"] = '{"contact_id": "zoé", "event": "e", "timestamp": 4}\n'.encode("latin-1")
    log = read(files, PLAN)
    assert queries == []
    assert {reject.reason: reject.count for reject in log.report.unusable}["broken line"] == 1
    assert log.report.rows == 2 * 4 + 2 + 2 + 1
    assert [each.contact_id for each in log.stream()] == ["a", "zoé"]


def test_files_of_another_shape_are_joined_and_of_another_format_are_not(read: Read, queries: list[list[int]]) -> None:
    files = {
        **hourly(3),
        "003.jsonl.gz": gzip.compress(line("a", 3).encode()),
        "004.jsonl.gz": gzip.compress(line("a", 4).encode()),
        "005.csv": "contact_id,event,timestamp\na,e,5\n",
        "006.jsonl": line("a", 6),
        "007.jsonl": "",
        "008.jsonl": line("a", 8),
    }
    log = read(files, PLAN)
    assert queries == [[0, 1, 2, 3, 4]]
    assert (log.report.used, log.report.rows) == (6 + 2 + 1 + 2, 6 + 1 + 2 + 1 + 2)
    assert [note for note in log.report.notes if "has no rows" in note]


@pytest.mark.parametrize(
    "form", ["FORMAT parquet", "FORMAT csv", "FORMAT csv, HEADER false", "FORMAT csv, DELIMITER ';'"]
)
def test_files_of_every_format(read: Read, queries: list[list[int]], tmp_path: Path, form: str) -> None:
    files, wrong = {}, "CASE WHEN i = 2 THEN NULL ELSE 'a' END"
    for hour in range(5):
        columns = f"{wrong} AS contact_id, 'e' AS event, {hour * 10 + 1} + i AS timestamp, 'n' AS note"
        rows = f"SELECT {columns} FROM range(4) r(i)"
        duckdb.execute(f"COPY ({rows}) TO '{tmp_path}/x' ({form})")
        files[f"{hour}.{'parquet' if 'parquet' in form else 'csv'}"] = (tmp_path / "x").read_bytes()
    mapping = {"contact_id": "column0", "event": "column1", "timestamp": "column2"} if "false" in form else {}
    log = read(files, PLAN, mapping=mapping, rejects=str(tmp_path / "out.jsonl"))
    assert queries == [[0, 1, 2, 3, 4]]
    assert (log.report.rows, log.report.used) == (20, 15)
    rejected = [json.loads(row) for row in (tmp_path / "out.jsonl").read_text().splitlines()]
    line = 4 if "csv" in form and "false" not in form else 3
    assert [(Path(row["file"]).stem, row["line"]) for row in rejected] == [(str(hour), line) for hour in range(5)]
    assert all("3" in row["row"] for row in rejected)


def test_a_group_is_bounded(read: Read, queries: list[list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_groups, "_MOST_FILES", 4)
    assert read(hourly(10), PLAN).report.rows == 24
    assert queries == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_small_files_with_different_headers_are_read_as_each_by_itself(read: Read) -> None:
    types_by_event: dict[str, dict[str, str | None]] = {
        "e": {"a": "number", "b": "date", "c": "string"}, "f": {"b": "date", "n": "integer"}
    }  # fmt: skip
    files = {
        "1.csv": "contact_id,event,timestamp,a\nx,e,1,5\nx,e,2,many\n,e,3,1\n",
        "2.csv": "event,b,contact_id,timestamp\nf,2025-03-04,y,4\ne,2025-02-30,y,5\n",
        "3.csv": 'contact_id;event;timestamp;properties\nx;e;6;"{""c"": ""in"", ""a"": 7}"\n',
        "4.csv": 'timestamp;c;contact_id;event;properties\n7;"plain";z;e;\n',
        "5.jsonl": '{"contact_id": "x", "event": "e", "timestamp": 8, "c": null, "a": 9}\n',
        "6.jsonl": '{"contact_id": "x", "event": "f", "timestamp": 9, "properties": {"n": 3}, "n": 4}\n',
        "7.csv": "contact_id,event,timestamp,event_id,sequence\nx,e,1,id7,2\nx,e,1,id8,1\nx,g,1,,\n",
    }
    whole = read(files, types_by_event)
    assert {
        (each.contact_id, event.name, event.at, event.event_id, str(dict(event.properties)))
        for each in whole.stream()
        for event in each.events
    } == {
        (each.contact_id, event.name, event.at, event.event_id, str(dict(event.properties)))
        for name, content in files.items()
        for each in read({name: content}, types_by_event).stream()
        for event in each.events
    }
    assert [(reject.reason, [(sample.file[-5:], sample.line) for sample in reject.samples])
            for reject in whole.report.unusable] == [("no contact id", [("1.csv", 4)])]  # fmt: skip
    assert [(misfit.event, misfit.property, misfit.example) for misfit in whole.report.misfits] == [
        ("e", "a", "many"), ("e", "b", "2025-02-30"),
    ]  # fmt: skip


def test_one_broken_file_of_many_costs_only_its_line(read: Read) -> None:
    files = {f"{n:02}.csv": f"contact_id,event,timestamp,p{n}\nx,e,{n + 1},1\n" for n in range(20)}
    files["07.csv"] = 'contact_id,event,timestamp,p7\nx,e,8,1\nx,e,9,"open\nx,e,10,1,1\n'
    log = read(files, {"e": {"p7": "integer", "p19": "integer"}})
    (contact,) = log.stream()
    assert [dict(event.properties) for event in contact.events if event.properties] == [{"p7": 1}, {"p19": 1}]
    assert len(contact.events) == 20
    assert [reject.count for reject in log.report.unusable] == [2]
