"""Contacts' activity in the shop: visits, carts and their fates, orders, wish lists."""

from __future__ import annotations

from datetime import datetime

from tests.sample.catalogue import PRODUCTS, Product
from tests.sample.consent import identify, unsubscribe
from tests.sample.diary import Diary

MINUTE, HOUR = 60, 3600
FREE_DELIVERY_FROM, DELIVERY = 6000, 490  # cents

# Fates of a cart, in percent. Together with keen contacts, who fill more carts, two carts in three are never paid
# for. `just_in_time`: a purchase minutes before the first reminder is due. `changed`: the contact comes back to the
# same cart another time.
FATES = {
    "at_once": 11.0,
    "just_in_time": 2.0,
    "same_day": 3.0,
    "next_day": 2.5,
    "after_offer": 2.5,
    "changed": 9.0,
    "emptied": 5.0,
    "left": 65.0,
}
# Seconds from the last change of the cart to the payment.
DELAYS = {
    "at_once": (2 * MINUTE, 35 * MINUTE),
    "just_in_time": (51 * MINUTE, 59 * MINUTE),
    "same_day": (1.1 * HOUR, 9 * HOUR),
    "next_day": (16 * HOUR, 25 * HOUR),
    "after_offer": (25.5 * HOUR, 70 * HOUR),
}


def visit(diary: Diary, at: datetime, source: str | None = None) -> datetime:
    """A visit with the viewed products. Returns the instant at which the contact left the last product."""
    rng = diary.rng
    device = rng.choices(("mobile", "desktop", "app"), weights=(50, 32, 18))[0]
    source = source or rng.choices(("direct", "search", "social", "email"), weights=(38, 34, 18, 10))[0]
    diary.record(at, "session_started", device=device, source=source)
    for _ in range(rng.choices((0, 1, 2, 3), weights=(35, 38, 19, 8))[0]):
        at = diary.later(at, 8, 150)
        product = rng.choice(PRODUCTS)
        diary.record(
            at,
            "product_viewed",
            sku=product.sku,
            name=product.name,
            category=product.category,
            price=product.price / 100,
        )
    return diary.later(at, 15, 120)


def fill_cart(diary: Diary, at: datetime, *, fate: str | None = None, coupon: str | None = None) -> None:
    """A cart with changes over some minutes, then with its fate."""
    person, rng = diary.person, diary.rng
    diary.carts += 1
    cart_id = f"k{person.number:04d}{diary.carts:02d}"
    lines: dict[Product, int] = {}
    for _ in range(rng.choices((1, 2, 3, 4), weights=(40, 32, 19, 9))[0]):
        at = diary.later(at, 25, 6 * MINUTE)
        change(diary, lines)
        record_cart(diary, at, cart_id, lines)
    fate = fate or choose_fate(diary)
    if fate == "changed":
        away = (75 * HOUR, 160 * HOUR) if diary.chance(0.2) else (1.5 * HOUR, 40 * HOUR)
        at = visit(diary, diary.later(at, *away), source="direct")
        change(diary, lines)
        record_cart(diary, at, cart_id, lines)
        fate = "at_once" if diary.chance(0.35) else "left"
    if fate in DELAYS:
        paid_at = diary.later(at, *DELAYS[fate])
        if fate in ("same_day", "next_day", "after_offer"):
            paid_at = visit(diary, paid_at, source=rng.choice(("email", "direct", "push")))
        if coupon is None and fate == "after_offer" and total(lines) >= 8000 and diary.chance(0.7):
            coupon = "CART10"
        order(diary, paid_at, lines, cart_id=cart_id, coupon=coupon)
    elif fate == "emptied":
        at = diary.later(at, MINUTE, (50 * MINUTE) if diary.chance(0.5) else 30 * HOUR)
        record_cart(diary, at, cart_id, {})
        if diary.chance(0.2):  # the contact changes their mind
            record_cart(diary, diary.later(at, MINUTE, HOUR), cart_id, lines)
    elif diary.chance(0.02):
        # The reminder makes some contacts unsubscribe.
        unsubscribe(diary, diary.later(at, 1.1 * HOUR, 30 * HOUR))


def choose_fate(diary: Diary) -> str:
    """A random fate. Keen contacts pay sooner; the other fates keep their shares among themselves."""
    weights = [share * diary.person.habit.keenness if fate in DELAYS else share for fate, share in FATES.items()]
    return diary.rng.choices(list(FATES), weights=weights)[0]


def change(diary: Diary, lines: dict[Product, int]) -> None:
    """Adds a product, takes one more of it, or takes one out again; never empties the cart."""
    rng = diary.rng
    action = rng.choices(("add", "more", "remove"), weights=(66, 20, 14))[0]
    if action == "more" and lines:
        lines[rng.choice(list(lines))] += 1
    elif action == "remove" and len(lines) > 1:
        del lines[rng.choice(list(lines))]
    else:
        product = rng.choice(PRODUCTS)
        by_the_set = product.category == "tableware" and product.price < 2000
        lines[product] = lines.get(product, 0) + (rng.choice((2, 4, 6)) if by_the_set else 1)


def record_cart(diary: Diary, at: datetime, cart_id: str, lines: dict[Product, int]) -> None:
    diary.record(at, "cart_updated", cart_id=cart_id, items=items(lines), total=total(lines) / 100, currency="EUR")


def order(
    diary: Diary,
    at: datetime,
    lines: dict[Product, int],
    *,
    cart_id: str | None,
    coupon: str | None = None,
) -> None:
    """A paid order, on the site or (without a cart) by telephone."""
    if not diary.identified:
        identify(diary, diary.later(at, -90, -20), optin=diary.person.profile["email_optin"])
    diary.orders += 1
    goods = total(lines)
    percent = int(coupon[-2:]) if coupon else 0
    discount = goods * percent // 100
    parcel = any(product.category != "cloud" for product in lines)
    shipping = DELIVERY if parcel and goods - discount < FREE_DELIVERY_FROM else 0
    properties: dict[str, object] = {"order_id": f"o{diary.person.number:04d}{diary.orders:02d}"}
    if cart_id is not None:
        properties["cart_id"] = cart_id
    properties["channel"] = "phone" if cart_id is None else diary.rng.choice(("web", "web", "web", "app"))
    properties["items"] = items(lines)
    if coupon is not None:
        properties |= {"coupon": coupon, "discount": discount / 100}
    properties |= {
        "shipping": shipping / 100,
        "total": (goods - discount + shipping) / 100,
        "currency": "EUR",
    }
    diary.record_in_back_office(at, "order_completed", **properties)


def order_by_telephone(diary: Diary, at: datetime) -> None:
    lines: dict[Product, int] = {}
    change(diary, lines)
    order(diary, at, lines, cart_id=None)


def make_wish_list(diary: Diary, at: datetime) -> None:
    name = diary.rng.choice(("My wish list", "Living room", "Birthday", "New flat", "Ideas"))
    number = f"w{diary.person.number:04d}{diary.rng.randrange(100):02d}"
    sku = diary.rng.choice(PRODUCTS).sku
    diary.record(at, "wishlist_created", wishlist_id=number, name=name, sku=sku)


def items(lines: dict[Product, int]) -> list[dict[str, object]]:
    return [
        {"sku": p.sku, "name": p.name, "category": p.category, "price": p.price / 100, "qty": qty}
        for p, qty in lines.items()
    ]


def total(lines: dict[Product, int]) -> int:
    """The price of the goods, in cents."""
    return sum(product.price * qty for product, qty in lines.items())
