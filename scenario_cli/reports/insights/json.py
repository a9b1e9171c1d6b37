"""The figures about customers as JSON; its schema is `insights.output.schema.json`.

Counts and sums are exact; a quotient is null if there are fewer than the project's minimum.
"""

from __future__ import annotations

from typing import Any

from scenario_cli.model.insights_results import (
    Acquisition,
    Affinity,
    Answers,
    Base,
    Cohort,
    Cohorts,
    Group,
    Insights,
    Pair,
    Rfm,
    Scored,
    Sold,
    Subscriptions,
    ratio,
)
from scenario_cli.reports.exports.log import moment, read_values
from scenario_cli.reports.json_text import json_text

FORMAT_VERSION = 1


def insights_json(insights: Insights) -> str:
    least = insights.minimum
    parts: dict[str, Any] = {}
    if insights.base is not None:
        parts["base"] = _base(insights.base)
    if insights.rfm is not None:
        parts["rfm"] = _rfm(insights.rfm, least)
    if insights.cohorts is not None:
        parts["cohorts"] = _cohorts(insights.cohorts, least)
    if insights.products is not None:
        parts["products"] = [_sold(sold, least) for sold in insights.products]
    if insights.affinity is not None:
        parts["affinity"] = _affinity(insights.affinity)
    return json_text({
        "format_version": FORMAT_VERSION,
        "command": "insights",
        "project": insights.project,
        "project_digest": insights.project_digest,
        "timezone": insights.timezone,
        "currency": insights.currency,
        "as_of": moment(insights.as_of, insights.timezone),
        "from": moment(insights.start, insights.timezone),
        "until": moment(insights.until, insights.timezone),
        "minimum": least,
        "support": insights.support,
        "log": read_values(insights.read, insights.timezone),
        "foreign": insights.foreign,
        "unpriced": insights.unpriced,
        **parts,
    })  # fmt: skip


def _base(base: Base) -> dict[str, Any]:
    unsubscribes = base.unsubscribes
    return {
        "contacts": base.contacts,
        "buyers": base.buyers,
        "prospects": base.prospects,
        "unseen": base.unseen,
        "months": [
            {"month": month.month, "new": month.new, "active": month.active, "first_orders": month.first_orders,
             "orders": month.orders, "revenue": _money(month.revenue)}
            for month in base.months
        ],
        "attributes": [
            {"attribute": name, "filled": filled, "share": _rounded(ratio(filled, base.contacts))}
            for name, filled in base.attributes
        ],
        "channels": [
            {"channel": reach.channel, "yes": reach.yes, "no": reach.no, "never": reach.never,
             "addressed": reach.addressed, "invalid": reach.invalid, "shared": reach.shared,
             "reachable": reach.reachable}
            for reach in base.channels
        ],
        "unsubscribes": None if unsubscribes is None else [
            {"month": month, "channel": channel, "count": count} for (month, channel), count in unsubscribes.items()
        ],
    }  # fmt: skip


def _rfm(rfm: Rfm, least: int) -> dict[str, Any]:
    return {
        "buyers": _group(rfm.buyers, least),
        "edges": None if rfm.edges is None else {name: list(edges) for name, edges in rfm.edges.items()},
        "scores": [_scored(scored, least) for scored in rfm.scores],
        "segments": [{"segment": name, **_group(group, least)} for name, group in rfm.segments],
        "outside": {**_group(rfm.outside, least), "scores": [_scored(scored, least) for scored in rfm.outside_scores]},
        "several": rfm.several,
        "orders": [{"orders": orders, "customers": customers} for orders, customers in rfm.order_counts],
        "gaps": {"count": rfm.gaps, "quarters": [round(days, 2) for days in rfm.gap_quarters]},
    }


def _scored(scored: Scored, least: int) -> dict[str, Any]:
    scores = {"recency": scored.recency, "frequency": scored.frequency, "monetary": scored.monetary}
    return {**scores, **_group(scored.group, least)}


def _group(group: Group, least: int) -> dict[str, Any]:
    return {
        "customers": group.customers,
        "orders": group.orders,
        "revenue": _money(group.revenue),
        "basket": _money(ratio(group.revenue, group.orders, least)),
        "orders_a_head": _rounded(ratio(group.orders, group.customers, least)),
    }


def _cohorts(cohorts: Cohorts, least: int) -> dict[str, Any]:
    subscriptions, nps = cohorts.subscriptions, cohorts.nps
    return {
        "cohorts": [_cohort(cohort, least) for cohort in cohorts.cohorts],
        "acquisition": [_acquisition(figure, least) for figure in cohorts.acquisition],
        "subscriptions": None if subscriptions is None else _subscriptions(subscriptions, least),
        "nps": None if nps is None else [_answers(answers, least) for answers in nps],
    }


def _cohort(cohort: Cohort, least: int) -> dict[str, Any]:
    return {
        "kind": cohort.kind,
        "name": cohort.name,
        "customers": cohort.group.customers,
        "orders": cohort.group.orders,
        "revenue": _money(cohort.group.revenue),
        "ltv": _money(ratio(cohort.group.revenue, cohort.group.customers, least)),
        "observed": [
            {
                "days": observed.days,
                "customers": observed.customers,
                "again": observed.again,
                "again_share": _rounded(ratio(observed.again, observed.customers, least)),
                "ltv": _money(ratio(observed.revenue, observed.customers, least)),
            }
            for observed in cohort.observed
        ],
    }


def _acquisition(figure: Acquisition, least: int) -> dict[str, Any]:
    enough = figure.customers >= least
    return {
        "month": figure.month,
        "source": figure.source,
        "spend": _money(figure.spend),
        "customers": figure.customers,
        "revenue": _money(figure.revenue),
        "cac": _money(ratio(figure.spend, figure.customers, least)),
        "ltv": _money(ratio(figure.revenue, figure.customers, least)),
        "ltv_cac": _rounded(ratio(figure.revenue, figure.spend)) if enough else None,
    }


def _subscriptions(subscriptions: Subscriptions, least: int) -> dict[str, Any]:
    return {
        "started": subscriptions.started,
        "running": subscriptions.running,
        "left": subscriptions.left,
        "lifetime_days": _rounded(ratio(subscriptions.days, subscriptions.left, least)),
        "due": subscriptions.due,
        "renewed": subscriptions.renewed,
        "renewed_share": _rounded(ratio(subscriptions.renewed, subscriptions.due, least)),
        "months": [
            {"month": month.month, "running": month.running, "started": month.started, "left": month.left,
             "churn": _rounded(ratio(month.left, month.running, least))}
            for month in subscriptions.months
        ],
        "kept": [
            {"days": days, "seen": seen, "kept": running, "retention": _rounded(ratio(running, seen, least))}
            for days, seen, running in subscriptions.kept
        ],
    }  # fmt: skip


def _answers(answers: Answers, least: int) -> dict[str, Any]:
    return {
        "month": answers.month,
        "answers": answers.count,
        "promoters": answers.promoters,
        "passives": answers.passives,
        "detractors": answers.detractors,
        "score": round(answers.score, 1) if answers.count >= least else None,
    }


def _sold(sold: Sold, least: int) -> dict[str, Any]:
    return {
        "kind": sold.kind,
        "name": sold.name,
        "label": sold.label,
        "revenue": _money(sold.revenue),
        "units": sold.units,
        "orders": sold.orders,
        "first_orders": sold.first_orders,
        "first_share": _rounded(ratio(sold.first_orders, sold.orders, least)),
        "customers": sold.customers,
        "again": sold.again,
        "again_share": _rounded(ratio(sold.again, sold.customers, least)),
        "won": sold.won,
        "ltv": _money(ratio(sold.won_revenue, sold.won, least)),
    }


def _affinity(affinity: Affinity) -> dict[str, Any]:
    return {"candidates": affinity.candidates, "pairs": [_pair(pair) for pair in affinity.pairs]}


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "kind": pair.kind,
        "first": pair.first,
        "second": pair.second,
        "customers": pair.customers,
        "first_buyers": pair.first_buyers,
        "second_buyers": pair.second_buyers,
        "share": _rounded(pair.share),
        "lift": _rounded(pair.lift),
        "median_days": round(pair.median_days, 2),
    }


def _money(amount: float | None) -> float | None:
    return None if amount is None else round(amount, 2)


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
