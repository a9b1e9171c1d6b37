"""The figures about customers as one document, for text, Markdown and the page."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.model.insights_results import Insights
from scenario_cli.reports.document.parts import Block, Bullets, Document, Heading, facts
from scenario_cli.reports.exports.log import data_lines, day, moment
from scenario_cli.reports.insights.base import base_blocks
from scenario_cli.reports.insights.cohorts import cohort_blocks
from scenario_cli.reports.insights.figures import count
from scenario_cli.reports.insights.products import affinity_blocks, product_blocks
from scenario_cli.reports.insights.relations import nps_blocks, subscription_blocks
from scenario_cli.reports.insights.rfm import rfm_blocks
from scenario_cli.reports.text import Style, plural

_UNWRAPPED = 1_000  # columns: anyone who lays the document out wraps its lines


def insights_document(insights: Insights) -> Document:
    return [*_head(insights), *_parts(insights), *_warnings(insights)]


def title(insights: Insights) -> str:
    return f"{insights.project}: customers on {day(insights.as_of, insights.timezone)}"


def _head(insights: Insights) -> Iterator[Block]:
    read, zone = insights.read, insights.timezone
    span = f" from {day(read.first, zone)} to {day(read.last, zone)}" if read.last is not None else ""
    bounds = (("from", insights.start), ("to", insights.until))
    bounds_text = " ".join(f"{word} {moment(at, zone)}" for word, at in bounds if at is not None)
    yield Heading(1, title(insights))
    yield facts(
        ("log", f"{plural(read.rows, 'row')}{span}"),
        ("as of", moment(insights.as_of, zone) or ""),
        ("months, products, cohorts", bounds_text),
        ("left out", f"{plural(insights.foreign, 'purchase')} in another currency than {insights.currency}"
         if insights.foreign else ""),
        ("counted as 0", f"{plural(insights.unpriced, 'purchase')} without an amount" if insights.unpriced else ""),
        ("too few", f"shares and means of fewer than {count(insights.minimum)} are not shown"),
    )  # fmt: skip


def _parts(insights: Insights) -> Iterator[Block]:
    if insights.base is not None:
        yield from base_blocks(insights.base, insights)
    if insights.rfm is not None:
        yield from rfm_blocks(insights.rfm, insights)
    if insights.cohorts is not None:
        yield from cohort_blocks(insights.cohorts, insights)
        if insights.cohorts.subscriptions is not None:
            yield from subscription_blocks(insights.cohorts.subscriptions, insights)
        if insights.cohorts.nps is not None:
            yield from nps_blocks(insights.cohorts.nps, insights)
    if insights.products is not None:
        yield from product_blocks(insights.products, insights)
    if insights.affinity is not None:
        yield from affinity_blocks(insights.affinity, insights)


def _warnings(insights: Insights) -> Iterator[Block]:
    lines = data_lines(insights.read, (), Style(False), _UNWRAPPED)
    if lines:
        yield Heading(2, "Data warnings")
        yield Bullets(tuple(line.strip() for line in lines))
