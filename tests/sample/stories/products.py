"""Phones and their accessories, coffee machines, and consumables that are ordered again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.sample.catalogue import (
    CATEGORIES,
    CLOUD,
    CONSUMABLES,
    KITCHEN,
    PHONE_ACCESSORIES,
    PHONES,
    PRODUCTS,
    Product,
)
from tests.sample.consent import unsubscribe
from tests.sample.diary import Diary
from tests.sample.people import FIRST_DAY, LAST_DAY
from tests.sample.shopping import HOUR, MINUTE, order, record_cart

DAY = 24 * HOUR
BY_SKU = {product.sku: product for product in (*PRODUCTS, *PHONES, *PHONE_ACCESSORIES, CLOUD, *KITCHEN, *CONSUMABLES)}
MACHINE, GRINDER, POT, TRIVET = KITCHEN
BEANS, FILTER_COFFEE, SOAP = CONSUMABLES
STAND = BY_SKU["PA-614"]

# Sequels of a phone, in percent. `case_with_it` has the case in the same order.
AFTER_PHONE = {
    "case_with_it": 12,
    "case_at_once": 8,
    "goes_up": 5,
    "cloud": 6,
    "case_at_last": 6,
    "too_late": 3,
    "stand": 3,
    "looks": 14,
    "unsubscribes": 3,
    "nothing": 40,
}
# Sequels of a machine or a pot, in percent: the second product is more often viewed (`looks`) than bought.
AFTER_KITCHEN = {"with_it": 9, "unasked": 6, "buys": 14, "buys_late": 5, "looks": 24, "nothing": 42}


def tell(diary: Diary) -> None:
    began = shop_knows_since(diary)
    if diary.chance(0.085):
        buy_phone(diary, began)
    machine = diary.chance(0.085) and equip_kitchen(diary, began)
    if diary.chance(0.35 if machine else 0.05):
        use_up(diary, began, diary.rng.choice((BEANS, BEANS, FILTER_COFFEE)), pace=diary.rng.uniform(18, 52))
    if diary.chance(0.035):
        use_up(diary, began, SOAP, pace=diary.rng.uniform(38, 80))
    discover(diary)


def buy_phone(diary: Diary, began: date) -> None:
    """An order of a phone, and of its accessories with it, after it, or never."""
    rng = diary.rng
    day = some_day(diary, began)
    if day is None:
        return
    at = diary.moment(day)
    phone = rng.choices(PHONES, weights=(45, 35, 20))[0]
    case = BY_SKU[phone.case_sku]
    sequel = rng.choices(list(AFTER_PHONE), weights=list(AFTER_PHONE.values()))[0]
    by_telephone = diary.chance(0.1) and 9 <= at.hour < 17
    together = {phone: 1, case: 1} if sequel == "case_with_it" else {phone: 1}
    at = buy(diary, at, together, by_telephone=by_telephone)
    coupon = "CASE30" if diary.agreed_to_email and diary.chance(0.85) else None
    if sequel == "case_at_once":
        buy(diary, diary.later(at, 20 * MINUTE, 9 * HOUR), {case: 1}, coupon=coupon)
    elif sequel == "goes_up" and phone.above_sku:
        buy(diary, diary.later(at, 2 * HOUR, 30 * HOUR), {BY_SKU[phone.above_sku]: 1})
    elif sequel == "cloud":
        buy(diary, diary.later(at, 2.5 * DAY, 8 * DAY), {CLOUD: 1})
    elif sequel == "case_at_last":
        buy(diary, diary.later(at, 6.5 * DAY, 10 * DAY), {case: 1}, coupon=coupon)
    elif sequel == "too_late":  # after the end of the code and of our mails
        buy(diary, diary.later(at, 15 * DAY, 30 * DAY), {case: 1})
    elif sequel == "stand":
        buy(diary, diary.later(at, 1 * DAY, 12 * DAY), {STAND: 1})
    elif sequel == "looks":
        look_at(diary, diary.later(at, 1 * HOUR, 9 * DAY), case)
    elif sequel == "unsubscribes":
        unsubscribe(diary, diary.later(at, 6 * HOUR, 5 * DAY), channel="email")
    if diary.chance(0.08):  # another phone for the family
        buy(diary, diary.later(at, 4 * DAY, 70 * DAY), {rng.choice(PHONES): 1})


def equip_kitchen(diary: Diary, began: date) -> bool:
    """An order of an espresso machine or a pot, seldom both, and its sequel. Returns whether it was the machine."""
    rng = diary.rng
    day = some_day(diary, began)
    if day is None:
        return False
    lines: dict[Product, int] = rng.choices(({MACHINE: 1}, {POT: 1}, {POT: 1, MACHINE: 1}), weights=(58, 36, 6))[0]
    first = next(iter(lines))
    following = BY_SKU[first.next_sku]
    sequel = rng.choices(list(AFTER_KITCHEN), weights=list(AFTER_KITCHEN.values()))[0]
    if sequel == "with_it":
        lines = lines | {following: 1}
    at = buy(diary, diary.moment(day), lines)
    if sequel == "unasked":
        buy(diary, diary.later(at, 12 * HOUR, 4 * DAY), {following: 1})
    elif sequel == "buys":
        if diary.chance(0.5):
            look_at(diary, diary.later(at, 5.2 * DAY, 8 * DAY), following)
        buy(diary, diary.later(at, 8 * DAY, 14 * DAY), {following: 1})
    elif sequel == "buys_late":
        buy(diary, diary.later(at, 16 * DAY, 45 * DAY), {following: 1})
    elif sequel == "looks":
        look_at(diary, diary.later(at, 2 * DAY, 12 * DAY), following)
    return MACHINE in lines


def use_up(diary: Diary, began: date, product: Product, *, pace: float) -> None:
    """Regular orders of a consumable, of which one piece lasts `pace` days, until the contact buys elsewhere."""
    rng = diary.rng
    day = some_day(diary, began)
    if day is None:
        return
    at = diary.moment(day)
    while at.date() <= LAST_DAY and diary.person.awake(at.date()):
        pieces = rng.choices((1, 2, 3), weights=(70, 24, 6))[0]
        lines = {product: pieces}
        if product is not SOAP and diary.chance(0.08):
            lines[SOAP] = 1
        at = buy(diary, at, lines)
        if diary.chance(0.07):
            return
        lasts = pace * pieces * rng.uniform(0.82, 1.12)
        if diary.chance(0.1):  # on holiday, or a purchase elsewhere in between
            lasts += rng.uniform(25, 80)
        at = diary.moment((at + timedelta(days=max(3.0, lasts))).date())


def discover(diary: Diary) -> None:
    """Some customers of two categories view a third one, some after a mail."""
    rng = diary.rng
    at, bought = third_order(diary)
    if at is None or len(bought) < 2 or not diary.chance(0.32):
        return
    saturday = at.date() + timedelta(days=(5 - at.weekday()) % 7 + (7 if at.weekday() in (0, 1, 2, 3, 4, 5) else 6))
    unknown = [category for category in CATEGORIES[:6] if category.category not in bought]
    if not unknown or saturday > LAST_DAY or not diary.person.awake(saturday):
        return
    reads_mail = diary.agreed_to_email and not diary.opted_out
    category = unknown[0] if reads_mail and diary.chance(0.7) else rng.choice(unknown)
    product = BY_SKU[rng.choice(category.popular)]
    looked = diary.moment(saturday)
    if reads_mail and looked < diary.local(saturday, 10, 0):
        looked = diary.later(diary.local(saturday, 10, 0), 10 * MINUTE, 12 * HOUR)
    look_at(diary, looked, product, source="email" if reads_mail else "direct")
    if diary.chance(0.4):
        buy(diary, diary.later(looked, 10 * MINUTE, 9 * DAY), {product: 1})


def third_order(diary: Diary) -> tuple[datetime | None, set[str]]:
    """The instant of the third order's payment, and the categories bought by then."""
    orders = sorted((event for event in diary.events if event.name == "order_completed"), key=lambda event: event.at)
    if len(orders) < 3:
        return None, set()
    bought = {
        str(line["category"])
        for event in orders[:3]
        for line in event.properties["items"]  # type: ignore[attr-defined]
    }
    return orders[2].at, bought


def buy(
    diary: Diary, at: datetime, lines: dict[Product, int], *, coupon: str | None = None, by_telephone: bool = False
) -> datetime:
    """A visit with a plan: a cart, paid for some minutes later. Returns the instant of the payment.

    A contact who is silent by then buys nothing.
    """
    if not diary.person.awake(at.date()):
        return at
    if by_telephone:
        order(diary, at, lines, cart_id=None)
        return at
    rng = diary.rng
    device = rng.choices(("mobile", "desktop", "app"), weights=(50, 32, 18))[0]
    source = rng.choices(("direct", "search", "email"), weights=(50, 25, 25))[0]
    diary.record(at, "session_started", device=device, source=source)
    diary.carts += 1
    cart_id = f"k{diary.person.number:04d}{diary.carts:02d}"
    at = diary.later(at, 40, 4 * MINUTE)
    record_cart(diary, at, cart_id, lines)
    paid_at = diary.later(at, 1 * MINUTE, 12 * MINUTE)
    order(diary, paid_at, lines, cart_id=cart_id, coupon=coupon)
    return paid_at


def look_at(diary: Diary, at: datetime, product: Product, source: str = "direct") -> None:
    """A visit to only this product's page."""
    if not diary.person.awake(at.date()):
        return
    diary.record(at, "session_started", device=diary.rng.choice(("mobile", "desktop", "app")), source=source)
    diary.record(
        diary.later(at, 5, 90),
        "product_viewed",
        sku=product.sku,
        name=product.name,
        category=product.category,
        price=product.price / 100,
    )


def shop_knows_since(diary: Diary) -> date:
    """The first day on which orders can be linked to this contact."""
    if diary.person.is_known:
        return FIRST_DAY
    updates = [event.at.date() for event in diary.events if event.name == "profile_updated"]
    return min(updates) + timedelta(days=1) if updates else diary.person.joins


def some_day(diary: Diary, began: date) -> date | None:
    """A random day from `began` on, often in the weeks before Christmas; None if the contact is silent by then."""
    rng = diary.rng
    if began > LAST_DAY:
        return None
    day = began + timedelta(days=rng.randrange((LAST_DAY - began).days + 1))
    if diary.chance(0.2):
        day = max(began, date(2024, 11, 20) + timedelta(days=rng.randrange(30)))
    return day if diary.person.awake(day) else None
