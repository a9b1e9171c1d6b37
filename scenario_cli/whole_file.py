"""Writes a file so that always either the old or the new file is whole. Knows no format.

A draft is written in a hidden folder next to the file, brought to the disk, and renamed. The process that made the
folder removes it. If that process was killed, the next process that writes the same file removes it.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no locks of this kind, so nothing is removed there
    fcntl = None  # type: ignore[assignment]


def write_whole(target: Path, content: bytes) -> None:
    """Gives a file its content; its permissions stay. Raises `OSError`, and then the file is as it was."""
    with draft_of(target) as draft:
        draft.write_bytes(content)


@contextlib.contextmanager
def draft_of(target: Path) -> Iterator[Path]:
    """A file to write to in the place of another, with the same ending; it replaces the file at the end.

    A device or a pipe is written to as it is: renaming over /dev/null would replace it.
    """
    if target.exists() and not target.is_file() and not target.is_dir():
        yield target
        return
    with drafts_beside(target) as folder:
        draft = folder / f"draft{target.suffix}"
        yield draft
        put(draft, target)


@contextlib.contextmanager
def drafts_beside(target: Path) -> Iterator[Path]:
    """A hidden folder for drafts, on the same disk as the file. The folder and the files left in it are removed
    afterwards.
    """
    target = _behind_links(target)
    start = f".scenario-{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]}-"
    for leftover in target.parent.glob(f"{start}*"):
        with _locked(leftover, wait=False) as mine:
            if mine:
                shutil.rmtree(leftover, ignore_errors=True)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=start, dir=target.parent))
        try:
            with _locked(folder, wait=True) as mine:
                if not mine:  # anyone who cleared up took it for a leftover before it had its lock
                    continue
                yield folder
                return
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def put(draft: Path, target: Path) -> None:
    """Lets a finished draft take a file's place, with the permissions that the file has."""
    target = _behind_links(target)
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(target))
    _bring_to_disk(draft)
    if target.exists():
        shutil.copymode(target, draft)
    draft.replace(target)


def put_new(draft: Path, target: Path) -> None:
    """Puts a finished draft at a path where no file exists; raises `FileExistsError` if there is one."""
    _bring_to_disk(draft)
    try:
        os.link(draft, target)
    except FileExistsError:
        raise FileExistsError(errno.EEXIST, "there is one already", str(target)) from None
    except OSError:  # no disk for links
        if target.exists():
            raise FileExistsError(errno.EEXIST, "there is one already", str(target)) from None
        draft.replace(target)


def _bring_to_disk(draft: Path) -> None:
    with draft.open("rb+") as written:
        os.fsync(written.fileno())


def _behind_links(target: Path) -> Path:
    return target.resolve() if target.is_symlink() else target


@contextlib.contextmanager
def _locked(folder: Path, wait: bool) -> Iterator[bool]:
    """Whether the folder exists and no other process holds it; it is held meanwhile."""
    if fcntl is None:
        yield wait
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        yield _lock(handle, wait) and folder.is_dir() and os.path.samestat(os.fstat(handle), folder.stat())
    finally:
        os.close(handle)


def _lock(handle: int, wait: bool) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:  # no disk for locks
        return wait
    return True
