"""Rows of the outbox as a table and as plain values, without the texts of messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scenario_cli.model.store_facts import OutboxEntry
from scenario_cli.reports.document.parts import Grid, row
from scenario_cli.reports.exports.log import moment
from scenario_cli.reports.masking import masked, masked_data, masked_id

_VALUES = (
    "kind", "message_id", "contact_id", "scenario", "journey_id", "key", "state", "channel", "template", "send_at",
    "send_at_local", "reason", "detail", "address", "subject", "title", "attribute", "before", "after",
)  # fmt: skip
_MINUTE = len("2024-05-03T10:00")


def row_grid(entries: Sequence[OutboxEntry], with_contact: bool = False) -> Grid:
    """A line for each row: the time, the event, the scenario and its state, and the result."""
    head = ("at", "what", "scenario, state", "status")
    rows = [(_local(entry.row), _row_label(entry.row), _place(entry.row), _status(entry)) for entry in entries]
    if not with_contact:
        return Grid(head, tuple(row(*cells) for cells in rows))
    ids = [entry.row["contact_id"] for entry in entries]
    return Grid(("contact", *head), tuple(row(contact, *cells) for contact, cells in zip(ids, rows, strict=True)))


def row_values(entry: OutboxEntry) -> dict[str, Any]:
    """A row as JSON shows it, without its text."""
    return {
        "run": entry.run,
        **{name: entry.row.get(name) for name in _VALUES},
        "status": entry.status,
        "answer": entry.answer,
        "changed_at": moment(entry.changed_at, "UTC"),
    }


def masked_entry(entry: OutboxEntry) -> OutboxEntry:
    """A row with addresses and telephone numbers masked."""
    values = {name: masked_data(value, name) for name, value in entry.row.items()}
    values["contact_id"] = masked_id(entry.row["contact_id"])
    return replace(entry, row=values, answer=masked(entry.answer) if entry.answer is not None else None)


def _row_label(row: Mapping[str, Any]) -> str:
    return f"{row['channel']} {row['template']}" if row["kind"] == "message" else f"sets {row['attribute']}"


def _place(row: Mapping[str, Any]) -> str:
    return f"{row['scenario']}, {row['state']}"


def _local(row: Mapping[str, Any]) -> str:
    return str(row["send_at_local"])[:_MINUTE].replace("T", " ")


def _status(entry: OutboxEntry) -> str:
    if entry.status == "update":
        return ""
    reason = entry.row.get("reason") if entry.status == "dropped" else entry.answer
    return f"{entry.status}: {reason}" if reason else entry.status
