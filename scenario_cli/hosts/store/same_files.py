"""Finds the bytes again that a run read which was cut off."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

from scenario_cli.events.growing import content, text_file
from scenario_cli.events.inputs import described, is_container
from scenario_cli.events.parts import event_need
from scenario_cli.hosts.store.digests import marks_of
from scenario_cli.hosts.store.log_files import ToRead, write_part
from scenario_cli.hosts.store.read_inputs import Reading
from scenario_cli.hosts.store.sources import FoundFile
from scenario_cli.model.export import ExportOptions


def same_file(
    reading: Reading, files: Sequence[FoundFile], part: ExportOptions, workspace: Path, *, renamed: bool
) -> ToRead | None:
    """The bytes that were read; None if the file does not begin with them or, if it was `renamed`, no other does."""
    for file in files:
        is_likely = (file.name != reading.input.path) == renamed
        read = _same_bytes(reading, file, part, workspace) if is_likely else None
        if read is not None:
            return read
    return None


def _same_bytes(reading: Reading, file: FoundFile, part: ExportOptions, workspace: Path) -> ToRead | None:
    text = None
    if not is_container(file.path, file.label):
        bounded = part.access.confined_to is not None
        text = text_file(described(file.path, file.label, workspace, bounded=bounded), event_need(part, {}).expected())
    is_packed = text is not None and text.compression == "gzip"
    size = reading.input.size
    if not is_packed and (file.size < size or (text is None and file.size != size)):
        return None
    try:
        with content(file.path, text.compression if text is not None else "none") as stream:
            marks = marks_of(stream, [size], None if text is None or is_packed else size)
    except (OSError, EOFError, zlib.error):
        return None
    if reading.input.mark not in marks:
        return None
    if text is None or (is_packed and reading.start == 0 and marks[-1] == reading.input.mark):
        return ToRead(reading, file.path, file.label)
    target, _ = write_part(file, text, reading.start, size, workspace)
    return ToRead(reading, target, file.label)
