"""Allows one process at a time to write to a store, or deliver from it. A lock goes away with the process that holds
it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from scenario_cli.hosts.store.errors import StoreError

_PAUSE = 0.05  # seconds between two tries
# A delivery holds the store's lock for a second or two at a time, and longer only if a server is slow to answer. So
# other processes wait a little.
_PASSING = "deliver"
_PASSES = 120.0  # seconds
_NAMELESS = 1.0  # seconds in which a process that holds a lock has written its name


@contextmanager
def locked(store: Path, command: str, wait: float = 0.0, role: str = "") -> Iterator[None]:
    """Holds the lock of a store for the time of the context, after at most `wait` seconds of trying.

    Each `role` has its own lock; the lock without a role is for writing to the store. Raises `StoreError`, which names
    the process that holds it and since when.
    """
    path = lock_file(store, role)
    if not path.parent.is_dir():
        raise StoreError(
            f"folder {path.parent} does not exist", "create it first, or choose another place for the store"
        )
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror}", "the store needs a folder with write permission"
        ) from None
    try:
        began = time.monotonic()
        while not _try_lock(handle):
            owner = holder(store, role)
            patience = _NAMELESS if not owner else _PASSES if owner["command"] == _PASSING and not role else 0.0
            if time.monotonic() >= began + max(wait, patience):
                raise StoreError(*_held_by(store, owner))
            time.sleep(_PAUSE)
        _write_name(handle, path, command)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)  # lets go of the lock


@contextmanager
def locked_to_read(store: Path, command: str) -> Iterator[None]:
    """Holds the lock for the time of the context, so that no run begins that would have to wait for a long reader.

    If nothing can be written next to the store, nobody can lock it, and it is read without a lock.
    """
    try:
        os.close(os.open(lock_file(store), os.O_RDWR | os.O_CREAT, 0o644))
    except OSError:
        yield
        return
    with locked(store, command):
        yield


def lock_file(store: Path, role: str = "") -> Path:
    """The file next to the store that is locked."""
    return store.with_name(f"{store.name}.{role}.lock" if role else f"{store.name}.lock")


def holder(store: Path, role: str = "") -> dict[str, object]:
    """The command, process and beginning of the lock's holder; empty if unknown."""
    try:
        content = json.loads(lock_file(store, role).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) and {"command", "process", "since"} <= content.keys() else {}


def working(store: Path, role: str = "") -> dict[str, object]:
    """The command, process and beginning of the lock's present holder; empty if there is none."""
    owner = holder(store, role)
    if not owner:
        return {}
    try:
        handle = os.open(lock_file(store, role), os.O_RDONLY)
    except OSError:
        return owner  # no permission to try the lock
    try:
        return {} if _try_lock(handle) else owner
    finally:
        os.close(handle)


def _write_name(handle: int, path: Path, command: str) -> None:
    since = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    name = json.dumps({"process": os.getpid(), "command": command, "since": since}).encode()
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, name, 0)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror}; the store is unchanged", "free some space on its disk"
        ) from None


def _held_by(store: Path, owner: dict[str, object]) -> tuple[str, str]:
    if not owner:
        return f"another process works on {store}", "wait until it has ended"
    message = f"'scenario {owner['command']}' (process {owner['process']}) works on {store} since {owner['since']}"
    return message, "wait until it has ended; the lock ends with the process"


if sys.platform == "win32":
    import msvcrt

    def _try_lock(held: int) -> bool:
        try:
            msvcrt.locking(held, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(held: int) -> bool:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
