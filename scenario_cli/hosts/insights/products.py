"""Products and categories: their revenue, their buyers, and the customers who come back for them."""

from __future__ import annotations

from scenario_cli.hosts.insights.log import Log
from scenario_cli.model.insights_results import Sold

KINDS = ("product", "category")


def products(log: Log) -> tuple[Sold, ...]:
    """The products, then the categories, each by revenue within the span."""
    return tuple(sold for kind in KINDS for sold in _of_kind(log, kind))


def _of_kind(log: Log, kind: str) -> list[Sold]:
    label = "arg_max(label, moment)" if kind == "product" else "CAST(NULL AS VARCHAR)"
    # Grouped by order first: a product can be on two lines of an order.
    orders = (
        f"SELECT {kind} AS name, contact, number, sum(revenue) AS revenue, sum(units) AS units, {label} AS label,"
        f" max(moment) AS moment FROM lines WHERE {kind} IS NOT NULL AND {log.within('moment')} GROUP BY ALL"
    )
    buyers = (
        "SELECT name, contact, count(*) AS orders, bool_or(number = 1) AS began, sum(revenue) AS revenue,"
        " sum(units) AS units, arg_max(label, moment) AS label, max(moment) AS moment"
        " FROM bought GROUP BY name, contact"
    )
    rows = log.ask(
        f"WITH bought AS ({orders}), buyers AS ({buyers})"
        " SELECT name, coalesce(arg_max(label, moment), ''), sum(b.revenue), sum(units), sum(b.orders),"
        " count(*) FILTER (began), count(*), count(*) FILTER (b.orders > 1), count(*) FILTER (began),"
        " coalesce(sum(c.revenue) FILTER (began), 0) FROM buyers AS b JOIN customers AS c USING (contact)"
        " GROUP BY name ORDER BY sum(b.revenue) DESC, name"
    )
    return [
        Sold(kind, name, label, float(revenue), float(units), int(orders), first, customers, again, won, float(paid))
        for name, label, revenue, units, orders, first, customers, again, won, paid in rows
    ]
