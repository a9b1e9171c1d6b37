"""Offers that lie with professionals, webinars they take a seat in, and checklists that wake them."""

from __future__ import annotations

from tests.sample.diary import Diary, Event


def tell(diary: Diary) -> None:
    return


def announcements() -> list[Event]:
    return []
