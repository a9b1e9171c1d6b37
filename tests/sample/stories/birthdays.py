"""Customers who spend their birthday present."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.sample.diary import Diary
from tests.sample.people import FIRST_DAY, LAST_DAY
from tests.sample.shopping import fill_cart, order_by_telephone, visit

CODE = "BIRTHDAY15"


def tell(diary: Diary) -> None:
    born = diary.person.profile["birthday"]
    if not isinstance(born, str):
        return
    if born.endswith("-02-29"):
        become_customer(diary)
    for year in range(FIRST_DAY.year, LAST_DAY.year + 1):
        day = anniversary(date.fromisoformat(born), year)
        present = day - timedelta(days=7)
        if FIRST_DAY <= present <= LAST_DAY and has_bought(diary, present) and diary.chance(0.17):
            spend_present(diary, present)


def become_customer(diary: Diary) -> None:
    """One order in autumn, so that the few contacts born on a leap day are customers on their birthday."""
    day = date(2024, 10, 1) + timedelta(days=diary.rng.randrange(60))
    if diary.person.awake(day):
        order_by_telephone(diary, diary.local(day, 15, 20))


def anniversary(born: date, year: int) -> date:
    """The birthday in a year; 29 February becomes the 28th in other years."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def has_bought(diary: Diary, day: date) -> bool:
    """Whether an order came before nine o'clock of that day, and a mail can announce the present."""
    zone = ZoneInfo(diary.person.timezone(day))
    nine = datetime.combine(day, time(9), tzinfo=zone)
    ordered = any(event.name == "order_completed" and event.at < nine for event in diary.events)
    return ordered and diary.agreed_to_email and not diary.opted_out


def spend_present(diary: Diary, present: date) -> None:
    """A purchase between the mail and the end of the code, a fortnight after the birthday."""
    day = present + timedelta(days=diary.rng.choice((0, 0, 1, 2, 3, 4, 5, 7, 7, 8, 11, 16, 20)))
    if diary.person.awake(day):
        at = diary.moment(day) if day > present else diary.local(day, diary.rng.randrange(10, 22), 5)
        fill_cart(diary, visit(diary, at, source="email"), fate="at_once", coupon=CODE)
