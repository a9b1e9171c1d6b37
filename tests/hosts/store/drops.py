"""A folder for dropped files, and the rows that runs over it read."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from scenario_cli.hosts.store.inputs import NewInputs, new_inputs, same_inputs
from scenario_cli.hosts.store.read_inputs import ReadInput, Role
from scenario_cli.model.export import ExportOptions

HEADER = "event_id,contact_id,event,timestamp\n"


def row(event_id: object) -> str:
    return f"{event_id},ana,buy,2025-03-01T10:00:00Z\n"


def line(event_id: object) -> str:
    return f'{{"event_id": "{event_id}", "contact_id": "ana", "event": "buy", "timestamp": "2025-03-01T10:00:00Z"}}\n'


@dataclass
class Drop:
    """A drop folder. `readings`: the inputs that a store would remember."""

    folder: Path
    readings: list[ReadInput] = field(default_factory=list)
    numbers: count[int] = field(default_factory=count)

    def write(self, name: str, content: str | bytes) -> Path:
        """Writes a file into the drop folder."""
        path = self.folder / "drop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def append(self, name: str, content: str | bytes) -> None:
        """Adds content at the end of a file."""
        with (self.folder / "drop" / name).open("ab") as file:
            file.write(content.encode() if isinstance(content, str) else content)

    def workspace(self) -> Path:
        """A new folder for the work of a run."""
        path = self.folder / f"work{next(self.numbers)}"
        path.mkdir()
        return path

    def options(self, *events: str, **options: Any) -> ExportOptions:
        """The options of an export; it is the drop folder, if no other is named."""
        named = bool(events or options.get("sources") or options.get("query"))
        return ExportOptions(events if named else (str(self.folder / "drop"),), **options)

    def look(
        self, *events: str, watermark: str | None = None, role: Role = "events", **options: Any
    ) -> tuple[NewInputs, ExportOptions]:
        """The new inputs, without remembering them, and the options."""
        export = self.options(*events, **options)
        return new_inputs(export, self.readings, self.workspace(), watermark, role), export

    def run(self, *events: str, watermark: str | None = None, role: Role = "events", **options: Any) -> list[str]:
        """The event ids that a run reads, in order."""
        inputs, export = self.look(*events, watermark=watermark, role=role, **options)
        self.readings += [reading.input for reading in inputs.readings]
        read = read_ids(inputs.options)
        if watermark is None:
            # An interrupted run reads the same again.
            assert read_ids(same_inputs(export, inputs.readings, self.workspace())) == read
        return read

    def notes(self, *events: str, **options: Any) -> list[str]:
        """The notes of a run, with paths without their folder."""
        inputs, _ = self.look(*events, **options)
        self.readings += [reading.input for reading in inputs.readings]
        return [note.replace(f"{self.folder}/drop/", "").replace(f"{self.folder}/", "") for note in inputs.notes]


def read_ids(options: ExportOptions | None) -> list[str]:
    """The event ids in the files of an export, in order."""
    if options is None:
        return []
    return [event_id for part in options.parts for path in part.events for event_id in _ids(Path(path))]


def _ids(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        rows = duckdb.execute("SELECT event_id FROM read_parquet(?)", [str(path)]).fetchall()
        return [str(event_id) for (event_id,) in rows]
    content = path.read_bytes()
    content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    text = content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    if text.startswith("["):
        return [each["event_id"] for each in json.loads(text)]
    if text.lstrip().startswith("{"):
        return [json.loads(each)["event_id"] for each in text.splitlines() if each.strip()]
    records = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in text else ",")
    return [fields[0] for fields in records if len(fields) > 2 and fields[0] not in ("id", "event_id")]
