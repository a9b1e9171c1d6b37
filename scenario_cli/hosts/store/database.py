"""The SQLite file of a store: its tables, opening it, and transactions. Decides nothing about contacts."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from scenario_cli.hosts.store.compression import States
from scenario_cli.hosts.store.errors import StoreError
from scenario_cli.hosts.store.lock import holder, working

FORMAT = 1  # of the tables; a store of another format is refused
PATIENCE = 5  # seconds in which who reads waits for who writes
_PAGE_BYTES = 8192  # for a contact's kilobyte or more, smaller pages waste a fifth
_APPLICATION = 0x53434E52  # marks the file as a store, for `file` and for us

# Instants are microseconds since 1970-01-01 UTC. Ordinary rowid tables: WITHOUT ROWID takes twice the space for
# rows of a kilobyte.
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY, contact TEXT NOT NULL UNIQUE, state BLOB NOT NULL, next_due INTEGER, listed BLOB
);
CREATE INDEX contacts_due ON contacts (next_due) WHERE next_due IS NOT NULL;
CREATE TABLE kept (
    id INTEGER PRIMARY KEY, contact TEXT, at INTEGER NOT NULL, kind TEXT NOT NULL, content BLOB NOT NULL
);
CREATE INDEX kept_at ON kept (at);
CREATE INDEX kept_contact ON kept (contact);
CREATE TABLE programs (
    definition TEXT PRIMARY KEY, scenario TEXT NOT NULL, path TEXT NOT NULL, source BLOB NOT NULL,
    constants TEXT NOT NULL, run INTEGER NOT NULL
);
CREATE TABLE fed (identity TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, began TEXT NOT NULL, ended TEXT, clock INTEGER, until INTEGER NOT NULL,
    next_contact TEXT, head TEXT NOT NULL, figures TEXT
);
CREATE TABLE inputs (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL, role TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL,
    digest TEXT NOT NULL, modified INTEGER NOT NULL, watermark TEXT
);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL, contact TEXT NOT NULL, kind TEXT NOT NULL, message_id TEXT,
    channel TEXT, send_at INTEGER NOT NULL, expires_at INTEGER, needs_consent INTEGER NOT NULL, status TEXT NOT NULL,
    answer TEXT, changed_at INTEGER, row TEXT NOT NULL
);
CREATE INDEX outbox_status ON outbox (status, channel);
CREATE INDEX outbox_contact ON outbox (contact);
CREATE INDEX outbox_run ON outbox (run);
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY, outbox INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER, result TEXT, answer TEXT
);
CREATE INDEX attempts_outbox ON attempts (outbox);
CREATE TABLE totals (
    run INTEGER NOT NULL, scenario TEXT NOT NULL, definition TEXT NOT NULL, state TEXT NOT NULL, kind TEXT NOT NULL,
    count INTEGER NOT NULL
);
CREATE INDEX totals_run ON totals (run);
CREATE INDEX totals_running ON totals (kind) WHERE kind = 'running';
CREATE TABLE links (
    anonymous TEXT NOT NULL, at INTEGER NOT NULL, contact TEXT NOT NULL, PRIMARY KEY (anonymous, at)
) WITHOUT ROWID;
CREATE INDEX links_contact ON links (contact);
CREATE TABLE aliases (id INTEGER PRIMARY KEY, given_up TEXT NOT NULL, at INTEGER NOT NULL, kept TEXT NOT NULL);
CREATE TABLE dictionary (id INTEGER PRIMARY KEY CHECK (id = 1), content BLOB NOT NULL);
CREATE TABLE forgotten (hash TEXT PRIMARY KEY, at INTEGER NOT NULL);
"""


class Store:
    """An open store. Statements outside a transaction take effect at once."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection
        self._states: States | None = None

    def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        """Carries out a statement. Raises `StoreError`."""
        try:
            return self.connection.execute(sql, values)
        except sqlite3.Error as error:
            raise translated(error, self.path) from None

    def execute_many(self, sql: str, rows: Any) -> None:
        """Carries out a statement for each row. Raises `StoreError`."""
        try:
            self.connection.executemany(sql, rows)
        except sqlite3.Error as error:
            raise translated(error, self.path) from None

    def value(self, sql: str, values: Any = ()) -> Any:
        """The first value of the first row; None without a row."""
        row = self.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def meta(self, key: str) -> str | None:
        """A fact about the store: `project`, `salt`, `clock`, `begins`, `program`."""
        value = self.value("SELECT value FROM meta WHERE key = ?", (key,))
        return None if value is None else str(value)

    def set_meta(self, key: str, value: str | int) -> None:
        """Writes a fact about the store."""
        self.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, str(value))
        )

    @property
    def states(self) -> States:
        """Packs and unpacks the columns `state` and `listed` of `contacts`."""
        if self._states is None:
            self._states = States(self.dictionary)
        return self._states

    @property
    def dictionary(self) -> bytes | None:
        """The dictionary that packs states; None in a store with too few states."""
        content: bytes | None = self.value("SELECT content FROM dictionary")
        return content

    def set_dictionary(self, content: bytes) -> None:
        """Gives the store the dictionary by which states are packed from now on; it keeps it for good."""
        self.execute("INSERT INTO dictionary VALUES (1, ?)", (content,))
        self._states = None

    @property
    def clock(self) -> int | None:
        """The instant of the end of the last finished run; None before the first."""
        clock = self.meta("clock")
        return None if clock is None else int(clock)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes within it take effect together, or none does."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            self._states = None  # the dictionary can have been written in vain
            with suppress(sqlite3.Error):
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
            raise


def connect(path: Path, read_only: bool) -> sqlite3.Connection:
    """A connection to a store's file, without its settings."""
    if not read_only:
        return sqlite3.connect(path, isolation_level=None, timeout=30)
    uri = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=PATIENCE)
    try:
        connection.execute("SELECT 1 FROM sqlite_master")
    except sqlite3.OperationalError as error:
        connection.close()
        if not _lacks_shared_memory(error, path):
            raise
        return sqlite3.connect(f"{uri}&immutable=1", uri=True, isolation_level=None)
    return connection


# If its folder is not writable, and if its disk is full.
_NO_MEMORY = ("unable to open", "readonly", "read-only", "disk i/o")


def _lacks_shared_memory(error: sqlite3.OperationalError, path: Path) -> bool:
    """Whether a file that nobody writes to can be read only as one that does not change.

    That is so if SQLite cannot make shared memory next to it. Raises `StoreError` if the log next to it, which is not
    read then, has changes.
    """
    if working(path) or not any(words in str(error).lower() for words in _NO_MEMORY):
        return False
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        need, remedy = "write permission in the folder", "copy both files to a folder with write permission"
        if "disk i/o" in str(error).lower():
            need, remedy = "space on its disk", "free some space, or copy both files to another disk"
        raise StoreError(f"{log} has the last changes of {path}, and reading them needs {need}", remedy)
    return os.access(path, os.R_OK)


@contextmanager
def opened(path: Path, create: bool = False, read_only: bool = False) -> Iterator[Store]:
    """A store, for one writer who holds its lock, or to be read.

    With `create`, a missing file is made. Raises `StoreError`.
    """
    if not create and not path.exists():
        raise StoreError(f"the store {path} does not exist", "create one with 'scenario run --state FILE'")
    if path.is_dir():
        raise StoreError(f"{path} is a folder", "give a file, such as crm.db")
    try:
        connection = connect(path, read_only)
    except sqlite3.Error as error:
        raise translated(error, path) from None
    try:
        store = Store(path, connection)
        _prepare(store, create, read_only)
        yield store
    except sqlite3.Error as error:
        raise translated(error, path) from None
    finally:
        connection.close()


def _prepare(store: Store, create: bool, read_only: bool) -> None:
    if read_only:
        store.execute("PRAGMA query_only = ON")
    else:
        # One writer with the file to itself: no shared memory, and no other connection that could see a log half
        # written. FULL brings each commit to the disk.
        store.execute("PRAGMA locking_mode = EXCLUSIVE")
        store.execute("PRAGMA synchronous = FULL")
        store.execute("PRAGMA mmap_size = 0")
        store.execute("PRAGMA cache_size = -65536")
    application = store.value("PRAGMA application_id")
    if application == 0 and store.value("SELECT count(*) FROM sqlite_master") == 0:
        if not create:
            raise StoreError(f"{store.path} is empty, not a store", "create one with 'scenario run --state FILE'")
        store.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        store.execute("PRAGMA journal_mode = WAL")
        with store.transaction():
            for statement in _TABLES.split(";\n"):
                if statement.strip():
                    store.execute(statement)
            store.execute(f"PRAGMA application_id = {_APPLICATION}")
            store.set_meta("format", FORMAT)
        return
    if application != _APPLICATION:
        raise StoreError(f"{store.path} is a database, but not a store", "choose another file for the store")
    format_ = store.meta("format")
    if format_ != str(FORMAT):
        raise StoreError(
            f"{store.path} has format {format_}, but this version reads format {FORMAT}",
            "use the version of scenario-cli that wrote it",
        )
    if not read_only:
        store.execute("PRAGMA journal_mode = WAL")


# Words of SQLite's messages. Some of its messages show content of the store, so none of these is shown.
_DAMAGED = ("not a database", "malformed", "could not decode", "no such table", "no such column")


def translated(error: sqlite3.Error, path: Path) -> StoreError:
    """An error of SQLite in the user's words."""
    text = str(error).lower()
    if "disk is full" in text:
        return StoreError(
            f"the disk of {path} is full; the store is intact",
            "free some space and run again: the run continues where it stopped",
        )
    if "locked" in text or "busy" in text:
        owner = holder(path)
        by = (
            f"'scenario {owner['command']}' (process {owner['process']}, since {owner['since']})"
            if owner
            else "a process"
        )
        return StoreError(f"{by} is writing to {path}", "try again when it has ended")
    if "readonly" in text or "read-only" in text:
        return StoreError(
            f"no permission to write {path}; the store is unchanged", "check its permissions and its disk"
        )
    if "unable to open" in text:
        return StoreError(f"{path} cannot be opened", "check the permissions of the file and its folder")
    if any(words in text for words in _DAMAGED):
        return StoreError(f"{path} is damaged or not a store", "restore a backup: see 'scenario state backup'")
    if "i/o error" in text:
        return StoreError(f"{path} cannot be read or written: its disk gives an error", "check the disk and its mount")
    return StoreError(f"{path}: {error}")
