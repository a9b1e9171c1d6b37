"""The known facts about the customers of a log at an instant: counts and sums, from which reports calculate shares and
means.

Amounts are in the project's currency. Months are those of the project's clock, as `2024-03`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from scenario_cli.model.export import ReadReport
from scenario_cli.model.value_class import dataclass

# The days after which a cohort is measured.
WINDOWS = (30, 60, 90, 180, 365)


def ratio(part: float | None, total: float | None, least: float = 1) -> float | None:
    """A share or a mean; None if there is nothing to divide, or less of it than `least`."""
    return None if part is None or not total or total < least else part / total


@dataclass(frozen=True, slots=True)
class Month:
    """One month: contacts seen for the first time, contacts with an event, buyers with their first order, orders,
    revenue."""

    month: str
    new: int
    active: int
    first_orders: int
    orders: int
    revenue: float


@dataclass(frozen=True, slots=True)
class Reach:
    """The contacts that a channel reaches.

    `yes`, `no` and `never` asked are None if the channel needs no consent; `addressed`, `invalid` (a value that is not
    an address) and `shared` (an address that another contact has too) if it needs no address. `reachable` have an
    address and, if needed, have said yes.
    """

    channel: str
    yes: int | None
    no: int | None
    never: int | None
    addressed: int | None
    invalid: int | None
    shared: int | None
    reachable: int


@dataclass(frozen=True, slots=True)
class Base:
    """All known contacts: those in the contacts table and those with an event of the tracking plan.

    `unseen` are in the table alone, which does not give a date for them. `attributes` have the contacts with a value.
    `unsubscribes` are counted by month and channel.
    """

    contacts: int
    buyers: int
    unseen: int
    months: tuple[Month, ...]
    attributes: tuple[tuple[str, int], ...]
    channels: tuple[Reach, ...]
    unsubscribes: Mapping[tuple[str, str], int] | None

    @property
    def prospects(self) -> int:
        return self.contacts - self.buyers


@dataclass(frozen=True, slots=True)
class Group:
    """Some buyers, with all their orders and all that they paid."""

    customers: int = 0
    orders: int = 0
    revenue: float = 0.0


@dataclass(frozen=True, slots=True)
class Scored:
    """The buyers with the same three scores."""

    recency: str
    frequency: str
    monetary: str
    group: Group


@dataclass(frozen=True, slots=True)
class Rfm:
    """The recency, frequency and amount of purchases.

    `edges` are the bounds of the quarters by score, if the project names no metrics. A buyer can be in `several`
    segments; `outside` are in none, and `outside_scores` are theirs. `order_counts` are the customers by number of
    orders, `gaps` the days from an order to the next: their number and their quarters.
    """

    buyers: Group
    scores: tuple[Scored, ...]
    edges: Mapping[str, tuple[float, ...]] | None
    segments: tuple[tuple[str, Group], ...]
    outside: Group
    outside_scores: tuple[Scored, ...]
    several: int
    order_counts: tuple[tuple[int, int], ...]
    gaps: int
    gap_quarters: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """The customers' behaviour within so many days of their first order: of those observed for so long, the number who
    ordered again, and the payments of all. Without customers it is too early to say.
    """

    days: int
    customers: int
    again: int
    revenue: float


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers whose first order has the same month, category, channel or source of the first touch.

    An empty name means unknown.
    """

    kind: str
    name: str
    group: Group
    observed: tuple[Observed, ...]


@dataclass(frozen=True, slots=True)
class Acquisition:
    """Marketing spend, the customers won in its months, and their payments until now. An empty `month` or `source`
    means all of them.
    """

    month: str
    source: str
    spend: float
    customers: int
    revenue: float


@dataclass(frozen=True, slots=True)
class SubscriptionMonth:
    """Subscriptions that ran when the month began, that began in it, and that were given up or ran out in it."""

    month: str
    running: int
    started: int
    left: int


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """`left` are given up or have run out, after `days` in all; of the terms that were `due`, `renewed` were continued.

    `kept` has by days the number observed for so long, and the number of these that still ran.
    """

    started: int
    running: int
    left: int
    days: float
    due: int
    renewed: int
    months: tuple[SubscriptionMonth, ...]
    kept: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of 0 to 10 to "would you recommend us?": 9 and 10 promote, 0 to 6 detract."""

    month: str
    promoters: int
    passives: int
    detractors: int

    @property
    def count(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> float:
        """The net promoter score, from -100 to 100."""
        return 100 * (self.promoters - self.detractors) / self.count


@dataclass(frozen=True, slots=True)
class Cohorts:
    """`cohorts` begin with that of all customers. `spend_months` are the months that the table of spend has."""

    cohorts: tuple[Cohort, ...]
    acquisition: tuple[Acquisition, ...] = ()
    subscriptions: Subscriptions | None = None
    nps: tuple[Answers, ...] | None = None

    def of(self, kind: str) -> tuple[Cohort, ...]:
        return tuple(cohort for cohort in self.cohorts if cohort.kind == kind)


@dataclass(frozen=True, slots=True)
class Sold:
    """A product or category: the amount of its lines, and the number of pieces, orders and customers.

    `first_orders` are orders that were their buyer's first; `again` customers who bought it in two orders or more.
    `won` customers had it in their first order, and have paid `won_revenue` for everything until now.
    """

    kind: str
    name: str
    label: str
    revenue: float
    units: float
    orders: int
    first_orders: int
    customers: int
    again: int
    won: int
    won_revenue: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Customers who bought `second` in an order after their first order of `first`.

    `first_buyers` bought the first, `second_buyers` the second in an order that was not their first; `buyers` are all.
    """

    kind: str
    first: str
    second: str
    customers: int
    first_buyers: int
    second_buyers: int
    buyers: int
    median_days: float

    @property
    def share(self) -> float:
        """The share of the buyers of the first product."""
        return self.customers / self.first_buyers

    @property
    def lift(self) -> float:
        """The factor by which the share is larger than that of all buyers who come back for the second."""
        return self.share * self.buyers / self.second_buyers


@dataclass(frozen=True, slots=True)
class Affinity:
    pairs: tuple[Pair, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    candidates: int = 0

    def next_products(self) -> tuple[Pair, ...]:
        """The product that most buyers of each product buy next, among those that they buy more than others do."""
        best: dict[str, Pair] = {}
        for pair in self.pairs:
            if pair.kind == "product" and pair.lift > 1:
                so_far = best.get(pair.first)
                if so_far is None or (pair.share, pair.lift) > (so_far.share, so_far.lift):
                    best[pair.first] = pair
        return tuple(best[name] for name in sorted(best))


@dataclass(frozen=True, slots=True)
class Insights:
    """The parts that were requested; None for the others.

    Instants are microseconds since 1970-01-01 UTC: nothing after `as_of` counts, and figures by months, products and
    cohorts are from `start` to `until` (not included), if these are given. `foreign` purchases are in another currency
    and left out, `unpriced` purchases have no amount and count as 0.
    """

    project: str
    project_digest: str
    currency: str
    timezone: str
    as_of: int
    start: int | None
    until: int | None
    minimum: int
    support: int
    read: ReadReport
    foreign: int
    unpriced: int
    product: str
    base: Base | None = None
    rfm: Rfm | None = None
    cohorts: Cohorts | None = None
    products: tuple[Sold, ...] | None = None
    affinity: Affinity | None = None


def together(groups: Iterable[Group]) -> Group:
    """The sum of groups that share no buyer."""
    listed = list(groups)
    return Group(
        sum(group.customers for group in listed),
        sum(group.orders for group in listed),
        sum(group.revenue for group in listed),
    )
