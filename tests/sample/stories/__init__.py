"""What else contacts do, a module for each occasion. Each has dice of its own: adding one leaves the others alone."""

from __future__ import annotations

from collections.abc import Callable

from tests.sample.diary import Diary, Event
from tests.sample.stories import (
    account,
    birthdays,
    leads,
    loyalty,
    mail,
    prices,
    products,
    sales,
    subscriptions,
    travel,
)

STORIES: dict[str, Callable[[Diary], None]] = {
    "leads": leads.tell,
    "sales": sales.tell,
    "subscriptions": subscriptions.tell,
    "travel": travel.tell,
    "prices": prices.tell,
    "birthdays": birthdays.tell,
    "products": products.tell,
    "loyalty": loyalty.tell,
    "account": account.tell,
    "mail": mail.tell,  # last: who opens a mail depends on what they did
}


def announcements() -> list[Event]:
    """What concerns no single contact (`broadcast: true` in the tracking plan)."""
    return [*prices.announcements(), *sales.announcements()]
