"""Shared parts of the professionals' stories: working days, forms, and consent to e-mail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.sample.consent import identify
from tests.sample.diary import WORKING_HOURS, Diary
from tests.sample.people import LAST_DAY

WEEKDAYS = frozenset(range(5))


def next_day(day: date, days: Collection[int] = WEEKDAYS) -> date:
    """The day, or the next day with one of these weekdays (Monday: 0)."""
    while day.weekday() not in days:
        day += timedelta(days=1)
    return day


def local_day(diary: Diary, at: datetime) -> date:
    return at.astimezone(ZoneInfo(diary.person.timezone(min(at.date(), LAST_DAY)))).date()


def in_working_hours(diary: Diary, day: date) -> datetime:
    """A random instant in working hours of that day, or of the next working day."""
    return diary.moment(next_day(day), WORKING_HOURS)


def fill_in_form(diary: Diary, at: datetime, *, agrees: float) -> None:
    """A form of Vanneau Pro, which makes an unknown contact known."""
    was_known = diary.identified
    # Stories are generated after ordinary visits: forms of later visits were not known yet.
    diary.identified = diary.person.is_known or any(
        event.name == "profile_updated" and event.at <= at for event in diary.events
    )
    identify(diary, at, optin=True if diary.chance(agrees) else None)
    diary.identified |= was_known


def agrees_to_mail(diary: Diary, at: datetime) -> bool | None:
    """Known consent to e-mail at an instant; None if nobody asked."""
    profile = diary.person.profile
    facts = [
        event
        for event in diary.events
        if event.name == "profile_updated" and "email_optin" in event.properties and event.at <= at
    ]
    if facts:
        consent = max(facts, key=lambda event: event.at).properties["email_optin"]
    else:
        consent = profile["email_optin"] if diary.person.is_known and profile["email"] else None
    return consent if isinstance(consent, bool) else None
