"""Finds unread data in the files of a log: by content, independent of a file's name. Knows no store."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scenario_cli.events.errors import ExportError, Faults, translated
from scenario_cli.events.growing import (
    TextFile,
    content,
    cut_open_record,
    is_complete,
    next_line,
    text_file,
    whole_lines,
    write_rows,
)
from scenario_cli.events.inputs import COMPRESSIONS, described, is_container
from scenario_cli.events.parts import event_need
from scenario_cli.hosts.store.digests import marks_of
from scenario_cli.hosts.store.read_inputs import InputIndex, Mark, Reading, ReadInput, Role, state_of
from scenario_cli.hosts.store.sources import FoundFile
from scenario_cli.model.export import ExportOptions


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A file, and the known part of its content.

    `beginnings` are those that were read before, here or in another file; `mark` is all readable content. `text` is the
    reader of its lines, if it has any; a file that was not opened has `text` None too. `twin` is the file of this run
    that has the longest of its beginnings.
    """

    file: FoundFile
    beginnings: tuple[Mark, ...]
    mark: Mark
    text: TextFile | None = None
    opened: bool = True
    twin: str | None = None

    @property
    def start(self) -> int:
        """The number of bytes that were read before."""
        return self.beginnings[-1][0] if self.beginnings else 0


@dataclass(frozen=True, slots=True)
class ToRead:
    """A file with the data to read, and its name in messages; without a path if there is nothing to read."""

    reading: Reading
    path: Path | None
    label: str


def look_at(
    files: Sequence[FoundFile], part: ExportOptions, index: InputIndex, workspace: Path, notes: list[str]
) -> list[LookedAt]:
    """The files of a part of an export in their order, compared with known content and with each other."""
    looks: dict[str, LookedAt] = {}
    contents = {size: dict.fromkeys(digests, "") for size, digests in index.contents.items()}
    faults = Faults()
    # The shorter first: a file can begin with the whole content of another.
    for file in sorted(files, key=lambda file: file.size):
        before = index.logs.get(file.name)
        if before is not None and before.modified == file.modified and not file.is_copy:
            looks[file.name] = LookedAt(file, (before.mark,), before.mark, opened=False)
            continue
        with faults.collecting():
            look = looks[file.name] = _look(file, part, contents, workspace, notes)
            if look.mark[0]:
                contents.setdefault(look.mark[0], {}).setdefault(look.mark[1], file.label)
    faults.refuse()
    return [looks[file.name] for file in files]


def _look(
    file: FoundFile, part: ExportOptions, contents: dict[int, dict[str, str]], workspace: Path, notes: list[str]
) -> LookedAt:
    text = None
    if not is_container(file.path, file.label):
        input_file = described(file.path, file.label, workspace, bounded=part.access.confined_to is not None)
        text = text_file(input_file, event_need(part, {}).expected())
        if text is None and not is_complete(input_file):
            notes.append(f"{file.label} is not complete and is left for the next run")
            return LookedAt(file, (), (0, ""))
    end: int | None = file.size
    if text is not None:
        end = None if text.compression == "gzip" else whole_lines(text, file.size)
        if end is not None and end < file.size - file.size % text.unit:
            notes.append(f"{file.label}: the last line has no end yet and is left for the next run")
    # Only rows can continue: another file is known as a whole or not at all.
    marks = _marks(file, text, contents if text is not None else (), end)
    mark = marks[-1]
    if text is not None and mark[0] <= text.before:
        mark = (0, "")
    beginnings = tuple(each for each in marks if each[1] in contents.get(each[0], ()))
    twin = contents[beginnings[-1][0]][beginnings[-1][1]] if beginnings else ""
    return LookedAt(file, beginnings, mark, text, twin=twin or None)


def _marks(file: FoundFile, text: TextFile | None, sizes: Iterable[int], end: int | None) -> list[Mark]:
    try:
        with content(file.path, text.compression if text is not None else "none") as stream:
            marks = marks_of(stream, sizes, end)
    except EOFError:
        raise ExportError(f"{file.label} is incomplete: the compressed file ends early", "copy it again") from None
    except (OSError, zlib.error) as error:
        raise translated(error, file.label) from None
    if end is not None and marks[-1][0] != end:
        raise changed_meanwhile(file)
    return marks


def changed_meanwhile(file: FoundFile) -> ExportError:
    """The error for a file that someone writes to while it is read."""
    return ExportError(
        f"{file.label} changed while it was read; nothing was done",
        "run again when the file is complete; write such files under another name and rename them",
    )


def refuse_changed(looks: Sequence[LookedAt], index: InputIndex) -> list[str]:
    """Raises ExportError if a file no longer has the content that was read, and no other file of the input has it.

    Returns the paths whose content has continued under another name.
    """
    holders: dict[Mark, set[str]] = {}
    for look in looks:
        for mark in look.beginnings:
            holders.setdefault(mark, set()).add(look.file.name)
    for look in looks:
        before = index.logs.get(look.file.name)
        if (
            before is not None
            and before.mark not in look.beginnings
            and (look.beginnings or before.mark not in holders)
        ):
            raise _changed(look, before)
    names = {look.file.name for look in looks}
    opened = {mark for look in looks if look.opened for mark in look.beginnings}
    return [path for path, before in index.logs.items() if path not in names and before.mark in opened]


def _changed(look: LookedAt, before: ReadInput) -> ExportError:
    label = look.file.label
    content = "" if look.text is None or look.text.compression == "none" else "unpacked "
    if look.text is None:
        reason = "only files of lines can grow: CSV, TSV, JSON lines, and these as gzip"
    elif look.mark[0] < before.size:
        reason = f"{before.size:,} {content}bytes were read before, but now it has {look.mark[0]:,}"
    else:
        reason = f"the first {before.size:,} {content}bytes, which were read before, have changed"
    return ExportError(
        f"{label} has changed since a run read it: {reason}",
        "new rows cannot be recognised: restore the file, and give the new file another name",
    )


def to_read(look: LookedAt, role: Role, before: ReadInput | None, workspace: Path, notes: list[str]) -> ToRead | None:
    """The data to read from a file, as a copy in the workspace or the file itself; None if there is nothing to
    remember.
    """
    file, (end, digest), start = look.file, look.mark, look.start
    record = ReadInput(role, file.name, end, digest, _state_after(look))
    if not end or start >= end:
        if look.twin and end:
            notes.append(f"{file.label} is identical to {look.twin} and was read once")
        elif end and look.opened and (before is None or before.mark != look.mark):
            notes.append(f"{file.label} was read before, under another name")
        is_remembered = before is not None and before == record
        return ToRead(Reading(record, end), None, file.label) if end and not is_remembered else None
    text = look.text
    if text is None or (start == 0 and text.compression == "gzip"):
        if not record.modified and not file.is_copy:
            raise changed_meanwhile(file)
        return ToRead(Reading(record), file.path, file.label)
    target, end = write_part(file, text, start, end, workspace)
    if end < look.mark[0]:
        notes.append(f"{file.label}: the last row has an open quote and is left for the next run")
        marks = _marks(file, text, (), end)
        record = replace(record, size=end, digest=marks[-1][1])
    if end <= max(start, text.before):
        return None
    has_rows = start == 0 or _has_rows(text, target)
    if has_rows and start:
        origin = f" after what {look.twin} holds" if look.twin else ""
        notes.append(f"{file.label}: {end - start:,} bytes are new{origin}; lines are counted from there")
    return ToRead(Reading(record, start), target if has_rows else None, file.label)


def write_part(file: FoundFile, text: TextFile, start: int, end: int, workspace: Path) -> tuple[Path, int]:
    """Writes the rows from `start` to `end` to a file. Returns it with the end of its last whole row.

    Raises ExportError if the last row that was read continues.
    """
    begin = next_line(text, start) if start else 0
    if begin is None:
        raise ExportError(
            f"{file.label} continues in the middle of the last line that was read, at byte {start:,}",
            "write whole lines; restore the file, and give the rest another name",
        )
    plain = Path(file.path.stem) if file.path.suffix.lower() in COMPRESSIONS else file.path
    number, name = tempfile.mkstemp(plain.suffix, "new-", workspace)
    os.close(number)
    target = Path(name)
    write_rows(text, begin, end, target)
    return target, end if text.compression == "gzip" else end - cut_open_record(text, target)


def _has_rows(text: TextFile, part: Path) -> bool:
    with part.open("rb") as stream:
        stream.seek(text.before)
        return bool(stream.read(1 << 16).strip(b"\0 \t\r\n"))


def _state_after(look: LookedAt) -> int:
    """The state of the file as examined, unless it has changed since."""
    file = look.file
    if file.is_copy:
        return 0
    try:
        return file.modified if state_of(file.path.stat()) == file.modified else 0
    except OSError:
        return 0
