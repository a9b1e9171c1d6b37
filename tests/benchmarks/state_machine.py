"""The shipped cart scenario driven through a general state-machine library, in a loop over the sorted events.

What somebody would write who has a log, the library `transitions`, and an afternoon: one machine, a model for each
cart, a heap of timers. No consent, no quiet hours, no caps, no plan. It counts the messages. To register a model takes
longer the more there are; that can be left out by calling the machine's events by hand.
"""

from __future__ import annotations

import heapq
from collections import Counter
from pathlib import Path

import duckdb
from transitions import Machine

HOUR, DAY = 3_600, 86_400


class Cart:
    """One cart: its total, and when its present wait is over."""

    def __init__(self) -> None:
        self.state = "cart_open"
        self.total = 0.0
        self.due = 0
        self.entered = 0

    def is_large(self) -> bool:
        return self.total >= 80


def machine() -> Machine:
    states = ["cart_open", "reminder", "offer", "last_call", "emptied", "ordered", "recovered", "no_response"]
    made = Machine(model=None, states=states, initial="cart_open", auto_transitions=False)
    made.add_transition("cart_updated", "cart_open", "cart_open")
    made.add_transition("order_completed", "cart_open", "ordered")
    made.add_transition("order_completed", ["reminder", "offer", "last_call"], "recovered")
    made.add_transition("wait_is_over", "cart_open", "reminder")
    made.add_transition("wait_is_over", "reminder", "offer", conditions="is_large")
    made.add_transition("wait_is_over", "reminder", "last_call")
    made.add_transition("wait_is_over", ["offer", "last_call"], "no_response")
    made.add_transition("emptied", ["cart_open", "reminder", "offer", "last_call"], "emptied")
    return made


WAITS = {"cart_open": HOUR, "reminder": DAY, "offer": 2 * DAY, "last_call": 2 * DAY}


def run(log: Path, models: bool) -> Counter[str]:
    """Messages by state over the whole log; each cart registered as one of the machine's `models`, or not."""
    with duckdb.connect() as database:
        database.execute("SET memory_limit = '1GB'")
        rows = database.execute(
            f"SELECT epoch(\"timestamp\")::BIGINT, event, cart_id, total, len(items) FROM read_parquet('{log}') "
            'ORDER BY "timestamp"'
        )
        made, sent = machine(), Counter[str]()
        carts: dict[str, Cart] = {}
        timers: list[tuple[int, str]] = []
        while batch := rows.fetchmany(4_096):
            for at, event, cart_id, total, items in batch:
                if event not in ("cart_updated", "order_completed"):
                    continue
                while timers and timers[0][0] < at:
                    due, name = heapq.heappop(timers)
                    _over(made, due, carts[name], name, timers, sent)
                cart = carts.get(cart_id)
                if cart is None:
                    if event != "cart_updated" or not items:
                        continue
                    cart = carts[cart_id] = Cart()
                    if models:
                        made.add_model(cart)
                elif event == "order_completed":
                    if cart.state in WAITS:
                        made.events["order_completed"].trigger(cart)
                elif not items:
                    if cart.state in WAITS:
                        made.events["emptied"].trigger(cart)
                elif cart.state == "cart_open":
                    made.events["cart_updated"].trigger(cart)
                cart.total = total
                if cart.state == "cart_open":
                    _wait(cart, cart_id, at, timers)
        return sent


def _wait(cart: Cart, cart_id: str, at: int, timers: list[tuple[int, str]]) -> None:
    cart.due = at + WAITS[cart.state]
    heapq.heappush(timers, (cart.due, cart_id))


def _over(made: Machine, due: int, cart: Cart, cart_id: str, timers: list[tuple[int, str]], sent: Counter[str]) -> None:
    if cart.due != due or cart.state not in WAITS:
        return
    made.events["wait_is_over"].trigger(cart)
    if cart.state in WAITS:
        sent[cart.state] += 1
        _wait(cart, cart_id, due, timers)
