"""A part of the shipped log, for tests that need many stories and not all: whole contacts, and events of everybody."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from zlib import crc32

from scenario_cli.shipped import shipped


def part_of_the_log(folder: Path, of: int) -> tuple[Path, Path]:
    """The events and contacts of about one contact in so many, as `events.jsonl` and `contacts.csv` in a folder."""
    data = shipped("scenarios") / "data"
    head, *rows = (data / "contacts.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    rows = [row for row in rows if crc32(row.partition(",")[0].encode()) % of == 0]
    with gzip.open(data / "events.jsonl.gz", "rt", encoding="utf-8") as log:
        lines = [line for line in log if crc32((json.loads(line).get("contact_id") or "").encode()) % of == 0]
    events, contacts = folder / "events.jsonl", folder / "contacts.csv"
    events.write_text("".join(lines), encoding="utf-8")
    contacts.write_text("".join([head, *rows]), encoding="utf-8")
    return events, contacts
