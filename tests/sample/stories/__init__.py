"""Further activity of contacts, one module for each story. Each draws its own random numbers: a new story changes no
other."""

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
    "mail": mail.tell,  # last: opens of mails depend on the other events
}


def announcements() -> list[Event]:
    """Broadcasts (`broadcast: true` in the tracking plan)."""
    return [*prices.announcements(), *sales.announcements()]
