"""Price changes, and purchases of viewed products at a lower price."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.sample.catalogue import PRODUCTS, Product
from tests.sample.diary import Diary, Event
from tests.sample.shopping import HOUR, MINUTE, order, record_cart

PARIS = ZoneInfo("Europe/Paris")
BY_SKU = {product.sku: product for product in PRODUCTS}
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Change:
    """A new price in cents, from an instant on the clock of Paris. `slip`: a mistaken price, at which nobody buys."""

    at: datetime
    sku: str
    price: int
    slip: bool = False


CHANGES = (
    Change(datetime(2024, 3, 12, 9, 0), "LI-204", 2700),
    Change(datetime(2024, 3, 26, 9, 0), "LI-204", 3400),
    # Ten times too low, for forty minutes.
    Change(datetime(2024, 5, 16, 14, 10), "DE-403", 790, slip=True),
    Change(datetime(2024, 5, 16, 14, 50), "DE-403", 7900),
    # The summer sale: two products on one morning.
    Change(datetime(2024, 6, 26, 8, 0), "FU-504", 5900),
    Change(datetime(2024, 6, 26, 8, 0), "LI-206", 3600),
    Change(datetime(2024, 7, 23, 9, 0), "FU-504", 7400),
    Change(datetime(2024, 7, 23, 9, 0), "LI-206", 4500),
    Change(datetime(2024, 9, 17, 8, 30), "FU-501", 9200),  # hardly lower
    # The clip lamp again, too late in the day for that evening.
    Change(datetime(2024, 10, 8, 17, 30), "LI-204", 2600),
    Change(datetime(2024, 10, 29, 9, 0), "LI-204", 3400),
    # The white sale, and a second step down.
    Change(datetime(2025, 1, 14, 9, 0), "TX-102", 9900),
    Change(datetime(2025, 1, 21, 9, 0), "TX-102", 8900),
    Change(datetime(2025, 2, 4, 9, 0), "TX-102", 12900),
)


def tell(diary: Diary) -> None:
    for change in CHANGES:
        product = BY_SKU[change.sku]
        at = change.at.replace(tzinfo=PARIS)
        if change.slip or change.price >= 0.95 * product.price or not diary.person.awake(at.date()):
            continue
        if not has_viewed(diary, product, at):
            continue
        if diary.chance(0.03):
            buy(diary, diary.later(at, 30 * MINUTE, 6 * HOUR), product, change.price)
        elif diary.chance(0.10):
            # From the evening on, when the news has spread.
            evening = diary.local(at.date() + timedelta(days=at.hour >= 17), 18, 10)
            buy(diary, diary.later(evening, 10 * MINUTE, 5 * DAY), product, change.price)


def announcements() -> list[Event]:
    """Every change, with the price before it."""
    prices = {product.sku: product.price for product in PRODUCTS}
    notices = []
    for change in CHANGES:
        product = BY_SKU[change.sku]
        properties: dict[str, object] = {
            "sku": product.sku,
            "name": product.name,
            "name_fr": product.name_fr,
            "before": prices[product.sku] / 100,
            "price": change.price / 100,
        }
        prices[product.sku] = change.price
        notices.append(Event(change.at.replace(tzinfo=PARIS), "", "price_changed", properties, back_office=True))
    return notices


def has_viewed(diary: Diary, product: Product, at: datetime) -> bool:
    """Whether the contact viewed the product in the month before, and has not bought it."""
    looked = False
    for event in diary.events:
        if event.name == "order_completed" and event.at <= at and product.sku in str(event.properties["items"]):
            return False
        if event.name == "product_viewed" and event.properties["sku"] == product.sku:
            looked |= at - timedelta(days=30) < event.at <= at
    return looked


def buy(diary: Diary, at: datetime, product: Product, price: int) -> None:
    """A visit to buy only this product, at the new price."""
    diary.record(at, "session_started", device="mobile", source="direct")
    at = diary.later(at, 10, 60)
    diary.record(at, "product_viewed", sku=product.sku, name=product.name, category=product.category, price=price / 100)
    diary.carts += 1
    cart_id = f"k{diary.person.number:04d}{diary.carts:02d}"
    lines = {replace(product, price=price): 1}
    record_cart(diary, diary.later(at, 30, 3 * MINUTE), cart_id, lines)
    order(diary, diary.later(at, 4 * MINUTE, 15 * MINUTE), lines, cart_id=cart_id)
