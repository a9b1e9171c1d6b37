"""Professionals' offers, webinars and checklists."""

from __future__ import annotations

from tests.sample.diary import Diary, Event
from tests.sample.stories import checklist, offers, webinars


def tell(diary: Diary) -> None:
    """Runs the stories in this order, because a contact who attended a webinar or talks with sales is not dormant."""
    webinars.take_seats(diary)
    offers.negotiate(diary)
    checklist.wake(diary)


def announcements() -> list[Event]:
    return webinars.announcements()
