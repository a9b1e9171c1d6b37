"""The page of metrics, segments and constants: for each its meaning, its data and its readers."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.analysis.constants import constant_readers, constant_text
from scenario_cli.analysis.labels import metric_label
from scenario_cli.analysis.lineage import Lineage
from scenario_cli.model.changes import Area
from scenario_cli.model.expression import expressions_in
from scenario_cli.model.metrics import Aggregate, Metric, Segment
from scenario_cli.reports.look.table import Column, Row, Table, Text, listed, row
from scenario_cli.reports.site.addresses import METRICS, anchor
from scenario_cli.reports.site.content import Content
from scenario_cli.reports.site.frame import site_page
from scenario_cli.reports.site.links import Links

_COLUMNS = (Column("is"), Column("reads"), Column("read by"), Column("through these"))


def metrics_page(content: Content) -> str:
    links = Links(content, METRICS)
    project = content.project
    metrics = [_metric(metric, links) for metric in project.metrics.values()]
    segments = [_segment(segment, links) for segment in project.segments.values()]
    constants = [
        row(Text(name, code=True), Text(constant_text(project.constants[name].value), code=True),
            listed((_reader(reader, links) for reader in readers), "nobody"), id=anchor("constant", name))
        for name, readers in constant_readers(project).items()
    ]  # fmt: skip
    return site_page(
        links,
        "metrics",
        "Metrics",
        contents=[(name, href) for name, href, rows in (("Metrics", "#metrics", metrics),
                  ("Segments", "#segments", segments), ("Constants", "#constants", constants)) if rows],
        metrics=Table("Metrics", (Column("metric"), *_COLUMNS), tuple(metrics), sorts=True),
        segments=Table("Segments", (Column("segment"), *_COLUMNS), tuple(segments), sorts=True),
        constants=Table("Constants", (Column("constant"), Column("is"), Column("read by")), tuple(constants)),
    )  # fmt: skip


def _metric(metric: Metric, links: Links) -> Row:
    read = _read(metric, "metric", links)
    if isinstance(metric.definition, Aggregate):
        events = (links.link("event", event, f"event {event}")
                  for event in links.content.project.plan.expand(metric.definition.event.text))  # fmt: skip
        read = (*events, *read)
    return _row("metric", metric.name, metric_label(metric), read, links)


def _segment(segment: Segment, links: Links) -> Row:
    source = " ".join(segment.condition.source.split())
    return _row("segment", segment.name, source, _read(segment, "segment", links), links)


def _row(kind: Area, name: str, text: str, read: Iterable[Text], links: Links) -> Row:
    unique = dict.fromkeys(read)
    return row(
        Text(name, code=True),
        text,
        listed(unique),
        listed(links.readers(kind, name), "nobody"),
        listed(links.through(kind, name)),
        id=anchor(kind, name),
    )


def _read(definition: Metric | Segment, kind: str, links: Links) -> tuple[Text, ...]:
    """The names that a definition uses itself; the sources of a metric are on the metric's own line."""
    lineage = Lineage(links.content.project)
    own = f"{kind} {definition.name}"
    for expression in expressions_in(definition):
        lineage.expression(expression, {}, own)
    links_read: dict[Text, None] = {}
    for counted in lineage.counted:
        if counted.by == own:
            links_read[links.link("event", counted.event, f"event {counted.event}")] = None
    for datum, uses in lineage.uses.items():
        if own in uses and datum.kind in ("attribute", "metric", "segment", "constant", "table"):
            links_read[links.link(datum.kind, datum.name, f"{datum.kind} {datum.name}")] = None
    return tuple(links_read)


def _reader(reader: str, links: Links) -> Text:
    kind, _, name = reader.partition(" ")
    if kind == "scenario":
        return links.scenario(name)
    return links.link(kind, name, reader) if kind in ("metric", "segment", "channel") else Text(reader)
