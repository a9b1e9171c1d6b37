"""Offers that lie with professionals, webinars they take a seat in, and checklists that wake them."""

from __future__ import annotations

from tests.sample.diary import Diary, Event
from tests.sample.stories import checklist, offers, webinars


def tell(diary: Diary) -> None:
    """In this order: whoever was in a webinar or talks with sales is not dormant."""
    webinars.take_seats(diary)
    offers.negotiate(diary)
    checklist.wake(diary)


def announcements() -> list[Event]:
    return webinars.announcements()
