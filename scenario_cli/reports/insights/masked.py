"""Insights with masked names: a product, a source or a category can be an address by mistake."""

from __future__ import annotations

from dataclasses import replace

from scenario_cli.model.insights_results import Affinity, Base, Cohorts, Insights
from scenario_cli.reports.masking import masked_id, masked_read


def masked_insights(insights: Insights) -> Insights:
    return replace(
        insights,
        read=masked_read(insights.read),
        base=_base(insights.base) if insights.base is not None else None,
        cohorts=_cohorts(insights.cohorts) if insights.cohorts is not None else None,
        products=tuple(replace(sold, name=masked_id(sold.name), label=masked_id(sold.label))
                       for sold in insights.products) if insights.products is not None else None,
        affinity=_affinity(insights.affinity) if insights.affinity is not None else None,
    )  # fmt: skip


def _base(base: Base) -> Base:
    unsubscribes = base.unsubscribes
    if unsubscribes is None:
        return base
    # Two names can be one once they are masked.
    counts: dict[tuple[str, str], int] = {}
    for (month, channel), count in unsubscribes.items():
        key = month, masked_id(channel)
        counts[key] = counts.get(key, 0) + count
    return replace(base, unsubscribes=counts)


def _cohorts(cohorts: Cohorts) -> Cohorts:
    return replace(
        cohorts,
        cohorts=tuple(replace(cohort, name=masked_id(cohort.name)) for cohort in cohorts.cohorts),
        acquisition=tuple(replace(figure, source=masked_id(figure.source)) for figure in cohorts.acquisition),
    )


def _affinity(affinity: Affinity) -> Affinity:
    return replace(
        affinity,
        pairs=tuple(
            replace(pair, first=masked_id(pair.first), second=masked_id(pair.second)) for pair in affinity.pairs
        ),
        labels={masked_id(product): masked_id(label) for product, label in affinity.labels.items()},
    )
