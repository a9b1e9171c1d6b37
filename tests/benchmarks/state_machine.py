"""The shipped cart scenario with a general state-machine library, in a loop over the sorted events.

It is the work of an afternoon with a log and a library: a machine or a model for each cart, and a heap of timers. No
consent, no quiet hours, no caps, no plan. It counts the messages.

`python -m tests.benchmarks.state_machine LIBRARY EVENTS` prints them as JSON; `machines` has the libraries.
"""

from __future__ import annotations

import heapq
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb

from tests.benchmarks.machines import MACHINES, Cart

HOUR, DAY = 3_600, 86_400

WAITS = {"cart_open": HOUR, "reminder": DAY, "offer": 2 * DAY, "last_call": 2 * DAY}


def run(log: Path, new_cart: Callable[[], Cart]) -> Counter[str]:
    """Messages by state over the whole log."""
    with duckdb.connect() as database:
        database.execute("SET memory_limit = '1GB'")
        rows = database.execute(
            f"SELECT epoch(\"timestamp\")::BIGINT, event, cart_id, total, len(items) FROM read_parquet('{log}') "
            "WHERE event IN ('cart_updated', 'order_completed') ORDER BY \"timestamp\""
        )
        sent = Counter[str]()
        carts: dict[str, Cart] = {}
        timers: list[tuple[int, str]] = []
        while batch := rows.fetchmany(4_096):
            for at, event, cart_id, total, items in batch:
                while timers and timers[0][0] < at:
                    due, name = heapq.heappop(timers)
                    _over(due, carts[name], name, timers, sent)
                cart = carts.get(cart_id)
                if cart is None:
                    if event != "cart_updated" or not items:
                        continue
                    cart = carts[cart_id] = new_cart()
                elif event == "order_completed":
                    if cart.place in WAITS:
                        cart.take("order_completed")
                elif not items:
                    if cart.place in WAITS:
                        cart.take("emptied")
                elif cart.place == "cart_open":
                    cart.take("cart_updated")
                cart.total = total
                if cart.place == "cart_open":
                    _wait(cart, cart_id, at, timers)
        return sent


def _wait(cart: Cart, cart_id: str, at: int, timers: list[tuple[int, str]]) -> None:
    cart.due = at + WAITS[cart.place]
    heapq.heappush(timers, (cart.due, cart_id))


def _over(due: int, cart: Cart, cart_id: str, timers: list[tuple[int, str]], sent: Counter[str]) -> None:
    if cart.due != due or cart.place not in WAITS:
        return
    cart.take("wait_is_over")
    if cart.place in WAITS:
        sent[cart.place] += 1
        _wait(cart, cart_id, due, timers)


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[2]), MACHINES[sys.argv[1]]()), sort_keys=True))
