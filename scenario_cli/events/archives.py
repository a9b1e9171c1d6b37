"""ZIP archives of exports, unpacked into the workspace. Knows no formats."""

from __future__ import annotations

import errno
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from scenario_cli.events import growth
from scenario_cli.events.errors import ExportError

try:
    from lzma import LZMAError
except ImportError:  # a Python built without it cannot read such an archive either
    LZMAError = zipfile.BadZipFile  # type: ignore[misc, assignment]

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_PARTS_OF_A_SPREADSHEET = frozenset({"xl/workbook.xml", "xl/workbook.bin", "content.xml"})
_MOST_MEMBERS = 100_000
_CHUNK = 1 << 20
# The list of members is read as a whole, into objects of ten times its size.
_MOST_DIRECTORY = 1 << 25
_END = struct.Struct("<4s4H2LH")  # the record at the end of an archive, before a comment of at most 65,535 bytes
# Every exception that the standard library raises over a damaged archive.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, LZMAError, struct.error, EOFError, OSError, NotImplementedError, RuntimeError,
    ValueError, OverflowError, IndexError,
)  # fmt: skip


def unpack(
    path: Path, label: str, workspace: Path, is_export: Callable[[Path], bool], notes: list[str]
) -> list[tuple[Path, str]]:
    """Every export in the archive, by name, with its name in messages: `archive.zip/member.json.gz`.

    Members are written under new names, so that their own names cannot lead out of the workspace.
    """
    try:
        _refuse_long_directory(path, label)
        with zipfile.ZipFile(path) as archive:
            if not _PARTS_OF_A_SPREADSHEET.isdisjoint(archive.namelist()):
                raise ExportError(
                    f"{label} is a spreadsheet, not an export", "save its sheet as CSV, and give that file"
                )
            members = _members(archive, label, is_export, notes)
            _refuse_too_large(archive, members, path, label, workspace)
            folder = workspace / f"unzipped-{len(list(workspace.glob('unzipped-*')))}"
            folder.mkdir()
            return [
                (_extracted(archive, member, folder, number, label), f"{label}/{member.filename}")
                for number, member in enumerate(members)
            ]
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise ExportError("the disk is full", "free some space, or set TMPDIR to a larger disk") from None
        if "encrypted" in str(error) or "password" in str(error):
            raise ExportError(f"{label} is protected with a password", "unpack it, then give those files") from None
        if isinstance(error, NotImplementedError):
            raise ExportError(
                f"{label} uses a compression that cannot be read: {error}", "unpack it yourself"
            ) from None
        raise ExportError(f"{label} is not a valid ZIP archive", "download or copy it again") from None


def _refuse_long_directory(path: Path, label: str) -> None:
    """Stops before an archive's list of members is read that is longer than those of 100,000 files."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _END.size - 0xFFFF))
        tail = file.read()
    position = tail.rfind(b"PK\x05\x06")
    if position < 0 or len(tail) - position < _END.size:
        return  # damaged, which the reading then reports
    stated = _END.unpack_from(tail, position)[5]
    # One of more than 4 GB is stated elsewhere; it is at most as long as the file.
    if min(stated, size) > _MOST_DIRECTORY:
        raise _too_many(label)


def _too_many(label: str) -> ExportError:
    return ExportError(f"{label} has more than {_MOST_MEMBERS:,} files", "unpack it, then give the folder")


def _members(
    archive: zipfile.ZipFile, label: str, is_export: Callable[[Path], bool], notes: list[str]
) -> list[zipfile.ZipInfo]:
    if len(archive.infolist()) > _MOST_MEMBERS:
        raise _too_many(label)
    names = {member.filename for member in archive.infolist()}
    if "[Content_Types].xml" in names:
        raise ExportError(f"{label} is an Excel workbook, not an event export", "save the sheet as CSV; then give that")
    visible = [
        member
        for member in sorted(archive.infolist(), key=lambda member: member.filename)
        if not member.is_dir()
        and not stat.S_ISLNK(member.external_attr >> 16)  # a link holds a path, no rows
        and not any(part[0] in "._" for part in PurePosixPath(member.filename).parts if part)
    ]
    # The name of an archive with one file does not matter.
    exports = [member for member in visible if is_export(Path(member.filename)) or len(visible) == 1]
    used = {id(member) for member in exports}
    passed = [member.filename for member in visible if id(member) not in used]
    if not exports:
        raise ExportError(f"the archive {label} has no event export", "unpack it and check its content")
    if passed:
        more = f" and {len(passed) - 5} more" if len(passed) > 5 else ""
        notes.append(f"in {label} ignored, because their names are not exports: {', '.join(passed[:5])}{more}")
    return exports


def _refuse_too_large(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], path: Path, label: str, workspace: Path
) -> None:
    size = sum(member.file_size for member in members)
    if size > growth.limit(path.stat().st_size):
        raise growth.too_large(label, f"{size / 1e9:,.1f} GB")
    free = shutil.disk_usage(workspace).free
    if size > free:
        raise ExportError(
            (f"{label} needs {size / 1000000000.0:,.1f} GB unpacked, but only {free / 1000000000.0:,.1f} GB are free"),
            "free some space, or set TMPDIR to a larger disk",
        )


def _extracted(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, number: int, label: str) -> Path:
    suffixes = "".join(PurePosixPath(member.filename).suffixes[-2:])
    target = folder / f"{number}{suffixes}"
    bytes_left = member.file_size
    with archive.open(member) as packed, target.open("wb") as file:
        while chunk := packed.read(_CHUNK):
            bytes_left -= len(chunk)
            if bytes_left < 0:
                raise ExportError(f"{label} is not a valid ZIP archive", "download or copy it again")
            file.write(chunk)
    return target
