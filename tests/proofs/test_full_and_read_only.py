"""A full disk and a read-only store: a message with the reason, exit code 2, an unchanged store."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.proofs.contents import contents
from tests.proofs.runs import in_small_parts, run_once, run_well
from tests.proofs.shop import Drop, copied, make_project

PEOPLE = 200
NIGHT = 1


class Small(sqlite3.Connection):
    """A connection to a file with at most this many pages (None: no limit)."""

    pages: int | None = None

    def execute(self, *arguments: object) -> sqlite3.Cursor:
        if Small.pages is not None:
            super().execute(f"PRAGMA max_page_count = {Small.pages}")
        return super().execute(*arguments)  # type: ignore[arg-type]


class Shop:
    """The shop, the files of its second night, and the store after its first."""

    def __init__(self, folder: Path) -> None:
        self.project, self.drop = make_project(folder / "shop"), Drop(folder / "in", PEOPLE)
        self.store = folder / "crm.db"
        run_well(self.project, self.store, Drop.NIGHTS[0], *self.drop.until(0).options)
        self.contents = contents(self.store)
        self.drop.until(NIGHT)


class Store:
    """A copy of the shop's store before the second night."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        folder.mkdir()
        self.shop, self.path = shop, copied(shop.store, folder / "crm.db")

    @property
    def pages(self) -> int:
        with closing(sqlite3.connect(self.path)) as connection:
            return int(connection.execute("PRAGMA page_count").fetchone()[0])

    def run(self) -> tuple[int, str]:
        """Runs the second night; returns the exit code and the message."""
        return run_once(self.shop.project, self.path, Drop.NIGHTS[NIGHT], *self.shop.drop.options)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def store(shop: Shop, tmp_path: Path) -> Store:
    return Store(shop, tmp_path / "store")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Small))
    yield
    Small.pages = None


def test_a_run_on_a_full_disk_stops_and_is_finished_once_there_is_space(
    store: Store, small: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_small_parts(monkeypatch, 10)
    pages = store.pages
    for free in (0, 6, 12):
        Small.pages = pages + free
        code, output = store.run()
        assert code == 2
        assert f"the disk of {store.path} is full" in output and "free some space" in output
    Small.pages = None
    assert store.run() == (0, "")
    tables = contents(store.path)
    undisturbed = Store(store.shop, tmp_path / "undisturbed")
    assert undisturbed.run() == (0, "")
    expected = contents(undisturbed.path)
    for table in ("contacts", "kept", "outbox", "totals"):
        assert tables[table] == expected[table]


def test_a_first_run_that_finds_no_space_leaves_no_store(tmp_path: Path, small: None) -> None:
    project, drop = make_project(tmp_path / "shop"), Drop(tmp_path / "in", PEOPLE).until(0)
    Small.pages = 3
    code, output = run_once(project, tmp_path / "crm.db", Drop.NIGHTS[0], *drop.options)
    assert (code, "is full" in output) == (2, True)
    Small.pages = None
    run_well(project, tmp_path / "crm.db", Drop.NIGHTS[0], *drop.options)


def test_a_disk_without_space_for_the_name_of_a_lock_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    code, output = store.run()
    assert (code, f"{store.path}.lock cannot be written: No space left on device" in output) == (2, True), output
    assert contents(store.path) == store.shop.contents


def test_a_store_that_sqlite_may_not_write_stays_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class ReadOnly(sqlite3.Connection):
        """A connection as on a disk that is mounted read-only."""

        def execute(self, *arguments: object) -> sqlite3.Cursor:
            super().execute("PRAGMA query_only = ON")
            return super().execute(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=ReadOnly))
    code, output = store.run()
    monkeypatch.undo()
    assert (code, f"no permission to write {store.path}; the store is unchanged" in output) == (2, True), output
    assert contents(store.path) == store.shop.contents
