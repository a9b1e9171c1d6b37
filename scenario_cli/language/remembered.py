"""Results made of a text in an earlier run, kept in the user's cache folder. Knows no format of texts.

Entries cannot be out of date: an entry is found by the digest of its text, in a file named after the code that made it.
If the folder or a file has any fault, the text is read again.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

# The environment variable that names the folder, or is "off".
FOLDER = "SCENARIO_CACHE"
MOST_FILES = 50  # projects, times versions
_MOST_BYTES = 16 << 20  # of one project; the entries unused for longest go first
_PAUSE = 60.0  # seconds
_SUFFIX = ".texts"
_OFF = ("off", "0", "no", "false")


class Memory:
    """The entries of one project."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entries = _read(file)
        self._used: dict[bytes, bytes] = {}
        self._has_news = False
        self._saved_at = -_PAUSE

    def recall(self, kind: str, text: bytes) -> Any:
        """The entry for a text; None if there is none."""
        key = _key(kind, text)
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._used[key] = entry
        return marshal.loads(entry)

    def note(self, kind: str, text: bytes, value: Any) -> None:
        """Keeps a value of tuples, lists, texts and numbers for the next run; any other is not kept."""
        with contextlib.suppress(ValueError):
            self._used[_key(kind, text)] = marshal.dumps(value)
            self._has_news = True

    def save(self) -> None:
        """Writes new entries to a temporary file and renames it, because another run can use the file too.

        An editor reads a project at every key press, so the file is then written once a minute.
        """
        if not self._has_news or time.monotonic() - self._saved_at < _PAUSE:
            return
        self._saved_at = time.monotonic()
        entries: dict[bytes, bytes] = {}
        room = _MOST_BYTES
        for key, entry in {**self._used, **self._entries}.items():
            room -= len(entry)
            if room < 0:
                break
            entries[key] = entry
        content = marshal.dumps(entries)
        with contextlib.suppress(OSError):
            number, draft = tempfile.mkstemp(prefix="draft-", suffix=_SUFFIX, dir=self._file.parent)
            with os.fdopen(number, "wb") as written:
                written.write(_digest(content) + content)
            Path(draft).replace(self._file)
            _make_room(self._file.parent)
        self._entries, self._used, self._has_news = entries, {}, False


_active: ContextVar[Memory | None] = ContextVar("memory", default=None)
_memories: dict[Path, Memory] = {}  # by file


@contextlib.contextmanager
def remembering(project: Path) -> Iterator[None]:
    """Uses the memory of the project in a folder, if allowed, and saves new entries at the end."""
    file = _file_of(project)
    if file is None:
        yield
        return
    store = _memories.get(file)
    if store is None:
        store = _memories[file] = Memory(file)
    before = _active.set(store)
    try:
        yield
        store.save()
    finally:
        _active.reset(before)


def memory() -> Memory | None:
    """The memory that is in use; None if nothing is remembered."""
    return _active.get()


def _file_of(project: Path) -> Path | None:
    folder, code = _folder(), _code()
    if folder is None or code is None:
        return None
    return folder / f"{code}-{_digest(os.fsencode(project.absolute())).hex()}{_SUFFIX}"


def _folder() -> Path | None:
    """The folder, which belongs to the user and which nobody else can write to; None if none can be used."""
    setting = os.environ.get(FOLDER, "")
    if setting.lower() in _OFF or (not setting and os.environ.get("CI")):
        return None
    try:
        folder = Path(setting) if setting else _base() / "scenario-cli"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except (OSError, RuntimeError):  # no disk to write to, no home
        return None
    others_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not stat.S_ISDIR(status.st_mode) or (hasattr(os, "getuid") and (status.st_uid != os.getuid() or others_write)):
        return None
    return folder


def _base() -> Path:
    named = Path(os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".cache"


def _read(file: Path) -> dict[bytes, bytes]:
    """The entries of a file; none if it is not there or is damaged."""
    try:
        content = file.read_bytes()
    except OSError:
        return {}
    size = len(_digest(b""))
    if content[:size] != _digest(content[size:]):
        return {}
    entries: dict[bytes, bytes] = marshal.loads(content[size:])
    return entries


def _make_room(folder: Path) -> None:
    """Removes the files that were written first if there are too many; drafts of killed runs are among them."""
    files = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[MOST_FILES:]:
        path.unlink(missing_ok=True)


@cache
def _code() -> str | None:
    """The digest of all code that an entry follows from; None if its sources are not there."""
    import jinja2
    import yaml

    here = Path(__file__).parent
    folders = (here, here / "templates", here / "schema")
    sources = sorted(path for folder in folders for path in folder.glob("*.py"))
    if not sources:
        return None
    versions = f"{sys.version} {jinja2.__version__} {yaml.__version__}".encode()
    return _digest(versions + b"".join(path.read_bytes() for path in sources)).hex()


def _key(kind: str, text: bytes) -> bytes:
    return _digest(kind.encode() + b"\0" + text)


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()
