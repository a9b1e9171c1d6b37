"""Professionals after half a year of silence: the video that they receive, and the checklist that wakes some."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta

from tests.sample.campaigns import book_demo
from tests.sample.catalogue import ROLES
from tests.sample.consent import unsubscribe
from tests.sample.diary import Diary
from tests.sample.people import FIRST_DAY, LAST_DAY
from tests.sample.stories.desk import agrees_to_mail, in_working_hours, local_day, next_day

ACTIVITY = frozenset({
    "pro_page_viewed", "whitepaper_downloaded", "webinar_registered", "webinar_attended", "video_watched",
    "assessment_completed", "trial_started", "contacts_imported", "demo_booked", "opportunity_opened",
    "opportunity_moved", "opportunity_answered", "opportunity_closed", "subscription_started",
    "subscription_renewed", "subscription_cancelled",
})  # fmt: skip
TUESDAY_TO_THURSDAY = (1, 2, 3)
LOOKED_IN_LATEST = date(2024, 4, 30)


def wake(diary: Diary) -> None:
    """A reaction to our mail, at most once a year, as we send it."""
    if diary.person.kind != "professional" or diary.person.profile["email"] is None:
        return
    signs = sorted(event.at for event in diary.events if event.name in ACTIVITY)
    if diary.person.is_known and (not signs or signs[0].date() > LOOKED_IN_LATEST + timedelta(days=190)):
        signs[:0] = look_in(diary)
    for number, sign in enumerate(signs):
        following = signs[number + 1] if number + 1 < len(signs) else None
        day = next_day(half_a_year_after(local_day(diary, sign)), TUESDAY_TO_THURSDAY)
        at = diary.local(day, 10, 0)
        if day <= LAST_DAY and (following is None or following > at):
            if agrees_to_mail(diary, at):
                answer(diary, at)
            return


def look_in(diary: Diary) -> list[datetime]:
    """A page view early in the year, for known contacts with few other events."""
    if not diary.chance(0.75):
        return []
    span = (LOOKED_IN_LATEST - FIRST_DAY).days - 7
    at = in_working_hours(diary, FIRST_DAY + timedelta(days=diary.rng.randrange(span)))
    diary.record(at, "pro_page_viewed", page=diary.rng.choice(("home", "features", "cases", "pricing")))
    return [at]


def answer(diary: Diary, mailed: datetime) -> None:
    """Some contacts watch the video. Many of these download the checklist, and a few of the others."""
    day = local_day(diary, mailed)
    if diary.chance(0.3):
        at = diary.later(mailed, 180, 5 * 24 * 3600)
        diary.record(at, "video_watched", video="rooms-in-a-day")
        if diary.chance(0.5):
            download(diary, next_day(local_day(diary, at) + timedelta(days=1)))
    elif diary.chance(0.14):
        download(diary, next_day(day + timedelta(days=7), TUESDAY_TO_THURSDAY))
    elif diary.chance(0.06):
        unsubscribe(diary, diary.later(mailed, 600, 3 * 24 * 3600), channel="email")


def download(diary: Diary, day: date) -> None:
    """A download of the checklist within days of the mail that offers it, and its sequel."""
    at = in_working_hours(diary, day + timedelta(days=diary.rng.choice((0, 0, 1, 3))))
    at = max(at, diary.local(local_day(diary, at), 10, 4))
    diary.record(
        at,
        "whitepaper_downloaded",
        paper="reopening-checklist",
        title="The reopening checklist",
        title_fr="La check-list de réouverture",
        url="https://www.example.com/pro/papers/reopening-checklist.pdf",
        company=diary.person.profile["company"],
        role=diary.rng.choice(ROLES),
    )
    if not any(event.name == "demo_booked" for event in diary.events) and diary.chance(0.25):
        book_demo(diary, at, 20, 300)


def half_a_year_after(day: date) -> date:
    """Six months later on the calendar, or the last day of a shorter month."""
    year, month = day.year + (day.month + 5) // 12, (day.month + 5) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
