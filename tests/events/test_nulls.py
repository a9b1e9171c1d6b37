"""A null is a missing value in every spelling; in a profile event it is kept, because it unsets an attribute."""

from __future__ import annotations

import json
from pathlib import Path

from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions
from tests.events.exports import Read

WANTED = {"profile_updated": {"email": "string", "points": "number"}, "visited": {"email": "string"}}


def test_a_null_that_is_written_out_in_a_profile_event_is_kept(tmp_path: Path) -> None:
    rows = [
        {"contact_id": "a", "event": "profile_updated", "timestamp": 1_700_000_000, "email": None},
        {"contact_id": "a", "event": "profile_updated", "timestamp": 1_700_000_001, "properties": {"points": None}},
        {"contact_id": "a", "event": "profile_updated", "timestamp": 1_700_000_002, "email": "x", "points": "many"},
        {"contact_id": "a", "event": "visited", "timestamp": 1_700_000_003, "email": None},
    ]
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    staged = stage(ExportOptions((str(log),)), WANTED, {}, tmp_path / "work", profile=["profile_updated"])
    (contact,) = staged.stream()
    assert [dict(event.properties) for event in contact.events] == [
        {"email": None},
        {"points": None},
        {"email": "x", "points": None},
        {},
    ]


NOTHING = ["NULL", "null", "\\N", "NaN", "nan", "<NA>", '""', "  "]


def test_a_null_spelt_in_a_csv_is_a_missing_value(read: Read) -> None:
    rows = "".join(
        f"{null},e,2024-01-01,1,x\na,e,{null},1,x\na,{null},2024-01-01,1,x\na,e,2024-01-01,{null},y{n}\n"
        for n, null in enumerate(NOTHING)
    )
    log = read(f"contact_id,event,timestamp,n,t\n{rows}", {"e": {"n": "number", "t": "string"}})
    assert {reject.reason: reject.count for reject in log.report.unusable} == dict.fromkeys(
        ("no contact id", "no event name", "no timestamp"), len(NOTHING)
    )
    (contact,) = log.stream()
    assert [event.properties for event in contact.events] == [{"t": f"y{n}"} for n in range(len(NOTHING))]
    assert sum(misfit.count for misfit in log.report.misfits) == 0


def test_ids_that_exporters_write_for_nobody_are_not_contacts(read: Read) -> None:
    names = ["null", "None", "undefined", "(not set)", "[object Object]"]
    rows = [{"contact_id": nobody, "event": "e", "timestamp": 1} for nobody in names]
    report = read({"a.jsonl": "".join(json.dumps(row) + "\n" for row in rows)}, {"e": {}}).report
    assert report.rows == len(names)
    assert [(reject.reason, reject.count) for reject in report.unusable] == [("no contact id", len(names))]
