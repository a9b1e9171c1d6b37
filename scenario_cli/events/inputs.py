"""Finds the files to read, in order, from the paths on the command line. Reads only their beginnings."""

from __future__ import annotations

import difflib
import gzip
import os
import shutil
import stat
import sys
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scenario_cli.events import archives, avro, elsewhere, growth, zstd
from scenario_cli.events.encoding import utf16
from scenario_cli.events.errors import ExportError
from scenario_cli.model.export import ANYWHERE, Access
from scenario_cli.model.inside import HOW_TO_ALLOW, leads_out

FormatName = Literal["delimited", "json", "parquet"]
Compression = Literal["none", "gzip", "zstd"]

SUFFIXES: dict[str, FormatName] = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".tab": "delimited",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".avro": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
}
COMPRESSIONS: dict[str, Compression] = {".gz": "gzip", ".gzip": "gzip", ".zst": "zstd", ".zstd": "zstd"}
READABLE = ".csv, .tsv, .jsonl, .ndjson, .json, .parquet, .avro, each also .gz or .zst; and .zip of them"

HEAD = 1 << 18
_FEW_NULLS = 20


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file: where it lies, what to call it in messages, what it is, how it begins (unpacked)."""

    path: Path
    shown: str
    format: FormatName
    compression: Compression
    head: bytes
    size: int


def find_files(
    given: Iterable[str], workspace: Path, query: str | None = None, access: Access = ANYWHERE
) -> tuple[list[InputFile], list[str]]:
    """The files in reading order (as given; a folder or glob by name), and notes about what was passed over.

    A `query` is put to the databases that are given; with nothing given it names the files itself. Raises ExportError
    where one leads further than `access` allows.
    """
    files: list[InputFile] = []
    notes: list[str] = []
    seen: set[Path] = set()
    given = tuple(given)
    if query is not None and not given:
        path, shown = elsewhere.queried(query, workspace, access, lambda name: _queried(name, query, access))
        return [_described(path, shown)], notes
    for text in given:
        _refuse_outside(text, text.partition(elsewhere.IN_A_TABLE)[0], access)
        copies = elsewhere.copied(text, query, workspace, access)
        for path, shown in copies or _paths(text, workspace, notes, access.folder):
            resolved = path.resolve()
            if not resolved.is_relative_to(workspace.resolve()):
                _refuse_outside(text, str(path), access)
            if resolved in seen:
                notes.append(f"{shown} is given more than once and was read once")
                continue
            seen.add(resolved)
            if _is_archive(path, shown):
                inside = archives.unpack(path, shown, workspace, lambda name: _by_suffix(name) is not None, notes)
                # What is packed twice could grow by both.
                files.extend(
                    _described(_readable(member, called, workspace), called, bounded=True) for member, called in inside
                )
            else:
                readable = _readable(path, shown, workspace)
                files.append(_described(readable, shown, bounded=access.confined_to is not None))
    return files, notes


def _refuse_outside(text: str, path: str, access: Access) -> None:
    """Stops where a path that stands in project.yaml, or a file that it leads to, lies outside the folder."""
    folder = access.confined_to
    if folder is None or "://" in path or not leads_out(path, folder):
        return
    shown = path.removeprefix(f"{folder}{os.sep}")
    raise ExportError(
        f"{access.prefix(text)}'exports' may not read {shown}: "
        "it leads out of the project's folder, or is hidden there",
        f"put the file into the folder, or name it with --events or --contacts\n{HOW_TO_ALLOW}",
    )


def _queried(name: str, query: str, access: Access) -> list[Path]:
    """The files that a query names by a path or pattern; none for an address."""
    if "://" in name and access.confined_to is None:
        return []
    path = Path(access.folder or Path.cwd(), name)
    shown = str(path)
    if access.confined_to is not None:
        if "://" in name:
            raise elsewhere.refused(query, name, "an address", access)
        _refuse_outside(query, shown, access)
    if path.is_file():
        return [path.resolve()]
    if not any(character in name for character in "*?["):
        if access.confined_to is None:
            return []
        raise ExportError(f"{access.prefix(query)}the query names {shown}, and there is no such file", _nearby(path))
    found = _matching(path, access.folder)
    for match in found:
        _refuse_outside(query, str(match), access)
    return [match.resolve() for match in found]


def _paths(text: str, workspace: Path, notes: list[str], folder: str | None) -> list[tuple[Path, str]]:
    if text == "-":
        return [(_spooled(Path("-"), workspace), "standard input")]
    path = Path(text)
    if path.is_dir():
        return [(found, str(found)) for found in _in_folder(path, text, notes)]
    if path.exists():
        regular = stat.S_ISREG(path.stat().st_mode)
        return [(path if regular else _spooled(path, workspace), text)]
    if any(character in text for character in "*?["):
        return [(found, str(found)) for found in _matching(path, folder)]
    raise ExportError(f"there is no file {text}", _nearby(path))


def _in_folder(folder: Path, text: str, notes: list[str]) -> list[Path]:
    inside = sorted(found for found in folder.rglob("*") if found.is_file())
    visible = [f for f in inside if not any(part[0] in "._" for part in f.relative_to(folder).parts)]
    known = [found for found in visible if _is_export(found)]
    passed = [str(found.relative_to(folder)) for found in visible if not _is_export(found)]
    if not known:
        raise ExportError(f"the folder {text} holds no event export", f"read are {READABLE}")
    if passed:
        more = f" and {len(passed) - 5} more" if len(passed) > 5 else ""
        notes.append(f"in {text} passed over, by their names no exports: {', '.join(passed[:5])}{more}")
    return known


def _matching(path: Path, folder: str | None) -> list[Path]:
    """The files of a pattern. In a project's folder it begins there, and what is hidden there is passed over."""
    root = Path(path.anchor)
    if folder is not None and path.is_relative_to(folder):
        root = Path(folder)
    pattern = path.relative_to(root)
    found = sorted(match for match in root.glob(str(pattern)) if match.is_file())
    if folder is not None and not any(part.startswith(".") for part in pattern.parts):
        found = [match for match in found if not any(part[0] == "." for part in match.relative_to(root).parts)]
    if not found:
        raise ExportError(f"no file matches {path}", "check the pattern; nothing was read")
    return found


def _nearby(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder {folder} either"
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {folder / close[0]}?"
    exports = [name for name in names if _is_export(Path(name))]
    return f"{folder} holds: {', '.join(exports[:8])}" if exports else f"{folder} holds no event export"


def _spooled(source: Path, workspace: Path) -> Path:
    """A pipe's content in a file, since the reading takes more than one pass."""
    target = workspace / f"spooled-{len(list(workspace.glob('spooled-*')))}"
    with target.open("wb") as out:
        if str(source) == "-":
            shutil.copyfileobj(sys.stdin.buffer, out, 1 << 20)
        else:
            with source.open("rb") as pipe:
                shutil.copyfileobj(pipe, out, 1 << 20)
    return target


def _by_suffix(path: Path) -> FormatName | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    return SUFFIXES.get(suffixes[-1]) if suffixes else None


def _is_export(path: Path) -> bool:
    return path.suffix.lower() == ".zip" or _by_suffix(path) is not None


def _is_archive(path: Path, shown: str) -> bool:
    return _start(path, shown, 4).startswith(archives.MAGIC)


def _start(path: Path, shown: str, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise ExportError(f"{shown} cannot be read: {error.strerror}", "check that you may read it") from None


def _readable(path: Path, shown: str, workspace: Path) -> Path:
    """The file, or of an Avro file a copy as JSON lines."""
    return avro.json_lines(path, shown, workspace) if _start(path, shown, 4) == avro.MAGIC else path


def _described(path: Path, shown: str, bounded: bool = False) -> InputFile:
    """What a file is; a `bounded` one may not grow more than an export can. Others are as large as they are."""
    start = _start(path, shown, HEAD)
    size = path.stat().st_size
    named = COMPRESSIONS.get(path.suffix.lower())
    found = _compression(start)
    if named and found != named and start:
        hint = f"name it without {path.suffix} if it is not compressed, or copy it again"
        raise ExportError(f"{shown} is not a sound {named} file", hint)
    if bounded:
        growth.refuse_growth(path, shown, found)
    head = _unpacked(path, found, start, shown)
    return InputFile(path, shown, _format(path, shown, head, found), found, head, size)


def _compression(start: bytes) -> Compression:
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zstd" if start.startswith(b"\x28\xb5\x2f\xfd") else "none"


def _unpacked(path: Path, compression: Compression, start: bytes, shown: str) -> bytes:
    if compression == "none":
        return start
    if compression == "zstd":
        if not zstd.is_complete(path):
            raise ExportError(f"{shown} breaks off: the compressed file is not complete", "download or copy it again")
        return zstd.head(path, shown)
    try:
        with gzip.open(path, "rb") as file:
            return file.read(HEAD)
    except EOFError:
        # A cut file still shows its beginning; the reading itself then says that it breaks off.
        with suppress(zlib.error):
            return zlib.decompressobj(wbits=31).decompress(start)
    except (OSError, zlib.error):
        pass
    hint = "name it without .gz if it is not compressed, or copy it again"
    raise ExportError(f"{shown} is not a sound gzip file", hint)


def _format(path: Path, shown: str, head: bytes, compression: Compression) -> FormatName:
    named = _by_suffix(path)
    is_parquet = head.startswith(b"PAR1")
    if named == "parquet" and not is_parquet:
        what = "empty" if not head else "not a Parquet file"
        hint = "copy it again, or give it the ending of what it is (.csv, .jsonl)"
        raise ExportError(f"{shown} is {what}, whatever its name says", hint)
    if named is None and is_parquet:
        named = "parquet"
    if named == "parquet":
        if compression != "none":
            raise ExportError(f"{shown} is a compressed Parquet file", "unpack it: Parquet compresses by itself")
        return named
    if head.startswith(archives.MAGIC):
        raise ExportError(f"{shown} is an archive inside another file", "unpack it, then give those files")
    if path.suffix.lower() == ".zip":
        raise ExportError(f"{shown} is not a ZIP archive, whatever its name says", f"read are {READABLE}")
    # A slip of an exporter leaves a NUL or two in a text; binary files are full of them.
    nulls = head[:4096].count(0)
    if is_parquet or (nulls * _FEW_NULLS > len(head[:4096]) and utf16(head) is None):
        what = "a Parquet file" if is_parquet else "not text"
        raise ExportError(f"{shown} is {what}, whatever its name says", f"read are {READABLE}")
    if named is not None:
        return named
    first = head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1]
    return "json" if first in (b"{", b"[") else "delimited"
