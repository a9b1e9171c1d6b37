"""`--rejects` writes every unusable row in full, with its reason and its line."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import duckdb
import pytest

from scenario_cli.events.errors import ExportError
from tests.events.exports import Read

PLAN: dict[str, dict[str, str | None]] = {"e": {"note": "string"}}
LONG = "x" * 500


def rejects(path: Path) -> list[tuple[int, str, str]]:
    with path.open(newline="") as file:
        return [(int(row["line"]), row["reason"], row["row"]) for row in csv.DictReader(file)]


def test_rows_of_a_csv_come_as_they_stand(read: Read, tmp_path: Path) -> None:
    text = f'contact_id,event,timestamp,note\n,e,1,"two\nlines"\na,e,1,ok\na,e,soon,{LONG}\n'
    read(text, PLAN, rejects=str(tmp_path / "out.csv"))
    assert rejects(tmp_path / "out.csv") == [
        (2, "no contact id", ',e,1,"two\nlines"'),
        (5, "unreadable timestamp", f"a,e,soon,{LONG}"),
    ]


def test_broken_lines_stand_among_the_others_by_line(read: Read, tmp_path: Path) -> None:
    bad = "".join(f'a,e\na,e,soon{number},x\na,e,1,"open\n' for number in range(20))
    report = read(f"contact_id,event,timestamp,note\n{bad}a,e,1,ok\n", PLAN, rejects=str(tmp_path / "out.csv")).report
    rejected = rejects(tmp_path / "out.csv")
    assert [line for line, _, _ in rejected] == list(range(2, 62))
    assert [reason for _, reason, _ in rejected] == ["broken line", "unreadable timestamp", "broken line"] * 20
    assert rejected[59][2] == 'a,e,1,"open'
    assert len(rejected) == sum(reject.count for reject in report.unusable)


@pytest.mark.parametrize("compressed", [False, True])
def test_json_lines(read: Read, tmp_path: Path, compressed: bool) -> None:
    good = '{"contact_id": "a", "event": "e", "timestamp": 1}'
    lines = [good, "", "terminated early", good.replace("1", f'"{LONG}"'), good]
    content = "\n".join(lines).encode()
    name, content = ("a.jsonl.gz", gzip.compress(content)) if compressed else ("a.jsonl", content)
    read({name: content}, PLAN, rejects=str(tmp_path / "out.jsonl"))
    rejected = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(each["line"], each["reason"], each["row"]) for each in rejected] == [
        (3, "broken line", "terminated early"),
        (4, "unreadable timestamp", lines[3]),
    ]
    assert rejected[0]["file"].endswith(name)


@pytest.mark.parametrize("ending", ["]", "", ', {"contact_id": "b", "ev'])
def test_elements_of_an_array_by_their_number(read: Read, tmp_path: Path, ending: str) -> None:
    values = [{"contact_id": "a", "event": "e", "timestamp": 1}, {"event": "e", "timestamp": 1, "note": LONG}]
    read({"a.json": json.dumps(values)[:-1] + ending}, PLAN, rejects=str(tmp_path / "out.csv"))
    (first, *rest) = sorted(rejects(tmp_path / "out.csv"), key=lambda each: each[1] == "broken line")
    assert (first[0], first[1], json.loads(first[2])) == (2, "no contact id", values[1])
    assert [reason for _, reason, _ in rest] == ["broken line"] * (ending != "]")


def test_rows_of_parquet_come_as_json(read: Read, tmp_path: Path) -> None:
    rows = "SELECT CASE WHEN i % 3 = 0 THEN NULL ELSE 'a' END AS contact_id, 'e' AS event, 1 AS timestamp, i AS note"
    duckdb.execute(f"COPY ({rows} FROM range(30000) AS r(i)) TO '{tmp_path}/a.parquet'")
    read({"a.parquet": (tmp_path / "a.parquet").read_bytes()}, PLAN, rejects=str(tmp_path / "out.csv"))
    rejected = rejects(tmp_path / "out.csv")
    assert len(rejected) == 10_000
    assert [line for line, _, _ in rejected] == list(range(1, 30_001, 3))
    assert json.loads(rejected[9_999][2]) == {"contact_id": None, "event": "e", "timestamp": 1, "note": 29_997}


def test_a_sound_export_gives_a_file_with_nothing_but_its_header(read: Read, tmp_path: Path) -> None:
    read("contact_id,event,timestamp\na,e,1\n", PLAN, rejects=str(tmp_path / "out.csv"))
    assert (tmp_path / "out.csv").read_text() == "file,line,reason,row\n"


def test_rejects_include_rows_of_the_contacts_table(read: Read, tmp_path: Path) -> None:
    people = {"people.csv": "contact_id,email\n,x@example.com\n"}
    options = {"contacts": people, "attributes": {"email": "string"}, "rejects": str(tmp_path / "out.csv")}
    read("contact_id,event,timestamp\na,e,1\n", PLAN, **options)
    assert rejects(tmp_path / "out.csv") == [(2, "no contact id", ",x@example.com")]


def test_a_file_that_cannot_be_written_is_an_error(read: Read, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"out\.csv cannot be written: No such file or directory"):
        read("contact_id,event,timestamp\na,e,1\n", PLAN, rejects=str(tmp_path / "nowhere" / "out.csv"))
