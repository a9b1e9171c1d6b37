"""Contacts' reactions to our mails: opens, clicks, answers or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import zip_longest

from tests.sample.consent import unsubscribe
from tests.sample.diary import Diary
from tests.sample.people import FIRST_DAY, LAST_DAY
from tests.sample.shopping import HOUR, MINUTE, fill_cart, visit

DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Reader:
    """Reactions to mails of a kind of contact: the share of opened mails, and the share of clicks in opened mails.

    `machine`: the mail program opens every mail by itself, in the minute of its arrival.
    """

    opens: float
    clicks: float
    machine: bool = False


READERS = {
    "keen": Reader(opens=0.75, clicks=0.16),
    "now_and_then": Reader(opens=0.28, clicks=0.12),
    "by_machine": Reader(opens=0.95, clicks=0.03, machine=True),
    "never": Reader(opens=0.0, clicks=0.0),
}
READER_SHARES = {"keen": 15, "now_and_then": 36, "by_machine": 7, "never": 42}

# Mails after an event of the contact: the event, the template, the delay in hours, and the appeal relative to a
# newsletter's.
ANSWERS = (
    ("newsletter_subscribed", "welcome/code", 0, 1.6),
    ("newsletter_subscribed", "welcome/wish_list", 65, 1.0),
    ("whitepaper_downloaded", "nurturing/white_paper", 0, 2.0),
    ("whitepaper_downloaded", "nurturing/features", 20, 1.2),
    ("whitepaper_downloaded", "nurturing/free_trial", 90, 1.0),
)
WAKING = ("reactivation/novelties",)  # even silent contacts open it now and then
ANNOUNCED, OFFERED, CLOSED = date(2024, 11, 26), date(2024, 11, 29), date(2024, 12, 2)  # Black Friday


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that the tool of that time sent to the contact."""

    at: datetime
    template: str
    appeal: float = 1.0


def tell(diary: Diary) -> None:
    rng = diary.rng
    reader = READERS[rng.choices(list(READER_SHARES), weights=list(READER_SHARES.values()))[0]]
    choose_less(diary)
    for mail in sorted(mails(diary), key=lambda mail: mail.at):
        if agreed(diary, mail.at) and (diary.person.awake(mail.at.date()) or mail.template in WAKING):
            take(diary, reader, mail)
    read_black_friday_sms(diary)
    answer_last_question(diary)


def mails(diary: Diary) -> list[Mail]:
    """The mails that the contact receives with consent to e-mail."""
    received = [Mail(at, edition(diary, at)) for at in (diary.local(day, 10, 0) for day in first_tuesdays())]
    received += [
        Mail(diary.local(ANNOUNCED, 10, 0), "key_dates/announcement", 1.1),
        Mail(diary.local(OFFERED, 8, 0), "key_dates/offer", 1.3),
    ]
    for event in diary.events:
        received += [
            Mail(event.at + timedelta(hours=hours), template, appeal)
            for name, template, hours, appeal in ANSWERS
            if event.name == name
        ]
    if diary.person.last_order is not None:
        half_a_year_on = months_later(diary.person.last_order, 6)
        if half_a_year_on <= LAST_DAY:
            received.append(Mail(diary.local(half_a_year_on, 10, 0), "reactivation/novelties", 0.4))
    return received


def edition(diary: Diary, at: datetime) -> str:
    """The template of the newsletter: by interest if the contact viewed a product in the last half year."""
    looked = any(event.name == "product_viewed" and at - timedelta(days=180) < event.at < at for event in diary.events)
    return "newsletter/by_interest" if looked else "newsletter/general"


def take(diary: Diary, reader: Reader, mail: Mail) -> None:
    """The contact's reaction to a mail: none, an open, two; a click and a visit; at a key date an order."""
    if not diary.chance(min(reader.opens * mail.appeal, 0.97)):
        return
    message = {"message_id": f"m{diary.rng.getrandbits(48):012x}", "template": mail.template}
    opened = diary.later(mail.at, 5, MINUTE) if reader.machine else hours_after(diary, mail.at)
    blocked = diary.chance(0.06)  # images are blocked, so that opens are not seen but clicks are
    if not blocked:
        diary.record(opened, "email_opened", **message)
    if diary.chance(0.08):
        opened = diary.later(opened, HOUR, 4 * DAY)
        if not blocked:
            diary.record(opened, "email_opened", **message)
    if diary.chance(reader.clicks * mail.appeal):
        at = diary.later(opened, 4, 3 * MINUTE)
        diary.record(at, "email_clicked", **message, link="https://www.example.com/shop")
        left_at = visit(diary, diary.later(at, 0.5, 4), source="email")
        if mail.template == "key_dates/offer" and diary.chance(0.45):
            fill_cart(diary, left_at, fate="at_once", coupon="BLACK20")
        elif diary.chance(0.08):
            fill_cart(diary, left_at)
    elif diary.chance(0.006):
        unsubscribe(diary, diary.later(opened, 10, MINUTE), channel="email")


def hours_after(diary: Diary, at: datetime) -> datetime:
    """The instant of an open: half of the opens come within five hours, one in eight after more than two days."""
    least, most = diary.rng.choices(((0.05, 1), (1, 5), (5, 24), (24, 48), (48, 120)), weights=(22, 28, 26, 12, 12))[0]
    return diary.later(at, least * HOUR, most * HOUR)


def choose_less(diary: Diary) -> None:
    """A few contacts find the preferences page by themselves and choose one mail a month."""
    if not diary.chance(0.03):
        return
    day = diary.person.joins + timedelta(days=20 + diary.rng.randrange(200))
    at = diary.moment(min(day, LAST_DAY))
    if diary.person.awake(day) and agreed(diary, at):
        diary.record(at, "profile_updated", mail_frequency="monthly")
        diary.record(diary.later(at, 0.05, 0.9), "preference_confirmed", choice="less")


def read_black_friday_sms(diary: Diary) -> None:
    """Reactions to the SMS of the last day by contacts who did not open the offer: some visit, some of these buy."""
    profile, at = diary.person.profile, diary.local(CLOSED, 11, 0)
    if not profile["phone"] or profile["sms_optin"] is not True or not agreed(diary, diary.local(OFFERED, 8, 0)):
        return
    if any(
        event.name == "email_opened" and event.properties["template"] == "key_dates/offer" for event in diary.events
    ):
        return
    if diary.person.awake(CLOSED) and diary.chance(0.14):
        left_at = visit(diary, diary.later(at, 2 * MINUTE, 9 * HOUR), source="sms")
        if diary.chance(0.5):
            fill_cart(diary, left_at, fate="at_once", coupon="BLACK20")


def answer_last_question(diary: Diary) -> None:
    """The answer to the question whether we shall stop: mostly none."""
    for question in last_questions(diary):
        answer = diary.rng.choices(("nothing", "stay", "less", "leave", "visit"), weights=(52, 17, 12, 8, 11))[0]
        at = hours_after(diary, question)
        if answer == "nothing" or not agreed(diary, at):
            continue
        if answer == "visit":
            fill_cart(diary, visit(diary, at, source="email"), fate="at_once" if diary.chance(0.5) else "left")
            continue
        diary.record(at, "preference_confirmed", choice=answer)
        if answer != "leave" and diary.chance(0.35):  # some also visit the shop
            bought_at = visit(diary, diary.later(at, 20, 5 * DAY), source="direct")
            fill_cart(diary, bought_at, fate="at_once")
        return


def last_questions(diary: Diary) -> Iterator[datetime]:
    """Due instants of the question: a working day, half a year after the last activity, a fortnight after a mail.

    Not for customers: reactivation asks them. A contact without any activity is asked after the sixth newsletter.
    """
    signs = sorted(event.at for event in diary.events if event.name != "profile_updated")
    sixth = first_tuesdays()[5]
    if not any(sign.date() <= sixth + timedelta(days=14) for sign in signs):
        yield diary.local(sixth + timedelta(days=14), 10, 5)
    orders = [event.at.date() for event in diary.events if event.name == "order_completed"]
    for sign, following in zip_longest(signs, signs[1:]):
        day = months_later(sign.date(), 6)
        if any(day - timedelta(days=300) < order <= day for order in orders):
            continue
        day = max([day, *(tuesday + timedelta(days=14) for tuesday in first_tuesdays() if tuesday <= day)])
        while day.weekday() >= 5:
            day += timedelta(days=1)
        if day < LAST_DAY and (following is None or following.date() > day):
            yield diary.local(day, 10, 5)


def agreed(diary: Diary, at: datetime) -> bool:
    """Whether the contact has given consent to e-mail by then, as far as the shop knows."""
    person = diary.person
    state = person.is_known and person.profile["email_optin"] is True
    updates = [event for event in diary.events if "email_optin" in event.properties and event.at <= at]
    for event in sorted(updates, key=lambda event: event.at):
        state = event.properties["email_optin"] is True
    return state and person.profile["email"] is not None


@cache
def first_tuesdays() -> tuple[date, ...]:
    days = (FIRST_DAY + timedelta(days=number) for number in range((LAST_DAY - FIRST_DAY).days + 1))
    return tuple(day for day in days if day.weekday() == 1 and day.day <= 7)


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of a shorter month."""
    first = date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))
