"""The invented contacts of the sample log: their profiles, consent and habits."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tests.sample.catalogue import COMPANIES, FIRST_NAMES, HOSTS, LAST_NAMES, PLACES, STREETS, Place

FIRST_DAY = date(2024, 2, 1)
LAST_DAY = date(2025, 2, 28)
PROFILE_COLUMNS = (
    "email", "email_optin", "push_token", "push_optin", "phone", "sms_optin",
    "first_name", "country", "timezone", "locale", "birthday", "postal_address", "postal_optin",
    "company", "sales_name", "sales_email",
)  # fmt: skip

Profile = dict[str, str | bool | None]


@dataclass(frozen=True, slots=True)
class Habit:
    """The use of the shop by a kind of contact: visits in thirty days, carts a visit, and a factor for purchases."""

    visits: float
    carts: float
    keenness: float


HABITS = {
    "loyal": Habit(visits=1.9, carts=0.38, keenness=1.5),
    "regular": Habit(visits=0.8, carts=0.34, keenness=1.0),
    "browser": Habit(visits=0.5, carts=0.20, keenness=0.5),
    "lapsing": Habit(visits=1.1, carts=0.25, keenness=1.2),
    "professional": Habit(visits=0.3, carts=0.15, keenness=0.9),
}
HABIT_SHARES = {"loyal": 13, "regular": 23, "browser": 27, "lapsing": 21, "professional": 16}


@dataclass(frozen=True, slots=True)
class Person:
    """A contact. `profile`: their answers in forms. The dates: days with a certain event.

    Known contacts have a row in the contacts table; the others identify themselves when they sign up or order.
    """

    contact_id: str
    number: int
    profile: Profile
    habit: Habit
    is_known: bool
    joins: date
    signs_up: date | None
    reads_paper: date | None
    last_order: date | None  # after this a lapsing customer is silent
    comes_back: date | None
    moves: tuple[date, Place] | None
    night_owl: bool
    kind: str  # one of HABITS

    def awake(self, day: date) -> bool:
        """Whether the contact can be active on that day."""
        if day < self.joins:
            return False
        if self.last_order is None or day <= self.last_order:
            return True
        return self.comes_back is not None and day >= self.comes_back

    def timezone(self, day: date) -> str:
        """The contact's time zone on that day; Paris if the profile has none."""
        if self.moves is not None and day >= self.moves[0]:
            return self.moves[1].timezone
        return str(self.profile["timezone"] or "Europe/Paris")


def make_people(seed: int, count: int) -> list[Person]:
    """`count` contacts. Each has its own random numbers, so that a change of one leaves the others as they are."""
    return [make_person(Random(f"{seed}/person/{number}"), number) for number in range(1, count + 1)]


def make_person(rng: Random, number: int) -> Person:
    kind = rng.choices(list(HABIT_SHARES), weights=list(HABIT_SHARES.values()))[0]
    is_known = rng.random() < 0.68
    joins = FIRST_DAY if is_known else some_day(rng, FIRST_DAY, LAST_DAY - timedelta(days=12))
    last_order = None
    if kind == "lapsing":
        last_order = some_day(rng, joins, max(joins, date(2024, 9, 30)))
    comes_back = None
    if last_order is not None and rng.random() < 0.30:
        comes_back = last_order + timedelta(days=183 + rng.randrange(110))
    place = rng.choices(PLACES, weights=[place.weight for place in PLACES])[0]
    profile = make_profile(rng, number, place) | make_background(number, professional=kind == "professional")
    signs_up = sign_up_day(rng, is_known, joins, last_order, profile)
    reads_paper = None
    if rng.random() < (0.95 if kind == "professional" else 0.02):
        reads_paper = working_day(rng, some_day(rng, joins, LAST_DAY))
    moves = None
    if rng.random() < 0.012:
        other_places = [other for other in PLACES if other.timezone != place.timezone]
        moves = (some_day(rng, joins + timedelta(days=1), LAST_DAY), rng.choice(other_places))
    return Person(
        contact_id=f"c{number:04d}",
        number=number,
        profile=profile,
        habit=HABITS[kind],
        is_known=is_known,
        joins=joins,
        signs_up=signs_up,
        reads_paper=reads_paper,
        last_order=last_order,
        comes_back=comes_back,
        moves=moves,
        night_owl=rng.random() < 0.06,
        kind=kind,
    )


def phone_number(place: Place, number: int) -> str:
    """A phone number that no other contact of the place has, as long as the place has enough areas."""
    area, within_area = divmod(number, 10**place.phone_digits)
    return f"{place.phones[area % len(place.phones)]}{within_area:0{place.phone_digits}d}"


def make_profile(rng: Random, number: int, place: Place) -> Profile:
    """The attributes of a contact in a shop: some were never asked for, and "not asked" is not "no"."""
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    phone = None
    if place.phones and rng.random() < 0.62:
        phone = phone_number(place, number)
    token = f"tok_{rng.getrandbits(64):016x}" if rng.random() < 0.42 else None
    return {
        "email": f"{plain(first)}.{plain(last)}{number}@example.com" if rng.random() < 0.96 else None,
        "email_optin": rng.choices((True, False, None), weights=(64, 16, 20))[0],
        "push_token": token,
        "push_optin": rng.choices((True, False, None), weights=(78, 14, 8))[0] if token else None,
        "phone": phone,
        "sms_optin": rng.choices((True, False, None), weights=(46, 24, 30))[0] if phone else None,
        "first_name": first if rng.random() < 0.93 else None,
        "country": place.country,
        "timezone": place.timezone if rng.random() < 0.97 else None,
        "locale": rng.choice(place.locales),
    }


def make_background(number: int, *, professional: bool) -> Profile:
    """Attributes beyond forms: the birthday of most contacts, a professional's company and salesperson."""
    rng = Random(f"background/{number}")
    birthday = date(1945, 1, 1) + timedelta(days=rng.randrange(60 * 365))
    if rng.random() < 0.01:  # more than in reality, so that some exist
        birthday = date(1948 + 4 * rng.randrange(14), 2, 29)
    host = rng.choice(HOSTS)
    post = Random(f"post/{number}")
    has_parcel = post.random() < 0.3  # the order form asks for it if a parcel is sent
    return {
        "birthday": birthday.isoformat() if rng.random() < 0.6 else None,
        "postal_address": f"{post.choice(STREETS)} {number}" if has_parcel else None,
        "postal_optin": post.random() < 0.8 if has_parcel else None,
        "company": rng.choice(COMPANIES) if professional else None,
        "sales_name": host if professional else None,
        "sales_email": f"{plain(host.split()[0])}.{plain(host.split()[1])}@example.com" if professional else None,
    }


def sign_up_day(rng: Random, is_known: bool, joins: date, last_order: date | None, profile: Profile) -> date | None:
    """The day of the newsletter subscription, if any: early for most new contacts, some day for some others."""
    if profile["email"] is None:
        return None
    if not is_known:
        early = min(joins + timedelta(days=rng.choice((0, 0, 0, 0, 1, 3, 9))), last_order or LAST_DAY)
        return early if rng.random() < 0.72 else None
    if profile["email_optin"] is not True and rng.random() < 0.45:
        return some_day(rng, FIRST_DAY, last_order or LAST_DAY)
    return None


def some_day(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def working_day(rng: Random, day: date) -> date:
    """The day, or mostly the Friday before if it is on a weekend: a few contacts read at weekends."""
    if day.weekday() >= 5 and rng.random() < 0.8:
        return max(day - timedelta(days=day.weekday() - 4), FIRST_DAY)
    return day


def plain(name: str) -> str:
    """A name for use in an address: lower case, no accents."""
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha())
