"""Accounts in the shop, shared products, points exchanged for a reward."""

from __future__ import annotations

from tests.sample.diary import Diary

DAY = 24 * 3600
REWARDS = (("A delivery for free", 100), ("A linen bag", 150), ("Ten euros off", 250))


def tell(diary: Diary) -> None:
    """Customers open an account at the checkout, if at all. Some view a product and share it."""
    orders = sorted((event for event in diary.events if event.name == "order_completed"), key=lambda event: event.at)
    views = [event for event in diary.events if event.name == "product_viewed"]
    if orders and diary.chance(0.35):
        diary.record_in_back_office(diary.later(orders[0].at, 60, DAY), "account_created", source="checkout")
    elif views and not orders and diary.chance(0.06):
        diary.record_in_back_office(diary.later(views[0].at, 60, 2 * DAY), "account_created", source="wishlist")
    if views and diary.chance(0.12):
        view = diary.rng.choice(views)
        by = diary.rng.choice(("link", "link", "mail"))
        diary.record_in_back_office(diary.later(view.at, 20, 600), "product_shared", sku=view.properties["sku"], by=by)
    if len(orders) >= 3 and diary.chance(0.3):
        reward, points = diary.rng.choice(REWARDS)
        at = diary.later(orders[-1].at, 5 * DAY, 40 * DAY)
        diary.record_in_back_office(at, "reward_redeemed", reward=reward, points=points)
