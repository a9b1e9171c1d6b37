"""Shared by the tests of the reader: a small tracking plan, and files written from texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from scenario_cli.events.staged import ContactRange, StagedLog

ORDER: dict[str, dict[str, str | None]] = {
    "order_completed": {"total": "number", "order_id": "string", "first": "boolean", "items": "array"}
}

Read = Callable[..., StagedLog]


def contacts_of(log: StagedLog, part: ContactRange) -> list[str]:
    """The ids of a part's contacts. It is here because a process that calls it then loads little else."""
    return [each.contact_id for each in log.stream(part)]


def write(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def write_parquet(query: str, path: Path) -> None:
    duckdb.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
