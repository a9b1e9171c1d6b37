"""A run that ends before or after any SQL statement and is run again gives the result of an undisturbed run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.proofs.contents import contents
from tests.proofs.runs import in_small_parts, reading_once, run_well
from tests.proofs.shop import Drop, copied, make_project
from tests.reference.settings import TIMES

PEOPLE = 9
NIGHTS = range(len(Drop.NIGHTS))
SAMPLES = 5  # number of tested places per night where the run ends; all places with REFERENCE_EXAMPLES


class Gone(BaseException):
    """The end of the process."""


class Mortal(sqlite3.Connection):
    """A connection whose process ends at a place. Each statement has two places, before and after it."""

    places = 0
    fatal = -1

    @classmethod
    def lives(cls, fatal: int = -1) -> None:
        """Starts the count of places again, with the place of the end (-1: none)."""
        cls.places, cls.fatal = 0, fatal

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        self._pass()
        cursor = super().execute(*arguments)
        self._pass()
        return cursor

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        self._pass()
        cursor = super().executemany(*arguments)
        self._pass()
        return cursor

    def _pass(self) -> None:
        if Mortal.places == Mortal.fatal or (0 <= Mortal.fatal < Mortal.places):
            Mortal.places += 1
            raise Gone
        Mortal.places += 1


@pytest.fixture(scope="module")
def disturbed() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, reading_once(patch):
        in_small_parts(patch)
        connect = sqlite3.connect
        patch.setattr(sqlite3, "connect", partial(connect, factory=Mortal))
        yield


class Nights:
    """The shop, and for each night its files, the store before it, and the store's contents after it.

    `places`: each night's number of places where the process can end.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = make_project(folder / "shop")
        self.before: list[Path] = []
        self.after: list[dict[str, Any]] = []
        self.places: list[int] = []
        store = folder / "undisturbed.db"
        for night in NIGHTS:
            self.before.append(copied(store, folder / f"before{night}.db"))
            Mortal.lives()
            self.run(store, night)
            self.places.append(Mortal.places)
            self.after.append(contents(store))

    def run(self, store: Path, night: int) -> None:
        """Runs with all files of a night."""
        drop = Drop(self.folder / "in", PEOPLE).until(night)
        run_well(self.project, store, Drop.NIGHTS[night], *drop.options)

    def is_gone(self, store: Path, night: int, place: int) -> bool:
        """Runs; returns whether the process ended at the place. A run that finishes an earlier one can miss it."""
        Mortal.lives(place)
        try:
            self.run(store, night)
        except Gone:
            return True
        finally:
            Mortal.lives()
        return False


@pytest.fixture(scope="module")
def nights(disturbed: None, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    return Nights(tmp_path_factory.mktemp("nights"))


def places(nights: Nights, night: int) -> list[int]:
    """The tested places: all if requested, else some, always the same."""
    every = list(range(nights.places[night]))
    return every if TIMES else sorted(Random(night).sample(every, SAMPLES))


@pytest.mark.parametrize("night", NIGHTS)
def test_a_run_that_ends_anywhere_and_is_run_again_loses_and_doubles_nothing(nights: Nights, night: int) -> None:
    for place in places(nights, night):
        store = copied(nights.before[night], nights.folder / "store.db")
        assert nights.is_gone(store, night, place), place
        nights.run(store, night)
        assert contents(store) == nights.after[night], place


@pytest.mark.parametrize("night", NIGHTS)
def test_a_run_that_ends_while_it_is_finished_is_finished_too(nights: Nights, night: int) -> None:
    random = Random(night)
    for place in places(nights, night):
        store = copied(nights.before[night], nights.folder / "store.db")
        assert nights.is_gone(store, night, place), place
        while nights.is_gone(store, night, random.randrange(nights.places[night])):
            pass
        assert contents(store) == nights.after[night], place
