"""Rows that are in an export twice are reported, and left out on request."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions, ReadReport
from tests.events.exports import Read
from tests.reference.settings import scaled

PLAN: dict[str, dict[str, str | None]] = {"e": {"note": "string"}}
HEAD = "contact_id,event,timestamp,note,other\n"


def counted(report: ReadReport) -> dict[str, int]:
    return {reject.reason: reject.count for reject in report.unusable}


def test_repeated_rows_are_reported_and_kept(read: Read) -> None:
    report = read(HEAD + "a,e,1,x,\nb,e,1,x,\na,e,1,y,\na,e,1,x,\na,e,2,x,\n", PLAN).report
    assert report.used == 5
    assert report.notes == (
        "1 row repeats an earlier row in all used columns; --dedupe skips rows that are identical in all columns",
    )


def test_a_log_without_repeated_rows_has_no_note_on_them(read: Read) -> None:
    assert read(HEAD + "a,e,1,x,\nb,e,1,x,\na,e,2,x,\n", PLAN).report.notes == ()


def test_the_later_of_two_equal_rows_is_left_out_and_reported(read: Read, tmp_path: Path) -> None:
    text = HEAD + "a,e,1,x,1\na,e,1,x,2\nb,other,1,,\na,e,1,x,1\nb,other,1,,\na,e,soon,,\na,e,soon,,\n"
    log = read(text, PLAN, dedupe=True, rejects=str(tmp_path / "out.csv"))
    assert counted(log.report) == {"exact duplicate": 2, "unreadable timestamp": 2}
    assert (log.report.used, log.report.unwanted) == (2, (("other", 1),))
    assert "a.csv,5,exact duplicate" not in (tmp_path / "out.csv").read_text()
    assert ',5,exact duplicate,"a,e,1,x,1"' in (tmp_path / "out.csv").read_text()
    (contact,) = log.stream()
    assert len(contact.events) == 2


def test_rows_are_compared_across_files_of_every_format(read: Read, tmp_path: Path) -> None:
    line = json.dumps({"contact_id": "a", "event": "e", "timestamp": 1, "deep": [{"a": 1}]}) + "\n"
    assert counted(read({"1.jsonl": line, "2.jsonl": line + line}, PLAN, dedupe=True).report) == {"exact duplicate": 2}
    query = "SELECT 'a' AS contact_id, 'e' AS event, 1 AS timestamp, [{'a': i // 2}] AS deep FROM range(4) AS r(i)"
    duckdb.execute(f"COPY ({query}) TO '{tmp_path}/a.parquet'")
    parquet = (tmp_path / "a.parquet").read_bytes()
    assert counted(read({"1.parquet": parquet}, PLAN, dedupe=True).report) == {"exact duplicate": 2}


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
@settings(max_examples=scaled(5), deadline=None)
@given(rows=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4), st.sampled_from("xy")), max_size=40))
def test_exactly_the_copies_are_left_out(
    name: str, rows: list[tuple[str, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("duplicates")
    if name == "a.csv":
        text = HEAD + "".join(f"{contact},e,{at},{note},\n" for contact, at, note in rows)
    else:
        text = "".join(
            json.dumps({"contact_id": contact, "event": "e", "timestamp": at, "note": note}) + "\n"
            for contact, at, note in rows
        )
    (folder / name).write_text(text)
    report = stage(ExportOptions((str(folder / name),), dedupe=True), PLAN, {}, folder / "work").report
    assert (report.rows, report.used) == (len(rows), len(set(rows)))
    notes = stage(ExportOptions((str(folder / name),)), PLAN, {}, folder / "work").report.notes
    copies = len(rows) - len(set(rows))
    assert [note for note in notes if "repeat" in note][:1] == (
        [note for note in notes if note.startswith(f"{copies} row")] if copies else []
    )
