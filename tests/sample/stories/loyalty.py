"""Reviews, recommendations, orders with and without a promotion."""

from __future__ import annotations

from datetime import date, timedelta

from tests.sample.diary import Diary
from tests.sample.people import LAST_DAY
from tests.sample.shopping import fill_cart, visit

DAY = 24 * 3600

# First days of the shop's own fortnights of sales, which its front page announces to everybody.
SALES = {"GARDEN10": date(2024, 4, 18), "SUMMER15": date(2024, 6, 26), "WINTER15": date(2025, 1, 8)}
COLLECTIONS = (date(2024, 3, 12), date(2024, 6, 12), date(2024, 9, 12), date(2024, 12, 12))


def tell(diary: Diary) -> None:
    if not order_days(diary):
        return
    waits_for_sales = diary.chance(0.14)
    if waits_for_sales:
        for code, first_day in SALES.items():
            if diary.chance(0.65):
                shop(diary, first_day + timedelta(days=diary.rng.randrange(14)), coupon=code)
    for day in COLLECTIONS:
        look_at_collection(diary, day, waits_for_sales)
    remember_the_house(diary)
    write_reviews(diary)
    recommend(diary)


def order_days(diary: Diary) -> list[date]:
    return sorted(event.at.date() for event in diary.events if event.name == "order_completed")


def shop(diary: Diary, day: date, coupon: str | None = None) -> None:
    """A visit that ends at the checkout, if the contact can be active on that day."""
    if day <= LAST_DAY and diary.person.awake(day):
        fill_cart(diary, visit(diary, diary.moment(day)), fate="at_once", coupon=coupon)


def look_at_collection(diary: Diary, day: date, waits_for_sales: bool) -> None:
    """Regular customers buy from the new collection; those with a code within its ten days."""
    before = [ordered for ordered in order_days(diary) if ordered < day]
    if len(before) < 2 or not 21 < (day - before[-1]).days < 120:
        return
    if waits_for_sales:
        if diary.agreed_to_email and diary.chance(0.3):
            shop(diary, day + timedelta(days=diary.rng.randrange(10)), coupon="SEASON10")
    elif diary.chance(0.14 if diary.agreed_to_email else 0.06):
        shop(diary, day + timedelta(days=diary.rng.randrange(20)))


def remember_the_house(diary: Diary) -> None:
    """Some customers come back a few weeks after the second or the fourth order, some after four silent months."""
    days = order_days(diary)
    for number in (2, 4):
        if len(days) == number and diary.chance(0.12):
            shop(diary, days[-1] + timedelta(days=22 + diary.rng.randrange(40)))
    last = order_days(diary)[-1]
    if diary.chance(0.08):
        shop(diary, last + timedelta(days=120 + diary.rng.randrange(45)))


def write_reviews(diary: Diary) -> None:
    """One order in eleven gets a review, now and then two: one at once, one after some weeks of use."""
    for order in [event for event in diary.events if event.name == "order_completed"]:
        if not diary.chance(0.09):
            continue
        items = order.properties["items"]
        assert isinstance(items, list)
        if not items:
            continue
        sku = diary.rng.choice(items)["sku"]
        rating = diary.rng.choices((5, 4, 3, 2, 1), weights=(52, 25, 10, 7, 6))[0]
        at = diary.later(order.at, 9 * DAY, 40 * DAY)
        diary.record_in_back_office(at, "review_published", sku=sku, rating=rating)
        if diary.chance(0.1):
            second_review = diary.later(at, 20 * DAY, 60 * DAY)
            diary.record_in_back_office(second_review, "review_published", sku=sku, rating=max(1, rating - 1))


def recommend(diary: Diary) -> None:
    """Happy customers recommend the shop to a friend, a few of them to two."""
    share = {"loyal": 0.14, "regular": 0.07}.get(diary.person.kind, 0.02)
    for number in (1, 2):
        if not diary.chance(share):
            return
        first = min(event.at for event in diary.events if event.name == "order_completed")
        diary.record_in_back_office(
            diary.later(first, 5 * DAY, 200 * DAY),
            "referral_confirmed",
            referral_id=f"r{diary.person.number:04d}{number}",
        )
        share = 0.25
