"""Contacts' reactions to the newsletter and the white papers: sign-up, answer or silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.sample.catalogue import COMPANIES, HOSTS, PAPERS, ROLES
from tests.sample.consent import identify, unsubscribe
from tests.sample.diary import WORKING_HOURS, Diary
from tests.sample.people import LAST_DAY
from tests.sample.shopping import HOUR, fill_cart, make_wish_list, visit

DAY = 24 * HOUR

# Sequels of a sign-up, in percent: an order in the first week, an order after the reminder...
AFTER_SIGN_UP = {"orders": 22, "orders_late": 8, "wishes": 16, "unsubscribes": 5, "nothing": 49}

# Sequels of a download, in percent. Times are hours after it, from and to.
AFTER_DOWNLOAD = {
    "demo_at_once": 5,
    "demo_after_features": 7,
    "trial_only": 12,
    "trial_then_demo": 8,
    "demo_after_invitation": 10,
    "demo_at_last": 6,
    "unsubscribes": 5,
    "nothing": 47,
}
DEMO_HOURS = {
    "demo_at_once": (1, 18),
    "demo_after_features": (26, 66),
    "demo_after_invitation": (170, 250),
    "demo_at_last": (272, 370),
}


def sign_up(diary: Diary, day: date) -> None:
    """A newsletter sign-up on a visit, and its sequel."""
    rng = diary.rng
    at = visit(diary, diary.moment(day))
    # The confirmation link gives consent, a moment before the subscription counts.
    identify(diary, at, optin=True if diary.chance(0.97) else None)
    at = diary.later(at, 0.2, 2)
    source = rng.choices(("popup", "footer", "checkout"), weights=(55, 30, 15))[0]
    diary.record(at, "newsletter_subscribed", source=source)
    sequel = rng.choices(list(AFTER_SIGN_UP), weights=list(AFTER_SIGN_UP.values()))[0]
    if sequel == "orders":
        moment = diary.moment(day + timedelta(days=rng.choice((1, 1, 2, 3, 4, 5, 6))))
        cart_at = max(visit(diary, moment, source="email"), diary.later(at, 600, 1200))
        fill_cart(diary, cart_at, fate="at_once", coupon="WELCOME10" if diary.chance(0.8) else None)
    elif sequel == "orders_late":
        moment = diary.moment(day + timedelta(days=rng.randrange(9, 14)))
        coupon = "WELCOME15" if diary.chance(0.8) else None
        fill_cart(diary, visit(diary, moment, source="email"), fate="at_once", coupon=coupon)
    elif sequel == "wishes":
        make_wish_list(diary, diary.later(at, 4 * HOUR, 5 * DAY))
    elif sequel == "unsubscribes":
        unsubscribe(diary, diary.later(at, 3 * HOUR, 9 * DAY), channel="email")


def download_paper(diary: Diary, day: date) -> None:
    """A download of a white paper, and the lead's sequel."""
    rng = diary.rng
    at = visit(diary, diary.moment(day, WORKING_HOURS), source="search")
    identify(diary, at, optin=True if diary.chance(0.75) else None)
    company = rng.choice(COMPANIES)
    at = diary.later(at, 0.2, 2)
    record_download(diary, at, company)
    if diary.chance(0.12):
        record_download(diary, diary.later(at, 2 * HOUR, 40 * DAY), company)
    sequel = rng.choices(list(AFTER_DOWNLOAD), weights=list(AFTER_DOWNLOAD.values()))[0]
    if sequel in DEMO_HOURS:
        book_demo(diary, at, *DEMO_HOURS[sequel])
    elif sequel in ("trial_only", "trial_then_demo"):
        started = at_work(diary, diary.later(at, 70 * HOUR, 150 * HOUR))
        diary.record(started, "trial_started", trial_days=14, company=company)
        if sequel == "trial_then_demo":
            book_demo(diary, started, 60, 330)
    elif sequel == "unsubscribes":
        unsubscribe(diary, diary.later(at, 20 * HOUR, 12 * DAY), channel="email")


def record_download(diary: Diary, at: datetime, company: str) -> None:
    paper = diary.rng.choice(PAPERS)
    diary.record(
        at,
        "whitepaper_downloaded",
        paper=paper.slug,
        title=paper.title,
        title_fr=paper.title_fr,
        url=f"https://www.example.com/pro/papers/{paper.slug}.pdf",
        company=company,
        role=diary.rng.choice(ROLES),
    )


def book_demo(diary: Diary, at: datetime, least: float, most: float) -> None:
    """A demo booked `least` to `most` hours after `at`, for one of the next working days, on the clock of Paris."""
    rng = diary.rng
    booked = at_work(diary, diary.later(at, least * HOUR, most * HOUR))
    day = booked.date() + timedelta(days=rng.randrange(2, 9))
    while day.weekday() >= 5:
        day += timedelta(days=1)
    hour, minute = rng.choice((9, 10, 11, 14, 15, 16, 17)), rng.choice((0, 30))
    starts = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo("Europe/Paris"))
    number = f"d{diary.person.number:04d}"
    diary.record(
        booked,
        "demo_booked",
        demo_id=number,
        starts_at=starts.isoformat(timespec="seconds"),
        slot=in_words(starts),
        host=rng.choice(HOSTS),
        join_url=f"https://video.example.com/{number}",
    )


def at_work(diary: Diary, at: datetime) -> datetime:
    """The same instant, or two days later if it lies on a weekend: bookings are made on working days."""
    local = at.astimezone(ZoneInfo(diary.person.timezone(min(at.astimezone(UTC).date(), LAST_DAY))))
    return at + timedelta(days=2) if local.weekday() >= 5 else at


def in_words(starts: datetime) -> str:
    """An instant as text for readers. Without strftime, because its words follow the machine's language."""
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    months = (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    )  # fmt: skip
    day, month = days[starts.weekday()], months[starts.month - 1]
    return f"{day} {starts.day} {month} {starts.year}, {starts:%H:%M} (Paris)"
