"""The page of the tracking plan: events with their properties, attributes, groups, tables, each with who reads it."""

from __future__ import annotations

from typing import Any

from scenario_cli.analysis.constants import constant_text
from scenario_cli.analysis.needs import emitted_events, updated_attributes
from scenario_cli.model.project import EventType, Property
from scenario_cli.reports.look.table import Cell, Column, Row, Table, Text, cell, listed, row
from scenario_cli.reports.site.addresses import TRACKING_PLAN, anchor
from scenario_cli.reports.site.content import Content
from scenario_cli.reports.site.frame import site_page
from scenario_cli.reports.site.links import Links


def tracking_plan_page(content: Content) -> str:
    links = Links(content, TRACKING_PLAN)
    plan = content.project.plan
    return site_page(
        links,
        "tracking_plan",
        "Tracking plan",
        contents=[("All events", "#all"), ("Attributes", "#attributes"),
                  *([("Groups", "#groups")] if plan.groups else []),
                  *([("Tables", "#tables")] if content.project.tables else [])],
        overview=_overview(links),
        events=[_event(event, links) for event in plan.events.values()],
        attributes=_attributes(links),
        groups=_groups(links),
        tables=_tables(links),
    )  # fmt: skip


def _overview(links: Links) -> Table:
    run = links.content.run
    columns = [Column("event"), Column("kind"), Column("owner"), Column("properties", True), Column("read by", True)]
    columns += [Column("in the log", True)] if run is not None else []
    rows = []
    for event in links.content.project.plan.events.values():
        readers = links.readers("event", event.name)
        in_log = [dict(run.read.wanted).get(event.name, 0)] if run is not None else []
        rows.append(
            row(
                links.link("event", event.name),
                _kind(event),
                event.owner,
                len(event.properties),
                len(readers),
                *in_log,
            )
        )
    return Table("All events", tuple(columns), tuple(rows), sorts=True)


def _kind(event: EventType) -> str:
    return "profile" if event.profile else "broadcast" if event.broadcast else "event"


def _event(event: EventType, links: Links) -> dict[str, Any]:
    project = links.content.project
    makers = [scenario.name for scenario in project.scenarios.values() if event.name in emitted_events(scenario)]
    groups = [name for name, members in project.plan.groups.items() if event.name in members]
    pairs: list[tuple[str, Cell]] = [
        ("sent when", cell(event.triggered_when)),
        ("from", cell(event.owner)),
        ("made by", listed(links.scenarios(makers))),
        ("in groups", listed(links.link("group", name) for name in groups)),
        ("read by", listed(links.readers("event", event.name), "nobody")),
        ("through these", listed(links.through("event", event.name))),
    ]
    properties = [
        line for property_ in event.properties.values() for line in _property(property_, event.required, event.owner)
    ]
    columns = (Column("property"), Column("type"), Column("always there"), Column("such as"), Column("about"))
    return {
        "id": anchor("event", event.name),
        "name": event.name,
        "kind": _kind(event),
        "description": event.description,
        "facts": [(word, value) for word, value in pairs if value.parts],
        "properties": Table(f"Properties of {event.name}", columns, tuple(properties)),
    }


def _property(property_: Property, required: tuple[str, ...], owner: str, path: str = "") -> list[Row]:
    """A row for a property, and one for each part of it that the plan describes."""
    name = f"{path}{property_.name}" if path or property_.name else property_.name
    about = property_.description
    if property_.owner not in ("", owner):
        about = f"{about}; from {property_.owner}" if about else f"from {property_.owner}"
    type_ = property_.type or "any"
    if property_.items is not None and property_.items.type:
        type_ = f"{type_} of {property_.items.type}"
    always = "" if path else "yes" if property_.name in required else "no"
    lines = [row(Text(name, code=True), type_, always, _example(property_), about)]
    fields = property_.fields or {}
    inside = f"{name}."
    if property_.items is not None and property_.items.fields:
        fields, inside = property_.items.fields, f"{name}[]."
    for field in fields.values():
        lines += _property(field, (), owner, inside)
    return lines


def _example(property_: Property) -> str:
    if property_.enum:
        return " | ".join(map(constant_text, property_.enum))
    return "" if property_.example is None else constant_text(property_.example)


def _attributes(links: Links) -> Table:
    project = links.content.project
    rows = []
    for attribute in project.plan.profile.values():
        setters = [scenario.name for scenario in project.scenarios.values()
                   if attribute.name in updated_attributes(scenario)]  # fmt: skip
        rows.append(
            row(
                Text(attribute.name, code=True), attribute.type or "any", _example(attribute),
                [attribute.description] if attribute.description else [],
                listed((*([Text(attribute.owner)] if attribute.owner else []), *links.scenarios(setters))),
                listed(links.readers("attribute", attribute.name), "nobody"),
                listed(links.through("attribute", attribute.name)),
                id=anchor("attribute", attribute.name),
            )
        )  # fmt: skip
    columns = (
        Column("attribute"),
        Column("type"),
        Column("such as"),
        Column("about"),
        Column("set by"),
        Column("read by"),
        Column("through these"),
    )
    return Table("Attributes of the profile", columns, tuple(rows), sorts=True)


def _groups(links: Links) -> Table:
    rows = [
        row(Text(name, code=True), listed(links.link("event", member) for member in members),
            listed(links.readers("group", name), "nobody"), id=anchor("group", name))
        for name, members in links.content.project.plan.groups.items()
    ]  # fmt: skip
    return Table("Groups of events", (Column("group"), Column("events"), Column("read by")), tuple(rows))


def _tables(links: Links) -> Table:
    rows = [
        row(Text(table.name, code=True), table.path or table.file, ", ".join(table.keys),
            ", ".join(table.columns or ()), table.owner,
            listed(links.readers("table", table.name), "nobody"),
            id=anchor("table", table.name))
        for table in links.content.project.tables.values()
    ]  # fmt: skip
    columns = (
        Column("table"),
        Column("file"),
        Column("key"),
        Column("columns"),
        Column("from"),
        Column("read by"),
    )
    return Table("Reference tables", columns, tuple(rows))
