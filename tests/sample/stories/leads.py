"""Activity of Vanneau Pro's leads: page views, downloads, trials, import of their clients, self-assessments."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.sample.campaigns import book_demo, record_download
from tests.sample.catalogue import COMPANIES
from tests.sample.diary import WORKING_HOURS, Diary
from tests.sample.people import FIRST_DAY, LAST_DAY

HOUR, DAY = 3600, 24 * 3600
LAST_ENTRY = LAST_DAY - timedelta(days=10)

# Warmth of a lead from a white paper, in percent.
WARMTH = {"cold": 42, "curious": 33, "slow": 8, "hot": 17}

# A new user's day of importing clients, counted from the first day of the trial, in percent.
IMPORTS = {"at_once": 18, "second_day": 8, "when_told": 9, "when_offered": 5, "after_the_trial": 3, "never": 57}
IMPORT_HOURS = {
    "at_once": (0.2, 8),
    "second_day": (18, 40),
    "when_told": (100, 170),
    "when_offered": (250, 320),
    "after_the_trial": (380, 500),
}

# Mails of the course, read this many hours after the download.
COURSE = {"features": (8, 40), "free_trial": (74, 140), "personal_demo": (150, 200), "last_chance": (245, 330)}
PAGE_OF = {"features": "features", "free_trial": "trial", "personal_demo": "demo", "last_chance": "demo"}


def tell(diary: Diary) -> None:
    downloads = [event.at for event in diary.events if event.name == "whitepaper_downloaded"]
    if downloads:
        look_around(diary, min(downloads))
        if not any(event.name == "demo_booked" for event in diary.events):
            assess_oneself(diary, min(downloads) + timedelta(days=39), share=0.42)
    elif diary.person.kind == "professional" and diary.person.is_known and diary.chance(0.2):
        assess_oneself(diary, diary.moment(some_day(diary), WORKING_HOURS), share=0.4)
    if diary.person.kind == "professional" and diary.person.is_known and diary.chance(0.3):
        try_it(diary)
    for event in list(diary.events):
        if event.name == "trial_started":
            import_clients(diary, event.at)


def look_around(diary: Diary, at: datetime) -> None:
    """Page views of Vanneau Pro around a first paper; a warmer lead views more pages."""
    warmth = diary.rng.choices(list(WARMTH), weights=list(WARMTH.values()))[0]
    view(diary, diary.later(at, 30, 8 * 60), ("home", "features", "features", "cases"), 1 if diary.chance(0.6) else 0)
    if warmth == "cold":
        return
    if warmth == "slow":  # visits every few weeks for half a year: many pages, never many at once
        for weeks in range(2, 26, 4):
            view(diary, diary.later(at, weeks * 7 * DAY, (weeks + 2) * 7 * DAY), ("features", "cases", "pricing"), 2)
        return
    for mail, hours in COURSE.items():
        if diary.agreed_to_email and not diary.opted_out and diary.chance(0.3):
            click(diary, diary.later(at, hours[0] * HOUR, hours[1] * HOUR), mail)
    view(diary, diary.later(at, 2 * DAY, 9 * DAY), ("home", "features", "cases", "pricing"), diary.rng.randrange(1, 4))
    if warmth == "hot":
        compare(diary, diary.later(at, 4 * HOUR, (25 if diary.chance(0.6) else 90) * DAY))


def compare(diary: Diary, at: datetime) -> None:
    """A few days of serious comparison: prices, another paper. Some leads then talk with us."""
    if diary.chance(0.7):
        record_download(diary, at, str(diary.person.profile["company"] or diary.rng.choice(COMPANIES)))
    for _ in range(diary.rng.randrange(2, 4)):
        view(diary, at, ("pricing", "pricing", "cases", "features", "contact"), diary.rng.randrange(2, 4))
        at = diary.later(at, 3 * HOUR, 2 * DAY)
    if any(event.name == "demo_booked" for event in diary.events):
        return
    if diary.chance(0.45):  # most of them because we called
        book_demo(diary, at, 20, 150)
    elif diary.chance(0.35):
        view(diary, diary.later(at, 2 * DAY, 4 * DAY), ("pricing", "cases"), 2)  # still undecided at the second call


def assess_oneself(diary: Diary, at: datetime, share: float) -> None:
    """The twenty questions: some contacts answer them on request, a few without."""
    if not diary.chance(share) or not diary.identified:
        return
    if diary.chance(0.3):
        at = diary.later(at, 7 * DAY, 10 * DAY)  # only after a reminder
    at = diary.later(at, 2 * HOUR, 5 * DAY)
    skill = diary.rng.choice((1.2, 2.1, 2.5, 2.8, 3.1, 3.4, 3.9))
    answers = [min(5, max(0, round(diary.rng.gauss(skill, 1.1)))) for _ in range(20)]
    properties: dict[str, object] = {"answers": answers}
    if diary.chance(0.6):
        properties["wants_call"] = diary.chance(0.35)
    diary.record(at, "assessment_completed", **properties)
    if diary.chance(0.03):  # a second time, to see the result of other answers
        second_answers = [min(5, answer + 1) for answer in answers]
        diary.record(diary.later(at, 5 * 60, 2 * DAY), "assessment_completed", answers=second_answers)
    welcome = properties.get("wants_call") is True
    if diary.chance(0.55 if welcome else 0.3 if sum(answers) >= 70 else 0.05):
        book_demo(diary, at, 24, 200)


def try_it(diary: Diary) -> None:
    """A trial from the site, without a white paper before it; sometimes a second trial much later."""
    if any(event.name == "trial_started" for event in diary.events):
        return
    at = diary.moment(some_day(diary), WORKING_HOURS)
    view(diary, diary.later(at, -20 * 60, -5 * 60), ("features", "pricing"), 1)
    for started in (at, *([diary.later(at, 60 * DAY, 150 * DAY)] if diary.chance(0.12) else [])):
        # One trial in ten uses a voucher of a fair, valid for a week.
        trial_days = 7 if diary.chance(0.1) else 14
        diary.record(started, "trial_started", trial_days=trial_days, company=diary.person.profile["company"])


def import_clients(diary: Diary, started: datetime) -> None:
    fate = diary.rng.choices(list(IMPORTS), weights=list(IMPORTS.values()))[0]
    if fate == "never":
        return
    least, most = IMPORT_HOURS[fate]
    at = diary.later(started, least * HOUR, most * HOUR)
    for _ in range(2 if diary.chance(0.2) else 1):
        source = diary.rng.choices(("csv", "phone", "other_tool"), weights=(55, 15, 30))[0]
        diary.record(at, "contacts_imported", count=diary.rng.randrange(3, 140), source=source)
        at = diary.later(at, HOUR, 9 * DAY)


def view(diary: Diary, at: datetime, pages: tuple[str, ...], count: int) -> None:
    for _ in range(count):
        diary.record(at, "pro_page_viewed", page=diary.rng.choice(pages))
        at = diary.later(at, 15, 240)


def click(diary: Diary, at: datetime, mail: str) -> None:
    """A click in a mail of the course; the tool of that time gave mails other ids than a plan does."""
    message_id = f"m{diary.rng.getrandbits(48):012x}"
    link = f"https://www.example.com/pro/{PAGE_OF[mail]}"
    diary.record(at, "email_clicked", message_id=message_id, template=f"nurturing/{mail}", link=link)


def some_day(diary: Diary) -> date:
    first = max(FIRST_DAY, diary.person.joins)
    return first + timedelta(days=diary.rng.randrange(max(1, (LAST_ENTRY - first).days)))
