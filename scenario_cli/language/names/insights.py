"""Resolves the names under `insights` of project.yaml: events, their properties, metrics, segments, the table."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.names.unknown import misnamed, unknown_name
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.insights import InsightSettings, Purchase
from scenario_cli.model.project import Project


def check_insights(project: Project) -> Iterator[Diagnostic]:
    """The names that do not exist."""
    settings = project.insights
    if settings is None:
        return
    for event, properties in settings.readings:
        yield from unknown_name("REF001", "event", event, project.plan.events, "events of the tracking plan")
        declared = project.plan.events.get(event.text)
        for name in properties if declared is not None else ():
            assert declared is not None
            yield from unknown_name("REF004", "property", name, declared.properties, f"properties of '{declared.name}'")
    yield from _lines(project, settings.purchase)
    yield from _rfm(project, settings)
    yield from _spend(project, settings)


def _lines(project: Project, purchase: Purchase) -> Iterator[Diagnostic]:
    """The keys of a line, if the tracking plan describes lines."""
    event = project.plan.events.get(purchase.event.text)
    items = event.properties.get(purchase.items.text) if event is not None and purchase.items is not None else None
    if items is None:
        return
    if items.type not in ("array", None):
        assert purchase.items is not None
        yield Diagnostic("REF004", (
            f"'{items.name}' has type {items.type}, but the "
            "lines of a purchase must be an array"
        ),
                         purchase.items.span, hint="use the property with the list, or remove 'items'")  # fmt: skip
    fields = items.items.fields if items.items is not None else None
    for name in purchase.parts if fields is not None else ():
        assert fields is not None
        yield from unknown_name("REF004", "property", name, fields, f"properties of an element of '{items.name}'")


def _rfm(project: Project, settings: InsightSettings) -> Iterator[Diagnostic]:
    for name in (settings.rfm.recency, settings.rfm.frequency, settings.rfm.monetary):
        if name is not None:
            yield from unknown_name("REF014", "metric", name, project.metrics, "metrics of metrics.yaml")
    for name in settings.rfm.segments:
        yield from unknown_name("REF015", "segment", name, project.segments, "segments of metrics.yaml")


def _spend(project: Project, settings: InsightSettings) -> Iterator[Diagnostic]:
    spend = settings.spend
    if spend is None:
        return
    yield from unknown_name("REF016", "table", spend.table, project.tables, "tables of project.yaml")
    table = project.tables.get(spend.table.text)
    columns = table.columns if table is not None else None
    for name in (spend.month, spend.source, spend.amount):
        if columns is not None and name.text not in columns:
            message = f"table '{spend.table.text}' has no column '{name.text}'"
            yield misnamed("REF020", message, name, columns, "columns")
