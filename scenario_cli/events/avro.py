"""Avro as JSON lines: a copy that is read like any other. Needs the extra `avro`."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from scenario_cli.events.errors import ExportError

MAGIC = b"Obj\x01"


def json_lines(path: Path, label: str, workspace: Path) -> Path:
    """The records of the file in the workspace, one a line; raises ExportError if they cannot be read."""
    try:
        import fastavro
    except ImportError:
        raise ExportError(
            f"{label} is an Avro file, which needs the package fastavro",
            "install it: pip install 'scenario-cli[avro]'; or write the export as JSON lines or Parquet",
        ) from None
    target = workspace / f"copy-{len(list(workspace.glob('copy-*')))}.jsonl"
    try:
        with path.open("rb") as file, target.open("w", encoding="utf-8") as copy:
            for record in fastavro.reader(file):
                copy.write(json.dumps(record, default=_plain_value, ensure_ascii=False) + "\n")
    except (ValueError, EOFError, KeyError, IndexError, TypeError, OSError):
        raise ExportError(f"{label} is not a valid Avro file", "copy it again") from None
    return target


def _plain_value(value: Any) -> Any:
    """A value that JSON does not have; bytes that are not text, in base64."""
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return base64.b64encode(value).decode("ascii")
    return str(value)
