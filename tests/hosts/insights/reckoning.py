"""The figures of the shipped log, computed a second time from only its files: lines of JSON, rows of CSV, and a loop.

It shares no code with the package, and has the shipped project's definitions built in: purchases, the thresholds of
scores, the consent of each channel. Amounts are in cents.
"""

from __future__ import annotations

import csv
import gzip
import json
import statistics
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
DAYS = (30, 60, 90, 180, 365)
CONSENT = {
    "email": ("email", "email_optin"),
    "push": ("push_token", "push_optin"),
    "sms": ("phone", "sms_optin"),
    "postal": ("postal_address", "postal_optin"),
}


def month(at: datetime) -> str:
    return at.astimezone(PARIS).strftime("%Y-%m")


def cents(amount: float) -> int:
    return round(amount * 100)


@cache
def log_of(project: Path) -> list[dict[str, Any]]:
    """The events of a project's log, in order of time."""
    with gzip.open(project / "data" / "events.jsonl.gz", "rt", encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    for event in events:
        event["at"] = datetime.fromisoformat(event["timestamp"]).astimezone(UTC)
    return sorted(events, key=lambda event: event["at"])


class Reckoning:
    """All figures of the log up to an instant (of the whole log, if none is given)."""

    def __init__(self, project: Path, until: datetime | None = None) -> None:
        events = log_of(project)
        self.now: datetime = until or events[-1]["at"]
        self.events = [event for event in events if event["at"] <= self.now]
        with (project / "data" / "contacts.csv").open(encoding="utf-8", newline="") as rows:
            self.listed = {row["contact_id"]: row for row in csv.DictReader(rows)}
        self.of: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for event in self.events:
            if event.get("contact_id"):
                self.of[event["contact_id"]].append(event)
        self.contacts = sorted({*self.of, *self.listed})
        self.orders = {
            contact: orders
            for contact in self.contacts
            if (orders := [event for event in self.of[contact] if event["event"] == "order_completed"])
        }
        with (project / "tables" / "marketing_spend.csv").open(encoding="utf-8", newline="") as rows:
            self.spend = list(csv.DictReader(rows))

    # --- Base -----------------------------------------------------------------------------------------------

    def months(self) -> list[dict[str, Any]]:
        figures: dict[str, dict[str, Any]] = {}
        buyers: set[str] = set()
        active: dict[str, set[str]] = defaultdict(set)
        for event in self.events:
            if not event.get("contact_id"):
                continue
            name = month(event["at"])
            line = figures.setdefault(name, dict.fromkeys(("new", "first_orders", "orders", "revenue"), 0))
            active[name].add(event["contact_id"])
            line["new"] += event["contact_id"] not in buyers
            buyers.add(event["contact_id"])
            if event["event"] == "order_completed":
                line["orders"] += 1
                line["revenue"] += cents(event["properties"]["total"])
                line["first_orders"] += event is self.orders[event["contact_id"]][0]
        return [{"month": name, "active": len(active[name]), **line} for name, line in sorted(figures.items())]

    def profiles(self) -> dict[str, dict[str, Any]]:
        """The attributes of every contact, without missing values."""
        profiles: dict[str, dict[str, Any]] = {}
        for contact in self.contacts:
            attributes: dict[str, Any] = {
                name: value == "true" if value in ("true", "false") else value
                for name, value in self.listed.get(contact, {}).items()
                if name != "contact_id" and value != ""
            }
            for event in self.of[contact]:
                if event["event"] == "profile_updated":
                    attributes.update(event["properties"])
            profiles[contact] = {name: value for name, value in attributes.items() if value is not None}
        return profiles

    def channels(self) -> dict[str, dict[str, int]]:
        profiles = self.profiles().values()
        figures = {}
        for channel, (address, consent) in CONSENT.items():
            addresses = Counter(str(profile[address]).lower() for profile in profiles if address in profile)
            figures[channel] = {
                "yes": sum(profile.get(consent) is True for profile in profiles),
                "no": sum(profile.get(consent) is False for profile in profiles),
                "never": sum(consent not in profile for profile in profiles),
                "addressed": addresses.total(),
                "invalid": 0,
                "shared": sum(count for count in addresses.values() if count > 1),
                "reachable": sum(address in profile and profile.get(consent) is True for profile in profiles),
            }
        return figures

    def unsubscribes(self) -> Counter[tuple[str, str]]:
        return Counter(
            (month(event["at"]), event["properties"]["channel"])
            for event in self.events
            if event["event"] == "unsubscribed"
        )

    # --- RFM ------------------------------------------------------------------------------------------------

    def scores(self, of_segments: bool = False) -> dict[str, tuple[int, int, int]]:
        """The three scores of each buyer. `of_segments`: at the last computation of segments, which is at six in the
        morning, or at an order since then."""
        tick = self.now.astimezone(PARIS).replace(hour=6, minute=0, second=0, microsecond=0)
        tick -= timedelta(days=tick > self.now)
        by_contact = {}
        for contact, orders in self.orders.items():
            now = max(tick, orders[-1]["at"]) if of_segments else self.now
            days = (now - orders[-1]["at"]) / timedelta(days=1)
            recent = [order for order in orders if order["at"] > now - timedelta(days=365)]
            spent = sum(int(order["properties"]["total"]) for order in recent)
            recency = 4 if days <= 30 else 3 if days <= 60 else 2 if days <= 120 else 1
            frequency = 1 if len(recent) <= 1 else min(len(recent), 4)
            monetary = 1 if spent <= 75 else 2 if spent <= 150 else 3 if spent <= 300 else 4
            by_contact[contact] = (recency, frequency, monetary)
        return by_contact

    def segments(self) -> dict[str, list[str]]:
        members: dict[str, list[str]] = {"rfm_loyal": [], "rfm_occasional": [], "rfm_inactive": []}
        for contact, (recency, frequency, monetary) in self.scores(of_segments=True).items():
            if recency >= 2 and frequency + monetary >= 7:
                members["rfm_loyal"].append(contact)
            elif recency == 1 and frequency <= 2 and monetary <= 2:
                members["rfm_inactive"].append(contact)
            else:
                members["rfm_occasional"].append(contact)
        return members

    def group(self, contacts: list[str]) -> tuple[int, int, int]:
        """The numbers of customers and orders, and the revenue in cents."""
        orders = [order for contact in contacts for order in self.orders[contact]]
        return len(contacts), len(orders), sum(cents(order["properties"]["total"]) for order in orders)

    def gaps(self) -> list[float]:
        return [
            (after["at"] - before["at"]) / timedelta(days=1)
            for orders in self.orders.values()
            for before, after in pairwise(orders)
        ]

    # --- Cohorts --------------------------------------------------------------------------------------------

    def cohort_of(self, kind: str, contact: str) -> str:
        first = self.orders[contact][0]
        match kind:
            case "all":
                return ""
            case "month":
                return month(first["at"])
            case "category":
                return next(str(line["category"]) for line in first["properties"]["items"] if line.get("category"))
            case "channel":
                return str(first["properties"].get("channel", ""))
        return self.source(contact)

    def source(self, contact: str) -> str:
        visits = [event for event in self.of[contact] if event["event"] == "session_started"]
        return next((str(visit["properties"]["source"]) for visit in visits if visit["properties"].get("source")), "")

    def cohorts(self, kind: str) -> dict[str, dict[str, Any]]:
        """Cohorts by name: the group, and after each number of days observed contacts, returning contacts and cents."""
        members: dict[str, list[str]] = defaultdict(list)
        for contact in self.orders:
            members[self.cohort_of(kind, contact)].append(contact)
        return {
            name: {"group": self.group(contacts), "after": {days: self.after(kind, contacts, days) for days in DAYS}}
            for name, contacts in members.items()
        }

    def after(self, kind: str, contacts: list[str], days: int) -> tuple[int, int, int]:
        length = timedelta(days=days)
        if kind == "month":
            first = self.orders[contacts[0]][0]["at"].astimezone(PARIS)
            following = (first.replace(day=1) + timedelta(days=32)).date().replace(day=1)
            if not following + length < self.now.astimezone(PARIS).date():
                return 0, 0, 0
            observed = contacts
        else:
            observed = [contact for contact in contacts if self.orders[contact][0]["at"] + length <= self.now]
        paid = returning = 0
        for contact in observed:
            within = [order for order in self.orders[contact] if order["at"] <= self.orders[contact][0]["at"] + length]
            returning += len(within) > 1
            paid += sum(cents(order["properties"]["total"]) for order in within)
        return len(observed), returning, paid

    def acquisition(self) -> dict[tuple[str, str], tuple[int, int, int]]:
        """Figures by month and source (empty: all): cost in cents, number of customers, and their revenue in cents."""
        figures: dict[tuple[str, str], tuple[int, int, int]] = {}
        months = {row["month"] for row in self.spend}
        sources = {row["source"] for row in self.spend}
        for cell in [("", ""), *((name, "") for name in months), *(("", name) for name in sources)]:
            spent = sum(
                cents(float(row["amount"]))
                for row in self.spend
                if cell[0] in ("", row["month"]) and cell[1] in ("", row["source"])
            )
            won = [
                contact
                for contact in self.orders
                if self.cohort_of("month", contact) in months
                and cell[0] in ("", self.cohort_of("month", contact))
                and cell[1] in ("", self.source(contact))
            ]
            customers, _, paid = self.group(won)
            figures[cell] = (spent, customers, paid)
        return figures

    # --- Subscriptions and answers --------------------------------------------------------------------------

    def subscriptions(self) -> list[tuple[datetime, datetime | None]]:
        """The beginning of each subscription, and its end, if any."""
        spans = []
        for contact in self.contacts:
            terms: dict[str, list[dict[str, Any]]] = defaultdict(list)
            notices: dict[str, list[datetime]] = defaultdict(list)
            for event in self.of[contact]:
                key = event["properties"].get("subscription_id")
                if event["event"] in ("subscription_started", "subscription_renewed"):
                    terms[key].append(event)
                elif event["event"] == "subscription_cancelled":
                    notices[key].append(event["at"])
            for key, listed in terms.items():
                ends = [self.over(listed[-1])]
                ends += [notice for notice in notices[key] if notice >= listed[-1]["at"]][:1]
                end = min(ends)
                spans.append((listed[0]["at"], end if end <= self.now else None))
        return spans

    @staticmethod
    def over(term: dict[str, Any]) -> datetime:
        """The first instant after the last day of a term."""
        last = datetime.strptime(term["properties"]["ends_on"], "%Y-%m-%d")
        return (last + timedelta(days=1)).replace(tzinfo=PARIS).astimezone(UTC)

    def terms(self) -> tuple[int, int]:
        """The number of finished terms, and of those that another term followed."""
        due = renewed = 0
        for contact in self.contacts:
            listed = [event for event in self.of[contact]
                      if event["event"] in ("subscription_started", "subscription_renewed")]  # fmt: skip
            for place, term in enumerate(listed):
                if self.over(term) <= self.now:
                    due += 1
                    renewed += place + 1 < len(listed)
        return due, renewed

    def answers(self) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for event in self.events:
            if event["event"] == "survey_answered" and event["properties"]["survey"] == "nps":
                score = event["properties"]["score"]
                kind = "promoters" if score >= 9 else "passives" if score >= 7 else "detractors"
                for name in ("", month(event["at"])):
                    counts[name][kind] += 1
        return counts

    # --- Products -------------------------------------------------------------------------------------------

    def things(self, order: dict[str, Any], kind: str) -> dict[str, list[dict[str, Any]]]:
        key = "sku" if kind == "product" else "category"
        lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in order["properties"]["items"]:
            lines[line[key]].append(line)
        return lines

    def sold(self, kind: str) -> dict[str, Counter[str]]:
        figures: dict[str, Counter[str]] = defaultdict(Counter)
        for contact, orders in self.orders.items():
            counts = Counter(name for order in orders for name in self.things(order, kind))
            for place, order in enumerate(orders):
                for name, lines in self.things(order, kind).items():
                    figures[name]["orders"] += 1
                    figures[name]["first_orders"] += place == 0
                    figures[name]["units"] += sum(line["qty"] for line in lines)
                    figures[name]["revenue"] += sum(cents(line["price"]) * line["qty"] for line in lines)
            for name, count in counts.items():
                figures[name]["customers"] += 1
                figures[name]["again"] += count > 1
            for name in self.things(orders[0], kind):
                figures[name]["won"] += 1
                figures[name]["won_revenue"] += self.group([contact])[2]
        return figures

    def pairs(self, kind: str) -> dict[tuple[str, str], tuple[int, float, float, float]]:
        """Figures by first and second purchase: customers, share, lift, median of days."""
        gaps: dict[tuple[str, str], list[float]] = defaultdict(list)
        buyers: Counter[str] = Counter()
        returning: Counter[str] = Counter()
        for orders in self.orders.values():
            names = [list(self.things(order, kind)) for order in orders]
            buyers.update({name for listed in names for name in listed})
            returning.update({name for listed in names[1:] for name in listed})
            first_at: dict[str, int] = {}
            for place, listed in enumerate(names):
                for name in listed:
                    first_at.setdefault(name, place)
            for first, begun in first_at.items():
                later: dict[str, int] = {}
                for place in range(begun + 1, len(orders)):
                    for name in names[place]:
                        later.setdefault(name, place)
                for second, place in later.items():
                    if second != first:
                        gap = (orders[place]["at"] - orders[begun]["at"]) / timedelta(days=1)
                        gaps[first, second].append(gap)
        figures = {}
        for (first, second), days in gaps.items():
            share = len(days) / buyers[first]
            lift = share * len(self.orders) / returning[second]
            figures[first, second] = (len(days), share, lift, statistics.median(days))
        return figures
