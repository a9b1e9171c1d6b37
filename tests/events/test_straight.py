"""Large columnar logs go straight into the sorted table: the report about them stays the same."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from scenario_cli.events import straight
from scenario_cli.events.errors import ExportError
from scenario_cli.events.staged import StagedLog
from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions
from tests.events.exports import write

PLAN: dict[str, dict[str, str | None]] = {
    "bought": {"total": "number", "items": "array", "note": "string", "absent": "string"},
    "viewed": {"note": "string"},
    "never": {"note": "string"},
    "announced": {"note": "string"},
    "changed": {"note": "string", "total": "integer"},
}

# Names with blanks, unusable rows of every kind among wanted and unwanted ones, ties, misfits, nulls, NaN.
ROWS = """
  SELECT CASE WHEN i % 13 = 0 THEN NULL WHEN i % 17 = 0 THEN 'null' WHEN i % 5 = 0 THEN ' c' || i % 7 || ' '
    ELSE 'c' || i % 7 END AS contact_id,
  CASE i % 11 WHEN 0 THEN 'bought' WHEN 1 THEN 'viewed' WHEN 2 THEN ' viewed' WHEN 3 THEN 'opened' WHEN 4 THEN ''
    WHEN 5 THEN 'announced' WHEN 6 THEN 'changed' WHEN 7 THEN 'message.sent' ELSE 'scrolled' END AS event,
  {timestamp} AS timestamp, CASE WHEN i % 3 = 0 THEN 'id' || i END AS event_id, {sequence}
  CASE WHEN i % 4 = 0 THEN 'NaN'::DOUBLE WHEN i % 4 = 1 THEN i + 0.5 ELSE i END AS total,
  {items} AS items, CASE WHEN i % 2 = 0 THEN 'n' || i END AS note
  FROM range({first}, {first} + 400) r(i)
"""
TYPED = "TIMESTAMP '2024-03-01' + to_seconds(i // 50) + CASE WHEN i % 41 = 0 THEN to_years(900) ELSE to_days(0) END"
WRITTEN = "CASE WHEN i % 41 = 0 THEN 'soon' ELSE '2024-03-01 00:00:' || lpad((i // 50)::VARCHAR, 2, '0') END"
NATIVE = "CASE WHEN i % 3 = 0 THEN [{'sku': 's' || i, 'price': 1.5, 'tags': ['é\"', NULL]}] WHEN i % 3 = 1 THEN [] END"
ENCODED = 'CASE WHEN i % 3 = 0 THEN \'[{"sku": 1}]\' WHEN i % 3 = 1 THEN \'{"not": "a list"}\' END'
PROPERTIES = """CASE WHEN i % 19 = 0 THEN '{"broken' WHEN i % 6 = 0 THEN '{"note": null, "total": "many"}'
  ELSE '{"total": 7, "items": [1, {"a": null}]}' END"""

SHAPES = {
    "typed": {"timestamp": TYPED, "sequence": "", "items": NATIVE},
    "written": {"timestamp": WRITTEN, "sequence": "1000 - i AS sequence,", "items": ENCODED},
    "text": {"timestamp": WRITTEN, "sequence": "", "items": f"{PROPERTIES} AS properties, NULL::VARCHAR"},
    "object, not a list": {"timestamp": TYPED, "sequence": "", "items": "{'sku': i}"},
}


def export(path: Path, shape: str, first: int) -> None:
    duckdb.execute(f"COPY ({ROWS.format(first=first, **SHAPES[shape])}) TO '{path}' (FORMAT parquet)")


def outcome(log: StagedLog, rejects: Path) -> tuple[object, ...]:
    contacts = [
        (each.contact_id, each.profile, each.changes, repr(each.events), each.listed, each.known_since)
        for each in log.stream()
    ]
    return log.report, contacts, repr(list(log.broadcasts())), rejects.read_text()


@pytest.mark.parametrize("shapes", [*([shape] for shape in SHAPES), ["typed", "typed", "written", "typed"]])
def test_the_direct_and_the_general_reading_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shapes: list[str]
) -> None:
    for number, shape in enumerate(shapes):
        export(tmp_path / f"{number}.parquet", shape, number * 90)
    people = write(tmp_path, "people.csv", "contact_id,note\nc1,x\nc9,y\n")
    rejects = tmp_path / "out.jsonl"
    options = ExportOptions((str(tmp_path / "*.parquet"),), (people,), timezone="Europe/Paris", rejects=str(rejects))
    outcomes, are_general = [], []
    for least in (0, 1 << 40):
        monkeypatch.setattr(straight, "LEAST_BYTES", least)
        log = stage(
            options, PLAN, {"note": "string"}, tmp_path / "work", broadcast=["announced"], profile=["changed"]
        )  # fmt: skip
        outcomes.append(outcome(log, rejects))
        with duckdb.connect(str(log.path), read_only=True) as con:
            are_general.append("misfit" in con.sql("FROM events").columns)
    assert are_general == [True, False], "one of them has to go straight"
    assert outcomes[0] == outcomes[1]
    report = log.report
    assert {reject.reason for reject in report.unusable} == {
        "no contact id", "no event name", "unreadable timestamp", "event name that the executor reserves",
    }  # fmt: skip
    assert report.unwanted
    assert report.misfits or shapes == ["typed"]
    assert [name.name for name in report.absent] == ["never"]
    assert json.loads(rejects.read_text().splitlines()[0])["line"]


def test_a_log_of_one_contact_has_the_report_on_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(straight, "LEAST_BYTES", 0)
    export(tmp_path / "log.parquet", "typed", 0)
    options = ExportOptions((f"{tmp_path}/log.parquet",))
    everyone = stage(options, PLAN, {}, tmp_path / "work")
    single = stage(options, PLAN, {}, tmp_path / "other", contact="c3")
    assert single.report == everyone.report
    assert repr(next(single.stream()).events) == repr(
        next(each.events for each in everyone.stream() if each.contact_id == "c3")
    )


def test_a_file_with_row_numbers_of_its_own_is_read_in_general(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(straight, "LEAST_BYTES", 0)
    rows = "SELECT 7 AS file_row_number, 'a' AS contact_id, 'viewed' AS event, 5 AS timestamp, 'n' AS note"
    duckdb.execute(f"COPY ({rows}) TO '{tmp_path}/log.parquet' (FORMAT parquet)")
    log = stage(ExportOptions((f"{tmp_path}/log.parquet",)), PLAN, {}, tmp_path / "work")
    assert log.report.used == 1
    assert [event.properties for contact in log.stream() for event in contact.events] == [{"note": "n"}]


def test_an_unreadable_file_has_the_usual_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(straight, "LEAST_BYTES", 0)
    export(tmp_path / "log.parquet", "typed", 0)
    whole = (tmp_path / "log.parquet").read_bytes()
    (tmp_path / "log.parquet").write_bytes(b"PAR1" + b"\xff" * (len(whole) // 2) + whole[4 + len(whole) // 2 :])
    with pytest.raises(ExportError, match=r"log\.parquet"):
        stage(ExportOptions((f"{tmp_path}/log.parquet",)), PLAN, {}, tmp_path / "work")
