"""A year with Vanneau Pro: its beginning, failed payments and their settlement, surveys, renewal or end.

Also the survey after an order, for all other contacts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.sample.campaigns import at_work
from tests.sample.diary import WORKING_HOURS, Diary
from tests.sample.people import FIRST_DAY, LAST_DAY
from tests.sample.shopping import HOUR, MINUTE

DAY = 24 * HOUR
PARIS = ZoneInfo("Europe/Paris")

# Plans: the price of twelve months in euros, paid in twelve instalments, and the share of customers in percent.
PLANS = {"solo": (348, 55), "studio": (588, 35), "house": (1188, 10)}

# Sequels of a refused instalment: percent, and days from the refusal to the payment (None: never paid).
AFTER_REFUSAL: dict[str, tuple[int, tuple[float, float] | None]] = {
    "at_once": (14, (0.01, 0.1)),  # another card, before any message
    "first_retry": (15, (2.0, 2.01)),  # the provider's own retry
    "after_notice": (24, (0.3, 2.8)),
    "after_second_notice": (13, (3.5, 6.5)),
    "after_sms": (7, (7.5, 9.8)),
    "after_call": (5, (10.5, 16.0)),
    "never": (22, None),
}

# Renewals of a term that ends within the log: percent, and days before its end.
AFTER_NOTICE: dict[str, tuple[int, tuple[float, float] | None]] = {
    "early": (14, (45, 80)),  # after a mail from the salesperson
    "after_notice": (36, (14, 29)),
    "after_reminder": (14, (1, 6.5)),
    "too_late": (6, (-9, -3)),  # first asked the accountant
    "never": (30, None),
}

REASONS = ("closed my studio", "too expensive", "use another tool", "no project this year")
COMMENTS = {
    "en": (
        "Delivery took two weeks, and nobody told me.",
        "The plate arrived chipped.",
        "Colour is nothing like the photo.",
        "Your customer service never called back.",
    ),
    "fr": (
        "Deux semaines de livraison, sans aucune nouvelle.",
        "L’assiette est arrivée ébréchée.",
        "La couleur n’a rien à voir avec la photo.",
        "Le service client ne m’a jamais rappelé.",
    ),
}
PRO_COMMENTS = {
    "en": ("The import of my clients loses the notes.", "Too slow with large boards.", "I miss an export to my CAD."),
    "fr": (
        "L’import de mes clients perd les notes.",
        "Trop lent avec de grandes planches.",
        "Il me manque un export vers mon logiciel de plans.",
    ),
}


@dataclass(frozen=True, slots=True)
class Term:
    """Twelve months of a subscription. `instalment` in euros."""

    number: str
    signed: datetime
    first: date
    last: date
    instalment: float
    price: int


def tell(diary: Diary) -> None:
    signed = sign_date(diary)
    if signed is None:
        rate_orders(diary)
        return
    term = subscribe(diary, signed, "")
    if diary.chance(0.06):  # a second house, a second subscription
        subscribe(diary, in_office(diary, diary.later(term.signed, 40 * DAY, 150 * DAY)), "b")
    answer_surveys(diary, term, until=term_cut_short(diary, term))


def sign_date(diary: Diary) -> datetime | None:
    """The instant of the signature, if any: after a trial or a demo, or in the first weeks for known contacts."""
    interest = [event.at for event in diary.events if event.name in ("trial_started", "demo_booked")]
    if diary.person.kind != "professional" or diary.person.profile["email"] is None:
        return None
    if interest:
        return in_office(diary, diary.later(max(interest), 4 * DAY, 24 * DAY)) if diary.chance(0.55) else None
    if diary.person.is_known and diary.chance(0.5):  # their demo was before the log's beginning
        return in_office(diary, diary.moment(FIRST_DAY + timedelta(days=diary.rng.randrange(26))))
    return None


def subscribe(diary: Diary, signed: datetime, suffix: str) -> Term:
    """A subscription with its instalments, surveys and end."""
    plan = diary.rng.choices(list(PLANS), weights=[share for _, share in PLANS.values()])[0]
    price = PLANS[plan][0]
    first = signed.astimezone(PARIS).date()
    term = Term(
        f"s{diary.person.number:04d}{suffix}",
        signed,
        first,
        add_months(first, 12) - timedelta(days=1),
        price / 12,
        price,
    )
    diary.record_in_back_office(
        signed, "subscription_started",
        subscription_id=term.number, plan=plan, price=price, ends_on=term.last.isoformat(),
    )  # fmt: skip
    given_up = give_notice(diary, term)
    unpaid = pay_instalments(diary, term)
    if unpaid is None and given_up is None:
        renew(diary, term)
    return term


def term_cut_short(diary: Diary, term: Term) -> datetime | None:
    """The instant of notice, by either side."""
    notices = [event for event in diary.events if event.name == "subscription_cancelled"]
    return min((event.at for event in notices if event.properties["subscription_id"] == term.number), default=None)


def give_notice(diary: Diary, term: Term) -> datetime | None:
    """Notice by the customer; some give it months before the end."""
    if not diary.chance(0.13):
        return None
    at = in_office(diary, diary.later(term.signed, 100 * DAY, 330 * DAY))
    diary.record(at, "subscription_cancelled", subscription_id=term.number, reason=diary.rng.choice(REASONS))
    return at


def pay_instalments(diary: Diary, term: Term) -> datetime | None:
    """Twelve instalments, charged at night. Cards expire; if an instalment is never paid, the contract is ended."""
    expires = 0.22 if diary.chance(0.3) else 0.05  # some customers are short of money more than once
    for month in range(12):
        due = add_months(term.first, month)
        if due > LAST_DAY:
            break
        charged = datetime(due.year, due.month, due.day, 4, diary.rng.randrange(60), tzinfo=PARIS).astimezone(UTC)
        charged = charged if month else diary.later(term.signed, 1 * MINUTE, 4 * MINUTE)
        invoice = f"i{diary.person.number:04d}{term.number[5:]}-{due:%y%m}"
        paid: datetime | None = charged
        if month and diary.chance(expires):
            paid = settle(diary, term, invoice, charged)
        if paid is None:
            ended_at = diary.later(charged, 33 * DAY, 40 * DAY)
            diary.record_in_back_office(
                ended_at, "subscription_cancelled", subscription_id=term.number, reason="not paid"
            )
            return ended_at
        diary.record_in_back_office(paid, "payment_succeeded", invoice_id=invoice, amount=term.instalment)
    return None


def settle(diary: Diary, term: Term, invoice: str, refused: datetime) -> datetime | None:
    """A refused instalment: the provider retries after two days and after five. Returns the instant of the payment."""
    fate = diary.rng.choices(list(AFTER_REFUSAL), weights=[share for share, _ in AFTER_REFUSAL.values()])[0]
    span = AFTER_REFUSAL[fate][1]
    paid = None if span is None else diary.later(refused, span[0] * DAY, span[1] * DAY)
    if paid is not None and fate not in ("at_once", "first_retry"):
        paid = max(in_office(diary, paid), refused + timedelta(hours=5))
    tries = [refused] + [refused + timedelta(days=days, minutes=diary.rng.randrange(9)) for days in (2, 5)]
    card = f"{diary.rng.randrange(10_000):04d}"
    for at in tries:
        if paid is None or at < paid:
            diary.record_in_back_office(
                at, "payment_failed",
                invoice_id=invoice, subscription_id=term.number, amount=term.instalment,
                card=card, pay_url=f"https://pay.example.com/{invoice}",
            )  # fmt: skip
    return paid


def renew(diary: Diary, term: Term) -> None:
    fate = diary.rng.choices(list(AFTER_NOTICE), weights=[share for share, _ in AFTER_NOTICE.values()])[0]
    span = AFTER_NOTICE[fate][1]
    if span is None:
        return
    end = datetime(term.last.year, term.last.month, term.last.day, 12, tzinfo=PARIS).astimezone(UTC)
    at = in_office(diary, diary.later(end, -span[1] * DAY, -span[0] * DAY))
    diary.record_in_back_office(
        at, "subscription_renewed",
        subscription_id=term.number, price=term.price, ends_on=(add_months(term.last, 12)).isoformat(),
    )  # fmt: skip


def answer_surveys(diary: Diary, term: Term, until: datetime | None) -> None:
    """The two surveys of the first year: one recipient in three answers.

    They are sent in steps of a month on working days, a month later to a contact who is unhappy with the third month.
    """
    third = working_days_on(diary, term.signed, 2, 1)
    unhappy_at = answer_survey(diary, "month_3", third, until)
    sixth = working_days_on(diary, unhappy_at or third, 1, 1, 1)
    answer_survey(diary, "month_6", sixth, until)


def answer_survey(diary: Diary, survey: str, sent: datetime, until: datetime | None) -> datetime | None:
    """Records an answer, if any. Returns its instant if it was bad."""
    if (until is not None and sent > until) or not mails_reach(diary, sent) or not diary.chance(0.42):
        return None
    at = diary.later(sent, 4 * MINUTE, (5 * HOUR) if diary.chance(0.6) else 12 * DAY)
    score = diary.rng.choices(range(11), weights=(1, 1, 1, 2, 3, 6, 8, 14, 22, 18, 12))[0]
    record_answer(diary, at, survey, score, PRO_COMMENTS)
    return at if score <= 6 else None


def rate_orders(diary: Diary) -> None:
    """The survey ten days after an order, at most every half year, and its sequel."""
    orders = sorted(event.at for event in diary.events if event.name == "order_completed")
    question_at: datetime | None = None
    for order in orders:
        if question_at is not None and order - question_at < timedelta(days=182):
            continue
        question_at = order
        local = order.astimezone(ZoneInfo(diary.person.timezone(min(order.date(), LAST_DAY))))
        sent = diary.local(local.date() + timedelta(days=10), 18, 30)
        if not (mails_reach(diary, sent) or diary.person.profile["push_optin"]) or not diary.chance(0.2):
            continue
        prompt, slow = (3 * MINUTE, 26 * HOUR), (26 * HOUR, 30 * DAY)
        at = diary.later(sent, *(prompt if diary.chance(0.75) else slow))
        score = diary.rng.choices(range(11), weights=(2, 1, 1, 2, 2, 4, 6, 16, 24, 22, 20))[0]
        record_answer(diary, at, "nps", score, COMMENTS)
        if score >= 9 and diary.chance(0.32):
            review(diary, order, at)


def record_answer(diary: Diary, at: datetime, survey: str, score: int, comments: Mapping[str, Sequence[str]]) -> None:
    """Records an answer; an unhappy contact often adds a comment in their own language."""
    answer: dict[str, object] = {"survey": survey, "score": score}
    if score <= 6 and diary.chance(0.75):
        answer["comment"] = diary.rng.choice(comments["fr" if diary.person.profile["locale"] == "fr" else "en"])
    diary.record(at, "survey_answered", **answer)


def review(diary: Diary, order: datetime, answered: datetime) -> None:
    """A review of the most expensive product of that order, because we ask about this product."""
    lines = next(event for event in diary.events if event.at == order and event.name == "order_completed")
    items = lines.properties["items"]
    assert isinstance(items, list)
    dearest = max(items, key=lambda item: item["price"])
    at = diary.later(answered, 2 * HOUR, 12 * DAY)
    diary.record_in_back_office(at, "review_published", sku=dearest["sku"], rating=diary.rng.choice((4, 5, 5, 5)))


def mails_reach(diary: Diary, at: datetime) -> bool:
    """Whether the contact had given consent to e-mail by then, by their own events and the contacts table."""
    agreed = diary.person.is_known and diary.person.profile["email_optin"] is True
    for event in sorted(diary.events, key=lambda event: event.at):
        if event.at < at and event.name == "profile_updated":
            agreed = event.properties.get("email_optin", agreed) is True
    return agreed and diary.person.profile["email"] is not None


def in_office(diary: Diary, at: datetime) -> datetime:
    """A random instant of that day (or two days later if on a weekend), in working hours on the contact's clock."""
    day = at_work(diary, at).astimezone(ZoneInfo(diary.person.timezone(min(at.date(), LAST_DAY)))).date()
    return diary.moment(day, WORKING_HOURS)


def working_days_on(diary: Diary, at: datetime, *steps: int) -> datetime:
    """The instant after steps of months, each to ten o'clock on that day or on the next working day."""
    zone = ZoneInfo(diary.person.timezone(min(at.date(), LAST_DAY)))
    day = at.astimezone(zone).date()
    for months in steps:
        day = add_months(day, months)
        while day.weekday() >= 5:
            day += timedelta(days=1)
    return diary.local(day, 10, 0)


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    length = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - first).days
    return first.replace(day=min(day.day, length))
