"""The key `insights` of project.yaml: the events and properties of a log from which the facts about customers are
calculated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scenario_cli.model.source import Name
from scenario_cli.model.value_class import dataclass

# The fewest customers for showing a share or a mean, and the fewest buyers of both products of a pair, if left out.
FEWEST, SUPPORT = 10, 10


@dataclass(frozen=True, slots=True)
class Purchase:
    """The event that is a purchase, and its properties.

    `amount` is the payment, with its `currency` and `channel`. `items` is the property with its lines, a list of
    objects; `product`, `label`, `category`, `price` (of one piece) and `quantity` are keys of a line, or properties of
    the event if it has no lines.
    """

    event: Name
    amount: Name
    currency: Name | None = None
    channel: Name | None = None
    items: Name | None = None
    product: Name | None = None
    label: Name | None = None
    category: Name | None = None
    price: Name | None = None
    quantity: Name | None = None

    @property
    def properties(self) -> Iterator[Name]:
        """The properties of the event itself."""
        yield from (name for name in (self.amount, self.currency, self.channel, self.items) if name is not None)
        yield from () if self.items is not None else self.parts

    @property
    def parts(self) -> Iterator[Name]:
        """The keys of a line."""
        listed = (self.product, self.label, self.category, self.price, self.quantity)
        yield from (name for name in listed if name is not None)


@dataclass(frozen=True, slots=True)
class EventProperty:
    """An event and its property with a fact: the source of a first touch, or the channel that a contact unsubscribed
    from.
    """

    event: Name
    property: Name


@dataclass(frozen=True, slots=True)
class RfmNames:
    """The metrics whose values are the scores of a buyer, and the segments that the project names."""

    recency: Name | None = None
    frequency: Name | None = None
    monetary: Name | None = None
    segments: tuple[Name, ...] = ()

    @property
    def metrics(self) -> tuple[Name, ...]:
        """The three metrics in order, if all three are named; else none."""
        named = (self.recency, self.frequency, self.monetary)
        return tuple(name for name in named if name is not None) if None not in named else ()


@dataclass(frozen=True, slots=True)
class SubscriptionEvents:
    """The events of a subscription: its beginning, its renewal for another term, the notice that ends it.

    `key` is the property that distinguishes subscriptions, `ends` the last day of the term.
    """

    started: Name
    cancelled: Name
    key: Name
    renewed: Name | None = None
    ends: Name | None = None

    @property
    def events(self) -> tuple[Name, ...]:
        return tuple(name for name in (self.started, self.renewed, self.cancelled) if name is not None)


@dataclass(frozen=True, slots=True)
class Survey:
    """The event with a contact's answer to "how likely are you to recommend us", its property of 0 to 10, and the
    answers that count: those whose properties have the values of `only`.
    """

    event: Name
    score: Name
    only: tuple[tuple[Name, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Spend:
    """The reference table of marketing spend: its columns with the month (2024-03), the source and the amount."""

    table: Name
    month: Name
    source: Name
    amount: Name


@dataclass(frozen=True, slots=True)
class InsightSettings:
    """`minimum` is the fewest customers for showing a share or mean, `support` the fewest buyers of a pair of
    products.
    """

    purchase: Purchase
    first_touch: EventProperty | None = None
    unsubscribe: EventProperty | None = None
    rfm: RfmNames = RfmNames()
    subscriptions: SubscriptionEvents | None = None
    nps: Survey | None = None
    spend: Spend | None = None
    minimum: int = FEWEST
    support: int = SUPPORT

    @property
    def readings(self) -> Iterator[tuple[Name, tuple[Name, ...]]]:
        """Each event with the properties of it that are read."""
        yield self.purchase.event, tuple(self.purchase.properties)
        for entry in (self.first_touch, self.unsubscribe):
            if entry is not None:
                yield entry.event, (entry.property,)
        if self.subscriptions is not None:
            subscriptions = self.subscriptions
            dated = (subscriptions.key, *([subscriptions.ends] if subscriptions.ends is not None else []))
            yield subscriptions.started, dated
            if subscriptions.renewed is not None:
                yield subscriptions.renewed, dated
            yield subscriptions.cancelled, (subscriptions.key,)
        if self.nps is not None:
            yield self.nps.event, (self.nps.score, *(name for name, _ in self.nps.only))
