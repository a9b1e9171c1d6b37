"""Finds the files to read, in order, from the paths on the command line. Reads only their beginnings."""

from __future__ import annotations

import difflib
import gzip
import os
import shutil
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from scenario_cli.events import archives, avro, external_exports, growth, zstd
from scenario_cli.events.contents import content_despite_name, is_binary
from scenario_cli.events.errors import ExportError, Faults
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


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file: its path, its label in messages, its format and its unpacked beginning."""

    path: Path
    label: str
    format: FormatName
    compression: Compression
    head: bytes
    size: int


def find_files(
    sources: Iterable[str],
    workspace: Path,
    query: str | None = None,
    access: Access = ANYWHERE,
    faults: Faults | None = None,
) -> tuple[list[InputFile], list[str]]:
    """The files in reading order (as given; a folder or glob by name), and notes on files passed over.

    A `query` runs on the given databases; without any, it names the files itself. Files that are not readable are left
    out and add to `faults`; without these, they raise ExportError, as does one that leads further than `access` allows.
    """
    files: list[InputFile] = []
    notes: list[str] = []
    unreadable = Faults() if faults is None else faults
    for path, label in located(sources, workspace, notes, query, access):
        with unreadable.collecting():
            if not is_archive(path, label):
                files.append(described(path, label, workspace, bounded=access.confined_to is not None))
                continue
            inside = archives.unpack(path, label, workspace, lambda name: _by_suffix(name) is not None, notes)
            for member, called in inside:
                with unreadable.collecting():  # a file that is packed twice could grow twice
                    files.append(described(member, called, workspace, bounded=True))
    if faults is None:
        unreadable.refuse()
    return files, notes


def located(
    sources: Iterable[str],
    workspace: Path,
    notes: list[str],
    query: str | None = None,
    access: Access = ANYWHERE,
    *,
    may_be_empty: bool = False,
) -> Iterator[tuple[Path, str]]:
    """The paths in reading order, each with its name in messages; none is opened.

    A folder or pattern without a file is an error, unless it `may_be_empty`.
    """
    visited: set[Path] = set()
    sources = tuple(sources)
    if query is not None and not sources:
        yield external_exports.queried(query, workspace, access, partial(queried_files, query=query, access=access))
        return
    for text in sources:
        if text in access.checked_files:
            yield Path(text), access.checked_files[text]
            continue
        _refuse_outside(text, text.partition(external_exports.IN_A_TABLE)[0], access)
        copies = external_exports.copied(text, query, workspace, access)
        for path, label in copies or _paths(text, workspace, notes, access.folder, may_be_empty=may_be_empty):
            resolved = path.resolve()
            if not resolved.is_relative_to(workspace.resolve()):
                _refuse_outside(text, str(path), access)
            if resolved in visited:
                notes.append(f"{label} is given more than once and was read once")
                continue
            visited.add(resolved)
            yield path, label


def _refuse_outside(text: str, path: str, access: Access) -> None:
    """Stops if a path of project.yaml, or a file that it leads to, is outside the folder."""
    folder = access.confined_to
    if folder is None or "://" in path or not leads_out(path, folder):
        return
    label = path.removeprefix(f"{folder}{os.sep}")
    raise ExportError(
        f"{access.prefix(text)}'exports' cannot read {label}: it is outside the project's folder, or hidden",
        f"put the file into the folder, or give it with --events or --contacts\n{HOW_TO_ALLOW}",
    )


def queried_files(name: str, query: str, access: Access) -> list[Path]:
    """The files that a query names by a path or pattern; none for an address."""
    if "://" in name and access.confined_to is None:
        return []
    path = Path(access.folder or Path.cwd(), name)
    label = str(path)
    if access.confined_to is not None:
        if "://" in name:
            raise external_exports.refused(query, name, "an address", access)
        _refuse_outside(query, label, access)
    if path.is_file():
        return [path.resolve()]
    if not any(character in name for character in "*?["):
        if access.confined_to is None:
            return []
        raise ExportError(f"{access.prefix(query)}the query names {label}, which does not exist", _nearby(path))
    matches = _matching(path, access.folder)
    for match in matches:
        _refuse_outside(query, str(match), access)
    return [match.resolve() for match in matches]


def _paths(
    text: str, workspace: Path, notes: list[str], folder: str | None, *, may_be_empty: bool
) -> list[tuple[Path, str]]:
    if text == "-":
        return [(_spooled(Path("-"), workspace), "standard input")]
    path = Path(text)
    if path.is_dir():
        return [(file, str(file)) for file in _in_folder(path, text, notes, may_be_empty=may_be_empty)]
    if path.exists():
        regular = stat.S_ISREG(path.stat().st_mode)
        return [(path if regular else _spooled(path, workspace), text)]
    if any(character in text for character in "*?["):
        return [(file, str(file)) for file in _matching(path, folder, may_be_empty=may_be_empty)]
    raise ExportError(f"file {text} does not exist", _nearby(path))


def _in_folder(folder: Path, text: str, notes: list[str], *, may_be_empty: bool) -> list[Path]:
    inside = sorted(file for file in folder.rglob("*") if file.is_file())
    visible = [f for f in inside if not any(part[0] in "._" for part in f.relative_to(folder).parts)]
    exports = [file for file in visible if _is_export(file)]
    passed = [str(file.relative_to(folder)) for file in visible if not _is_export(file)]
    if not exports and not may_be_empty:
        raise ExportError(f"the folder {text} has no event export", f"readable files: {READABLE}")
    if passed:
        more = f" and {len(passed) - 5} more" if len(passed) > 5 else ""
        notes.append(f"in {text} ignored, because their names are not exports: {', '.join(passed[:5])}{more}")
    return exports


def _matching(path: Path, folder: str | None, *, may_be_empty: bool = False) -> list[Path]:
    """The files of a pattern. In a project's folder it starts there and passes over hidden files."""
    root = Path(path.anchor)
    if folder is not None and path.is_relative_to(folder):
        root = Path(folder)
    pattern = path.relative_to(root)
    matches = sorted(match for match in root.glob(str(pattern)) if match.is_file())
    if folder is not None and not any(part.startswith(".") for part in pattern.parts):
        matches = [match for match in matches if not any(part[0] == "." for part in match.relative_to(root).parts)]
    if not matches and not (may_be_empty and _folder_of(path).is_dir()):
        raise ExportError(f"no file matches {path}", "check the pattern; nothing was read")
    return matches


def _folder_of(pattern: Path) -> Path:
    """The folder that a pattern begins with."""
    return next(parent for parent in pattern.parents if not any(character in str(parent) for character in "*?["))


def _nearby(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"folder {folder} does not exist either"
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {folder / close[0]}?"
    exports = [name for name in names if _is_export(Path(name))]
    return f"{folder} holds: {', '.join(exports[:8])}" if exports else f"{folder} has no event export"


def _spooled(source: Path, workspace: Path) -> Path:
    """A pipe's content in a file, since the reading takes more than one pass."""
    target = workspace / f"spooled-{len(list(workspace.glob('spooled-*')))}"
    with target.open("wb") as copy:
        if str(source) == "-":
            shutil.copyfileobj(sys.stdin.buffer, copy, 1 << 20)
        else:
            with source.open("rb") as pipe:
                shutil.copyfileobj(pipe, copy, 1 << 20)
    return target


def _by_suffix(path: Path) -> FormatName | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    return SUFFIXES.get(suffixes[-1]) if suffixes else None


def _is_export(path: Path) -> bool:
    return path.suffix.lower() == ".zip" or _by_suffix(path) is not None


def is_archive(path: Path, label: str) -> bool:
    """Whether the file is a ZIP archive, by its content."""
    return _start(path, label, 4).startswith(archives.MAGIC)


def is_container(path: Path, label: str) -> bool:
    """Whether the file's rows are not a plain stream of bytes: ZIP, Avro."""
    return _start(path, label, 4).startswith((*archives.MAGIC, avro.MAGIC))


def _start(path: Path, label: str, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise ExportError(f"{label} cannot be read: {error.strerror}", "check your permission to read it") from None


def _readable(path: Path, label: str, workspace: Path) -> Path:
    """The file itself, or a copy of an Avro file as JSON lines."""
    return avro.json_lines(path, label, workspace) if _start(path, label, 4) == avro.MAGIC else path


def described(path: Path, label: str, workspace: Path, *, bounded: bool = False) -> InputFile:
    """The description of a file, or of its copy for Avro. A `bounded` file must not grow more than an export can."""
    return _described(_readable(path, label, workspace), label, bounded)


def _described(path: Path, label: str, bounded: bool = False) -> InputFile:
    start = _start(path, label, HEAD)
    size = path.stat().st_size
    stated = COMPRESSIONS.get(path.suffix.lower())
    compression = _compression(start)
    if stated and compression != stated and start:
        hint = f"rename it without {path.suffix} if it is not compressed, or copy it again"
        raise ExportError(f"{label} is not a valid {stated} file", hint)
    if bounded:
        growth.refuse_growth(path, label, compression)
    head = _unpacked(path, compression, start, label)
    return InputFile(path, label, _format(path, label, head, compression), compression, head, size)


def _compression(start: bytes) -> Compression:
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zstd" if start.startswith(b"\x28\xb5\x2f\xfd") else "none"


def _unpacked(path: Path, compression: Compression, start: bytes, label: str) -> bytes:
    if compression == "none":
        return start
    if compression == "zstd":
        if not zstd.is_complete(path):
            raise ExportError(*_ends_early(label))
        return zstd.head(path, label)
    try:
        with gzip.open(path, "rb") as file:
            return file.read(HEAD)
    except EOFError:
        raise ExportError(*_ends_early(label)) from None
    except (OSError, zlib.error):
        pass
    hint = "rename it without .gz if it is not compressed, or copy it again"
    raise ExportError(f"{label} is not a valid gzip file", hint)


def _ends_early(label: str) -> tuple[str, str]:
    return f"{label} is incomplete: the compressed file ends early", "download or copy it again"


def _format(path: Path, label: str, head: bytes, compression: Compression) -> FormatName:
    format_name = _by_suffix(path)
    is_parquet = head.startswith(b"PAR1")
    if format_name == "parquet" and not is_parquet:
        content = "empty" if not head else "not a Parquet file"
        hint = "copy it again, or give it the right ending (.csv, .jsonl)"
        raise ExportError(f"{label} is {content}, despite its name", hint)
    if format_name is None and is_parquet:
        format_name = "parquet"
    if format_name == "parquet":
        if compression != "none":
            raise ExportError(f"{label} is a compressed Parquet file", "unpack it: Parquet is already compressed")
        return format_name
    if head.startswith(archives.MAGIC):
        raise ExportError(f"{label} is an archive inside another file", "unpack it, then give those files")
    if path.suffix.lower() == ".zip":
        raise ExportError(f"{label} is not a ZIP archive, despite its name", f"readable files: {READABLE}")
    if is_parquet or is_binary(head):
        content = "a Parquet file" if is_parquet else "not text"
        raise ExportError(f"{label} is {content}, despite its name", f"readable files: {READABLE}")
    if (other := content_despite_name(format_name, head)) is not None:
        content, hint = other
        raise ExportError(f"{label} is {content}, despite its name", hint)
    if format_name is not None:
        return format_name
    first_byte = head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1]
    return "json" if first_byte in (b"{", b"[") else "delimited"
