"""Phones and what goes with them, coffee machines, what is used up and ordered again."""

from __future__ import annotations

from tests.sample.diary import Diary


def tell(diary: Diary) -> None:
    return
