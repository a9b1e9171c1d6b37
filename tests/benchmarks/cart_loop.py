"""The shipped cart scenario by hand: a loop in plain Python over the sorted events, only for this scenario.

It does the engine's work for the scenario without a policy: entries by cart, a cart's re-entry after three days, the
hour that starts over, waits on the contact's own clock, the goal, addresses, consent, counts of states, outcomes and
messages. It is the lower limit: the cost of the scenario without configuration and without explanations.

`python -m tests.benchmarks.cart_loop EVENTS CONTACTS` prints its counts as JSON.
"""

from __future__ import annotations

import heapq
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

HOUR, WEEK = 3_600, 7 * 86_400
_ROWS = """
  SELECT contact_id, epoch("timestamp")::BIGINT, event, cart_id, total, len(items),
         email, email_optin, push_token, push_optin, phone, sms_optin, timezone
  FROM read_parquet('{events}', file_row_number = true) AS events
  LEFT JOIN read_parquet('{contacts}') AS contacts USING (contact_id)
  WHERE event IN ('cart_updated', 'order_completed') ORDER BY contact_id, "timestamp", events.file_row_number
"""


@dataclass(slots=True)
class Cart:
    """One journey: its state (empty after its end), its wait, and the values of its messages."""

    entered: int
    state: str = ""
    due: int = 0
    total: float = 0.0


class Contact:
    """The carts of one contact, with addresses and consent."""

    def __init__(self, row: tuple[Any, ...], counts: Counter[str]) -> None:
        self.reach = {"email": row[6:8], "push": row[8:10], "sms": row[10:12]}
        self.zone = ZoneInfo(row[12] or "Europe/Paris")
        self.counts = counts
        self.carts: dict[str, Cart] = {}
        self.timers: list[tuple[int, int, str]] = []

    def run(self, rows: Iterator[tuple[Any, ...]], until: int) -> None:
        for _, at, event, key, total, items, *_ in rows:
            self.pass_time(at)
            if key is None:
                continue
            cart = self.carts.get(key)
            if event == "order_completed":
                if cart is not None and cart.state:
                    self.ordered(cart, at)
            elif cart is not None and cart.state:
                self.changed(cart, key, at, total, items)
            elif items:
                self.enter(cart, key, at, total)
        self.pass_time(until + 1)

    def pass_time(self, end: int) -> None:
        while self.timers and self.timers[0][0] < end:
            due, _, key = heapq.heappop(self.timers)
            cart = self.carts[key]
            if cart.state and cart.due == due:
                self.wait_is_over(cart, key, due)

    def enter(self, last: Cart | None, key: str, at: int, total: float) -> None:
        if last is not None and at < self.later(last.entered, 3):
            self.counts["refused reentry"] += 1
            return
        cart = self.carts[key] = Cart(at, total=total)
        self.counts["entered"] += 1
        self.move(cart, "cart_open")
        self.wait(cart, key, at + HOUR)

    def changed(self, cart: Cart, key: str, at: int, total: float, items: int) -> None:
        if items and cart.state == "cart_open":
            cart.total = total
            self.wait(cart, key, at + HOUR)
        elif not items:
            self.end(cart, "emptied")
            return
        else:
            cart.total = total
        self.counts["taken"] += 1

    def ordered(self, cart: Cart, at: int) -> None:
        if cart.state == "cart_open":
            self.end(cart, "ordered")
        else:
            self.counts["converted"] += at - cart.entered <= WEEK
            self.end(cart, "recovered")

    def wait_is_over(self, cart: Cart, key: str, at: int) -> None:
        if cart.state == "cart_open":
            self.move(cart, "reminder")
            self.send("email")
            self.send("push")
            self.wait(cart, key, self.later(at, 1))
        elif cart.state == "reminder":
            self.move(cart, "worth_an_offer")
            if cart.total >= 80:
                self.move(cart, "offer")
                self.send("email")
            else:
                self.move(cart, "last_call")
                self.send_first("push", "sms")
            self.wait(cart, key, self.later(at, 2))
        else:
            self.end(cart, "no_response")

    def later(self, at: int, days: int) -> int:
        """The same time of day some days later, on the contact's own clock."""
        return int((datetime.fromtimestamp(at, self.zone) + timedelta(days=days)).timestamp())

    def wait(self, cart: Cart, key: str, due: int) -> None:
        cart.due = due
        heapq.heappush(self.timers, (due, len(self.timers), key))

    def move(self, cart: Cart, state: str) -> None:
        cart.state = state
        self.counts[f"reached {state}"] += 1

    def end(self, cart: Cart, outcome: str) -> None:
        cart.state = ""
        self.counts[f"outcome {outcome}"] += 1

    def barred(self, channel: str) -> str:
        address, consent = self.reach[channel]
        return "no_address" if address is None else "" if consent is True else "no_consent"

    def send(self, channel: str) -> None:
        reason = self.barred(channel)
        self.counts[f"dropped {channel} {reason}" if reason else f"sent {channel}"] += 1

    def send_first(self, *channels: str) -> None:
        for channel in channels:
            if not self.barred(channel):
                self.counts[f"sent {channel}"] += 1
                return
        self.counts[f"dropped {channels[0]} unreachable"] += 1


def run(events: Path, contacts: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    with duckdb.connect() as database:
        database.execute("SET memory_limit = '1GB'")
        ((until,),) = database.execute(f"SELECT epoch(max(\"timestamp\"))::BIGINT FROM '{events}'").fetchall()
        result = database.execute(_ROWS.format(events=events, contacts=contacts))
        rows = (row for batch in iter(lambda: result.fetchmany(4_096), []) for row in batch)
        for _, of_contact in groupby(rows, key=lambda row: row[0]):
            first = next(of_contact)
            contact = Contact(first, counts)
            contact.run((row for part in ((first,), of_contact) for row in part), until)
            counts["running"] += sum(bool(cart.state) for cart in contact.carts.values())
    return counts


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2])), sort_keys=True))
