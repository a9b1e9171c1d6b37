"""RFM: buyers by the recency, frequency and amount of their purchases, and by the segments of the project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from scenario_cli.hosts.insights.log import DAY, Log
from scenario_cli.hosts.insights.people import People
from scenario_cli.model.insights_results import Group, Rfm, Scored

# By contact: orders, revenue, the instant of the last order.
Buyers = Mapping[str, tuple[int, Decimal, int]]

_QUARTERS = (0.25, 0.5, 0.75)


def buyers_of(log: Log) -> Buyers:
    rows = log.ask("SELECT contact, orders, revenue, last_at FROM customers")
    return {contact: (orders, revenue, last) for contact, orders, revenue, last in rows}


def rfm(log: Log, people: People, buyers: Buyers) -> Rfm:
    edges = None if log.settings.rfm.metrics else _edges(log)
    scores = people.scores if edges is None else _quarter_scores(buyers, edges, log.as_of)
    by_contact = {
        contact: tuple(_word(score) for score in scores.get(contact, (None, None, None))) for contact in buyers
    }
    in_segment: dict[str, list[str]] = {name.text: [] for name in log.settings.rfm.segments}
    outside, several = [], 0
    for contact in buyers:
        names = people.segments.get(contact, ())
        for name in names:
            in_segment[name].append(contact)
        several += len(names) > 1
        if not names:
            outside.append(contact)
    counts = log.ask("SELECT orders, count(*) FROM customers GROUP BY ALL ORDER BY ALL")
    gaps, quarters = _gaps(log)
    return Rfm(
        buyers=_group(buyers, buyers),
        scores=_scored(buyers, by_contact, buyers),
        edges=edges,
        segments=tuple((name, _group(buyers, contacts)) for name, contacts in in_segment.items()),
        outside=_group(buyers, outside),
        outside_scores=_scored(buyers, by_contact, outside),
        several=several,
        order_counts=tuple((orders, customers) for orders, customers in counts),
        gaps=gaps,
        gap_quarters=quarters,
    )


def _scored(buyers: Buyers, scores: Mapping[str, tuple[str, ...]], contacts: Iterable[str]) -> tuple[Scored, ...]:
    """Contacts by their scores, the best first."""
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for contact in contacts:
        together[scores[contact]].append(contact)
    return tuple(
        Scored(recency, frequency, monetary, _group(buyers, group))
        for (recency, frequency, monetary), group in sorted(together.items(), reverse=True)
    )


def _group(buyers: Buyers, contacts: Iterable[str]) -> Group:
    figures = [buyers[contact] for contact in contacts]
    return Group(len(figures), sum(orders for orders, _, _ in figures), float(sum(paid for _, paid, _ in figures)))


def _word(score: Any) -> str:
    """A score as shown; empty if the metric has no value."""
    return "" if score is None else f"{score:g}" if isinstance(score, float) else str(score)


def _edges(log: Log) -> dict[str, tuple[float, ...]]:
    """The quarters of the buyers: days since the last order, orders, revenue."""
    days = f"({log.as_of} - last_at) // {DAY}"
    columns = {"recency": days, "frequency": "orders", "monetary": "revenue"}
    quartiles = ", ".join(f"quantile_disc({column}, {list(_QUARTERS)})" for column in columns.values())
    (row,) = log.ask(f"SELECT {quartiles} FROM customers")
    return {name: tuple(map(float, edges or ())) for name, edges in zip(columns, row, strict=True)}


def _quarter_scores(
    buyers: Buyers, edges: Mapping[str, tuple[float, ...]], as_of: int
) -> dict[str, tuple[int, int, int]]:
    """Three scores for each buyer, from 1 to 4, 4 the best: by the number of bounds that a value exceeds."""
    return {
        contact: (
            4 - sum((as_of - last) // DAY > edge for edge in edges["recency"]),
            1 + sum(orders > edge for edge in edges["frequency"]),
            1 + sum(float(paid) > edge for edge in edges["monetary"]),
        )
        for contact, (orders, paid, last) in buyers.items()
    }


def _gaps(log: Log) -> tuple[int, tuple[float, ...]]:
    """The days from an order to the next of the same customer: their number and their quarters."""
    days = f"(moment - lag(moment) OVER (PARTITION BY contact ORDER BY number)) / {DAY}"
    ((count, quarters),) = log.ask(
        f"SELECT count(days), quantile_cont(days, {list(_QUARTERS)}) FROM (SELECT {days} AS days FROM orders)"
        " WHERE days IS NOT NULL"
    )
    return count, tuple(quarters or ())
