"""The erased data of forgotten contacts, as text and as JSON; `state-forget.output.schema.json`."""

from __future__ import annotations

from pathlib import Path

from scenario_cli.model.plain_text import printable
from scenario_cli.model.store_facts import Erased
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.masking import masked_id
from scenario_cli.reports.text import lines_text, plural, wrap

FORMAT_VERSION = 1
_MOST_FILES = 10


def erased_text(erased: Erased, width: int) -> str:
    lines = [f"{masked_id(contact)} is not in the store; check the id" for contact in erased.unknown]
    if erased.contacts or erased.rows or erased.kept_inputs:
        parts = [
            plural(erased.contacts, "contact"), plural(erased.journeys, "journey") + " running",
            plural(erased.rows, "row") + " of the outbox", plural(erased.attempts, "attempt"),
            plural(erased.kept_inputs, "input") + " kept for later runs",
        ]  # fmt: skip
        lines.append(f"erased: {', '.join(parts)}")
    lines.append("later runs ignore them in every file")
    if erased.files:
        names = list(dict.fromkeys(Path(file).name for file in erased.files))
        more = f" and {len(names) - _MOST_FILES} more" if len(names) > _MOST_FILES else ""
        lines.append(
            "unchanged, and may contain their data: backups, delivered messages, and the files that were "
            f"read: {', '.join(names[-_MOST_FILES:])}{more}"
        )
    return lines_text(part for line in lines for part in wrap(printable(line), width, "", "  "))


def erased_json(erased: Erased, file: str) -> str:
    return json_text(
        {
            "format_version": FORMAT_VERSION,
            "command": "state forget",
            "store": file,
            "contacts": erased.contacts,
            "journeys": erased.journeys,
            "rows": erased.rows,
            "attempts": erased.attempts,
            "kept": erased.kept_inputs,
            "unknown": [masked_id(contact) for contact in erased.unknown],
            "files_read": list(erased.files),
        }
    )
