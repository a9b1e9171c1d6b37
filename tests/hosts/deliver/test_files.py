"""Delivery by file: complete files with unique names, in three formats."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from scenario_cli.hosts.deliver.attempts import begin
from scenario_cli.hosts.store.database import opened
from tests.hosts.deliver.stage import NOW, answers, fates, fill, hand_over, statuses

SMS = {"channel": "sms", "address": "+33600000000", "body": "Hello"}


def written(ending: str, more: str = "") -> str:
    return f"channels:\n  sms:\n    file: {{path: 'out/sms-{{date}}.{ending}'}}\n{more}"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_delivery_writes_one_file_with_a_row_for_each_message(ending: str, out: Path, store: Path) -> None:
    fill(store, SMS, {**SMS, "body": "=HYPERLINK(1)"})
    result = hand_over(store, written(ending))
    (file,) = out.iterdir()
    assert file.name == f"sms-2025-03-03-1.{ending}"
    assert result.channels[0].files == [str(file)]
    reader = {"csv": "read_csv", "jsonl": "read_json", "parquet": "read_parquet"}[ending]
    with duckdb.connect() as database:
        rows = database.execute(f"SELECT message_id, address, body FROM {reader}(?)", [str(file)]).fetchall()
    formula = "'=HYPERLINK(1)" if ending == "csv" else "=HYPERLINK(1)"
    assert [row[0] for row in rows] == ["m1", "m2"]
    assert [row[2] for row in rows] == ["Hello", formula]
    assert statuses(store) == {"m1": "handed", "m2": "handed"}


def test_each_delivery_writes_a_file_of_its_own_even_where_the_last_was_taken_away(out: Path, store: Path) -> None:
    fill(store, SMS)
    hand_over(store, written("jsonl"))
    (first,) = out.iterdir()
    first.unlink()
    fill(store, SMS, SMS)
    hand_over(store, written("jsonl"))
    (second,) = out.iterdir()
    assert second.name != first.name
    assert [json.loads(line)["message_id"] for line in second.read_text().splitlines()] == ["m2", "m3"]


def test_no_file_is_written_without_messages(out: Path, store: Path) -> None:
    fill(store, {**SMS, "outbox": "handed"}, {**SMS, "expires_at": NOW - 1})
    assert fates(hand_over(store, written("csv"))) == {"sms": {"stale": 1}}
    assert list(out.iterdir()) == []


def test_a_limit_holds_for_rows_of_files(out: Path, store: Path) -> None:
    fill(store, *[SMS] * 5)
    hand_over(store, written("csv"), limit=3)
    (file,) = out.iterdir()
    with file.open(newline="", encoding="utf-8") as text:
        assert [row["message_id"] for row in csv.DictReader(text)] == ["m1", "m2", "m3"]


def test_a_missing_folder_is_reported_and_nothing_is_lost(store: Path) -> None:
    fill(store, SMS)
    result = hand_over(store, written("csv"))
    assert "does not exist" in result.channels[0].reason
    assert statuses(store) == {"m1": "pending"}


def test_a_folder_outside_the_project_is_refused(store: Path) -> None:
    fill(store, SMS)
    result = hand_over(store, "channels: {sms: {file: {path: ../sms.csv}}}\n")
    assert "is outside the project's folder" in result.channels[0].reason


def test_a_file_that_cannot_be_written_leaves_its_messages(
    out: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scenario_cli.hosts.deliver.deliver.write", full)
    fill(store, SMS)
    result = hand_over(store, written("csv"))
    assert "No space left on device" in result.channels[0].reason
    assert statuses(store) == {"m1": "pending"}
    assert fates(result) == {"sms": {"left": 1}}


@pytest.mark.parametrize(
    ("there", "more", "status", "files"),
    [
        (True, "", "handed", 1),
        (False, "", "failed", 0),
        (False, "    on_uncertain: resend\n", "handed", 1),
    ],
)
def test_an_existing_file_was_written_and_a_missing_one_is_uncertain(
    there: bool, more: str, status: str, files: int, out: Path, store: Path
) -> None:
    fill(store, SMS)
    target = out / "sms-2025-03-03-1.csv"
    with opened(store) as opened_store:
        begin(opened_store, (1,), NOW, str(target))
    if there:
        target.write_text("message_id\nm1\n")
    result = hand_over(store, written("csv", more))
    assert statuses(store) == {"m1": status}
    assert len(list(out.iterdir())) == files
    assert answers(store)[0][2] == ("handed" if there else "uncertain")
    assert result.complete is (status == "handed")
