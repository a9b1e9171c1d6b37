"""Trips searched and booked, airports arrived at, and prices that change."""

from __future__ import annotations

from tests.sample.diary import Diary, Event


def tell(diary: Diary) -> None:
    return


def announcements() -> list[Event]:
    return []
