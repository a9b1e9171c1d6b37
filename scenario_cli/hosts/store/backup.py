"""Copies a store into another file, with SQLite's own means."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from scenario_cli.hosts.store.database import Store, translated
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.whole_file import drafts_beside, put


def copy_of(store: Store, target: Path) -> int:
    """Copies a store and checks the copy; gives its bytes.

    The copy is one file, without a separate log. Raises `StoreError`, and `OSError` if it cannot be written.
    """
    with drafts_beside(target) as folder:
        draft = folder / "copy.db"
        try:
            with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
                store.connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
                problem = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            if "disk is full" in str(error):  # that of the copy: the store is only read
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target)) from None
            raise translated(error, store.path) from None
        if problem != "ok":
            raise StoreError(f"{store.path} is damaged: {problem}; nothing was copied", "see 'scenario state check'")
        size = draft.stat().st_size
        put(draft, target)
    return size
