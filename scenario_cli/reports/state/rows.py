"""Rows of the outbox, as text and as JSON; its schema is `state-rows.output.schema.json`."""

from __future__ import annotations

from collections.abc import Sequence

from scenario_cli.model.store_facts import OutboxEntry
from scenario_cli.reports.document.text import document_text
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.state.row_words import row_grid, row_values

FORMAT_VERSION = 1


def rows_text(rows: Sequence[OutboxEntry], are_more: bool, color: bool, width: int) -> str:
    if not rows and not are_more:
        return "no rows\n"
    text = document_text([row_grid(rows, with_contact=True)], color, width)
    return text + ("  and more: show more with --limit N, write all with --out FILE\n" if are_more else "")


def rows_json(rows: Sequence[OutboxEntry], are_more: bool, file: str, project: str | None) -> str:
    return json_text(
        {
            "format_version": FORMAT_VERSION,
            "command": "state rows",
            "store": file,
            "project": project,
            "more": are_more,
            "rows": [row_values(entry) for entry in rows],
        }
    )
