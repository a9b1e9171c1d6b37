"""The data that a scenario reads, and the readers of the data that it makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scenario_cli.analysis.data_needs import DataNeeds, EventNeed, MadeNeed, data_needs
from scenario_cli.analysis.needs import emitted_events, updated_attributes
from scenario_cli.model.changes import Area
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.triggers import OutcomeTrigger
from scenario_cli.reports.look.table import Column, Row, Table, Text, listed, row
from scenario_cli.reports.site.links import Links


def lineage_of(scenario: Scenario, links: Links) -> dict[str, Any]:
    needs = data_needs(scenario, links.content.project, links.content.variables)
    return {
        "events": _events(needs, links),
        "attributes": _attributes(needs, links),
        "made": [
            _made_needs("Metrics", "metric", needs.metrics, links),
            _made_needs("Segments", "segment", needs.segments, links),
            _made_needs("Constants", "constant", needs.constants, links),
        ],
        "tables": _tables(needs, links),
        "makes": _makes(scenario, links),
    }


def _events(needs: DataNeeds, links: Links) -> Table:
    columns = (Column("event"), Column("does here"), Column("reads of it"), Column("required"), Column("from"))
    return Table("Events", columns, tuple(_event(need, links) for need in needs.events), sorts=True)


def _event(need: EventNeed, links: Links) -> Row:
    properties = tuple(Text(property_.name, code=True) for property_ in need.properties)
    source = listed(links.scenarios(need.maker.split(", "))) if need.maker else need.event.owner
    return row(links.link("event", need.name), need.roles, listed(properties), need.freshness.words, source)


def _attributes(needs: DataNeeds, links: Links) -> Table:
    rows = [
        row(
            links.link("attribute", need.name),
            need.type,
            need.uses,
            need.freshness.words if need.freshness is not None else "",
            need.owner,
        )
        for need in needs.attributes
    ]
    columns = (Column("attribute"), Column("type"), Column("for"), Column("required"), Column("from"))
    return Table("Attributes of the profile", columns, tuple(rows), sorts=True)


def _made_needs(label: str, kind: str, needs: tuple[MadeNeed, ...], links: Links) -> Table:
    rows = [row(links.link(kind, need.name), need.text, need.uses) for need in needs]
    return Table(label, (Column(kind), Column("is"), Column("for")), tuple(rows), sorts=True)


def _tables(needs: DataNeeds, links: Links) -> Table:
    rows = [row(links.link("table", need.name), need.file, need.key, ", ".join(need.columns)) for need in needs.tables]
    return Table("Tables", (Column("table"), Column("file"), Column("key"), Column("columns")), tuple(rows))


def _makes(scenario: Scenario, links: Links) -> Table:
    """The data that other scenarios and definitions can read from it: events, attributes, its end."""
    rows = [
        *_readable("event", sorted(emitted_events(scenario)), scenario, links),
        *_readable("attribute", sorted(updated_attributes(scenario)), scenario, links),
    ]
    followers = [
        other.name
        for other in links.content.project.scenarios.values()
        for trigger in other.triggers
        if isinstance(trigger, OutcomeTrigger) and trigger.scenario.text == scenario.name
    ]
    if followers:
        rows.append(row("its end", "outcome", listed(links.scenarios(dict.fromkeys(followers)))))
    return Table("What it makes", (Column("makes"), Column("kind"), Column("read by")), tuple(rows))


def _readable(kind: Area, names: list[str], scenario: Scenario, links: Links) -> Iterator[Row]:
    for name in names:
        readers = (*links.readers(kind, name), *links.through(kind, name))
        others = tuple(reader for reader in readers if reader.text != scenario.name)
        itself = (Text("itself"),) if len(others) < len(readers) else ()
        yield row(links.link(kind, name), kind, listed((*others, *itself), "nobody"))
