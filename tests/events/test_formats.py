"""The same events give the same log from every format."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scenario_cli.events.staged import StagedLog
from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions
from tests.events.exports import ORDER, Read

ROWS: list[tuple[str, str, str, dict[str, object]]] = [
    ("ana", "order_completed", "2024-03-01T10:00:00Z", {"total": 59.9, "order_id": "o1", "first": True, "items": [1]}),
    ("bob", "order_completed", "2024-03-02T10:00:00Z", {"total": 60, "order_id": 'Zoë, "the" 1st'}),
    ("ana", "page_viewed", "2024-03-02T11:00:00Z", {}),
    ("ana", "order_completed", "2024-03-03T10:00:00Z", {"order_id": "two\nlines"}),
]
COLUMNS = ("contact_id", "event", "timestamp", "total", "order_id", "first", "items")
SEEN = [
    ("ana", [(1709287200000000, {"total": 59.9, "order_id": "o1", "first": True, "items": [1]}),
             (1709460000000000, {"order_id": "two\nlines"})]),
    ("bob", [(1709373600000000, {"total": 60, "order_id": "Zoë, \"the\" 1st"})]),
]  # fmt: skip


def delimited(separator: str = ",", end: str = "\n") -> str:
    def cell(value: object) -> str:
        text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
        return '"' + text.replace('"', '""') + '"' if any(c in text for c in f'{separator}"\n') else text

    lines = [separator.join(COLUMNS)]
    for contact, event, moment, values in ROWS:
        lines.append(separator.join(map(cell, (contact, event, moment, *(values.get(c) for c in COLUMNS[3:])))))
    return end.join(lines) + end


def objects() -> list[dict[str, object]]:
    return [
        {"contact_id": contact, "event": event, "timestamp": moment, **values}
        for contact, event, moment, values in ROWS
    ]


def json_lines() -> str:
    return "".join(json.dumps(each) + "\n" for each in objects())


def converted(folder: Path, how: str) -> bytes:
    """The JSON lines as another format that the database writes."""
    (folder / "source.jsonl").write_text(json_lines())
    duckdb.execute(f"COPY (SELECT * FROM '{folder}/source.jsonl') TO '{folder}/target' ({how})")
    return (folder / "target").read_bytes()


def events_by_contact(log: StagedLog) -> list[tuple[str, list[tuple[int, object]]]]:
    return [(each.contact_id, [(e.at, e.properties) for e in each.events]) for each in log.stream()]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", delimited().encode()),
        ("a.csv", delimited(end="\r\n").encode()),
        ("a.csv", delimited(";").encode()),
        ("a.csv", delimited("|").encode()),
        ("a.tsv", delimited("\t").encode()),
        ("a.csv", delimited().encode("utf-8-sig")),
        ("a.csv", delimited().encode("utf-16")),
        ("a.csv", delimited().encode("utf-16-le")),
        ("a.csv", delimited().encode("utf-16-be")),
        ("a.csv.gz", gzip.compress(delimited().encode("utf-16"))),
        ("a.jsonl", json_lines().encode("utf-16")),
        ("export", json_lines().encode("utf-16")),
        ("a.csv", delimited().encode("cp1252")),
        ("a.csv.gz", gzip.compress(delimited().encode())),
        ("a.jsonl", json_lines().encode()),
        ("a.ndjson", json_lines().replace("\n", "\r\n\r\n").encode()),
        ("a.jsonl", json_lines().encode("utf-8-sig")),
        ("a.jsonl.gz", gzip.compress(json_lines().encode())),
        ("a.json", json_lines().encode()),
        ("a.json", json.dumps(objects()).encode()),
        ("a.json", json.dumps(objects(), indent=2, ensure_ascii=False).encode("cp1252")),
        ("a.json", "\n".join(json.dumps(each, indent=1) for each in objects()).encode()),
        ("export", delimited().encode()),
        ("export", json_lines().encode()),
        ("export", gzip.compress(json_lines().encode())),
    ],
)
def test_every_text_format_gives_the_same_log(read: Read, name: str, content: bytes) -> None:
    log = read({name: content})
    assert events_by_contact(log) == SEEN
    assert (log.report.rows, log.report.used, log.report.unwanted) == (4, 3, (("page_viewed", 1),))
    assert log.report.unusable == ()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.parquet", "FORMAT parquet"),
        ("export", "FORMAT parquet"),
        ("a.csv.zst", "FORMAT csv, COMPRESSION zstd"),
        ("a.jsonl.zst", "FORMAT json, COMPRESSION zstd"),
    ],
)
def test_parquet_and_zstd_give_the_same_log(read: Read, tmp_path: Path, name: str, form: str) -> None:
    assert events_by_contact(read({name: converted(tmp_path, form)})) == SEEN


def test_nested_and_typed_parquet_columns_are_read(read: Read, tmp_path: Path) -> None:
    duckdb.execute(
        "COPY (SELECT {'id': 7.0::DOUBLE} AS user, 'order_completed' AS event, TIMESTAMPTZ '2024-03-01 10:00:00+00'"
        " AS timestamp, {'total': 12.5::DECIMAL(9, 2), 'items': [{'sku': 'A'}]} AS properties,"
        " MAP {'order_id': 'o1'} AS extra, DATE '2024-02-29' AS paid_on, TIMESTAMP '2024-02-29 12:00:00' AS shipped_at,"
        f" 'nan'::DOUBLE AS weight, 9007199254740993 AS number) TO '{tmp_path}/a.parquet'"
    )
    types_by_event: dict[str, dict[str, str | None]] = {
        "order_completed": {
            "total": "number",
            "items": "array",
            "order_id": "string",
            "paid_on": "date",
            "shipped_at": "datetime",
            "weight": "number",
            "number": "number",
            "any": None,
        }
    }
    content = (tmp_path / "a.parquet").read_bytes()
    mapping = {"contact_id": "user.id", "order_id": "extra.order_id", "any": "paid_on"}
    ((contact, ((_, properties),)),) = events_by_contact(read({"a.parquet": content}, types_by_event, mapping=mapping))
    assert contact == "7"
    assert properties == {
        "total": 12.5,
        "items": [{"sku": "A"}],
        "order_id": "o1",
        "paid_on": "2024-02-29",
        "shipped_at": "2024-02-29T12:00:00",
        "number": 9007199254740993,
        "any": "2024-02-29",
    }


def test_a_folder_is_read_by_name_and_other_files_are_named(read: Read, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    for name, contact in (("2.csv", "b"), ("1.csv", "a"), (".hidden.csv", "c"), ("notes.md", "d")):
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"contact_id,event,timestamp\n{contact},order_completed,2024-03-01\n")
    log = stage(ExportOptions((str(folder),)), ORDER, {}, tmp_path / "work")
    assert log.report.files == (str(folder / "1.csv"), str(folder / "2.csv"))
    assert log.report.notes == (f"in {folder} ignored, because their names are not exports: notes.md",)
    by_glob = stage(ExportOptions((str(folder / "[12].csv"),)), ORDER, {}, tmp_path / "work2")
    assert by_glob.report.files == log.report.files


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "exports" / "a.csv"
    path.parent.mkdir()
    path.write_text("contact_id,event,timestamp\nana,order_completed,2024-03-01\n")
    log = stage(ExportOptions((str(path), str(path.parent))), ORDER, {}, tmp_path / "work")
    assert log.report.rows == 1
    assert log.report.notes == (f"{path} is given more than once and was read once",)


def test_standard_input_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(json_lines().encode()))))
    log = stage(ExportOptions(("-",)), ORDER, {}, tmp_path / "work")
    assert log.report.files == ("standard input",)
    assert events_by_contact(log) == SEEN


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", ""), ("a.csv", "\n\n"), ("a.jsonl", ""), ("a.csv", "contact_id,event,timestamp\n")]
)
def test_an_empty_file_is_noted(read: Read, name: str, content: str) -> None:
    report = read({name: content}).report
    assert (report.rows, report.first, report.last) == (0, None, None)
    assert len(report.notes) == 1
    assert report.notes[0].endswith("a.csv has no rows") or report.notes[0].endswith("a.jsonl has no rows")


def test_latin1_is_noted_with_its_first_line(read: Read) -> None:
    report = read({"a.csv": delimited().encode("cp1252")}).report
    assert len(report.notes) == 1
    assert report.notes[0].endswith(
        "a.csv is not UTF-8 everywhere: lines such as 3 were read as Latin-1 (Windows-1252)"
    )


ROW = '{"contact_id": "%s", "event": "order_completed", "timestamp": "2024-02-29T12:30:15Z", %s}'
ODD = [
    '"properties": {"total": 1}',
    '"total": 2, "properties": {"order_id": null}',
    '"properties": {"total": null}, "total": 3',
    '"properties": {"first": true}, "properties": {"total": 4}',
    '"properties": {"to\\u0074al": 5}',
    '"properties.total": 6',
    '"properties": [{"total": 7}], "items": [1]',
    '"properties": "{\\"total\\": 8}"',
    '"properties": {}',
]


def properties(log: StagedLog) -> dict[str, Mapping[str, Any]]:
    return {each.contact_id: each.events[0].properties for each in log.stream()}


def test_a_small_file_of_json_is_read_as_among_others(read: Read) -> None:
    """A file alone is not searched for a property that no row has; with other files, it is searched for every
    property.
    """
    rows = [ROW % (number, text) for number, text in enumerate(ODD)]
    for each in ("\n".join(rows), f"[{', '.join(rows)}]"):
        among = properties(read({"a.json": each, "b.json": ROW % ("other", ODD[0])}))
        assert properties(read({"a.json": each})) == {
            contact: values for contact, values in among.items() if contact != "other"
        }
        assert len(among) == len(ODD) + 1
    for number, row in enumerate(rows):
        assert properties(read({"a.json": row})) == {str(number): among[str(number)]}
