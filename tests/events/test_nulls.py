"""A null in a profile event is kept, for it unsets an attribute; everywhere else a null is a missing value."""

from __future__ import annotations

import json
from pathlib import Path

from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions

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
        {"email": "x"},
        {},
    ]
