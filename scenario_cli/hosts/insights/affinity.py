"""Affinity: which product, or category, the buyers of another buy after it."""

from __future__ import annotations

from scenario_cli.hosts.insights.log import DAY, Log
from scenario_cli.hosts.insights.products import KINDS
from scenario_cli.model.insights_results import Affinity, Pair


def affinity(log: Log) -> Affinity:
    """The pairs with enough customers who bought the second in an order after their first one of the first.

    The first must be in the span, the second only before the instant. Both in one order are not a pair: products in one
    basket need no message.
    """
    pairs: list[Pair] = []
    candidates = 0
    for kind in KINDS:
        _make_pairs(log, kind)
        ((count,),) = log.ask("SELECT count(*) FROM pairs")
        candidates += count
        pairs += _pairs(log, kind)
    labels = log.ask(
        "SELECT product, arg_max(label, moment) FROM lines WHERE product IS NOT NULL AND label IS NOT NULL"
        " GROUP BY product"
    )
    return Affinity(tuple(pairs), dict(labels), candidates)


def _make_pairs(log: Log, kind: str) -> None:
    """Makes `firsts`, the first order with each thing of each customer, and `pairs`, with their customers and days."""
    log.con.execute(
        f"CREATE OR REPLACE TEMP TABLE buys AS SELECT contact, {kind} AS name, number, min(moment) AS moment FROM lines"
        f" WHERE {kind} IS NOT NULL GROUP BY ALL"
    )
    log.con.execute(
        "CREATE OR REPLACE TEMP TABLE firsts AS SELECT contact, name, min(number) AS number, min(moment) AS moment"
        " FROM buys GROUP BY ALL"
    )
    later = (
        "SELECT a.contact, a.name AS first, b.name AS second, min(b.moment) - min(a.moment) AS gap FROM firsts AS a"
        " JOIN buys AS b ON a.contact = b.contact AND b.number > a.number AND a.name <> b.name"
        f" WHERE {log.within('a.moment')} GROUP BY ALL"
    )
    log.con.execute(
        "CREATE OR REPLACE TEMP TABLE pairs AS SELECT first, second, count(*) AS customers,"
        f" quantile_cont(gap / {DAY}, 0.5) AS days FROM ({later}) GROUP BY ALL"
    )


def _pairs(log: Log, kind: str) -> list[Pair]:
    ((buyers,),) = log.ask("SELECT count(*) FROM customers")
    rows = log.ask(
        "SELECT first, second, p.customers, a.customers, b.customers, days FROM pairs AS p"
        " JOIN (SELECT name AS first, count(*) AS customers FROM firsts"
        f" WHERE {log.within('moment')} GROUP BY ALL) AS a"
        " USING (first) JOIN (SELECT name AS second, count(DISTINCT contact) AS customers FROM buys WHERE number > 1"
        " GROUP BY ALL) AS b"
        f" USING (second) WHERE p.customers >= {log.settings.support} ORDER BY p.customers DESC, first, second"
    )
    return [
        Pair(kind, first, second, customers, of_first, of_second, buyers, float(days))
        for first, second, customers, of_first, of_second, days in rows
    ]
