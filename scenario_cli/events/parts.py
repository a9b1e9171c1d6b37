"""The parts of an export: files with their own columns and dates. Opens no file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scenario_cli.events.mapping import Need
from scenario_cli.events.sources import GENERIC
from scenario_cli.model.export import ANYWHERE, Access, ExportOptions

# The contacts table is read like a log in which every row is this event.
ROW = "row"


@dataclass(frozen=True, slots=True)
class Part:
    """Files with their own columns and dates; several make up a log."""

    sources: tuple[str, ...]
    need: Need
    options: ExportOptions
    query: str | None = None
    source: str | None = None
    access: Access = ANYWHERE


def log_parts(options: ExportOptions, types_by_event: Mapping[str, Mapping[str, str | None]]) -> list[Part]:
    return [
        Part(part.events, event_need(part, types_by_event), part, part.query, part.source, part.access)
        for part in options.parts
    ]


def table_parts(options: ExportOptions, attributes: Mapping[str, str | None]) -> list[Part]:
    return [
        Part(
            options.contacts, contact_need(options, attributes), options, source=GENERIC, access=options.contacts_access
        )
    ]


def event_need(options: ExportOptions, types_by_event: Mapping[str, Mapping[str, str | None]]) -> Need:
    properties = sorted({name for declared in types_by_event.values() for name in declared})
    return Need(
        required=("contact_id", "event", "timestamp"),
        optional=("event_id", "sequence", "properties", "anonymous_id", "previous_id"),
        properties=tuple(properties),
        mapping=options.mapping,
        option="--map",
        group=options.group,
        decimals=options.decimals,
        sums=frozenset(
            name
            for declared in types_by_event.values()
            for name, kind in declared.items()
            if kind in ("number", "integer")
        ),
    )


def contact_need(options: ExportOptions, attributes: Mapping[str, str | None]) -> Need:
    mapping = dict(options.contacts_mapping)
    return Need(
        required=("contact_id", "event"),
        optional=("updated_at",),
        properties=tuple(sorted(attributes)),
        mapping={**mapping, "event": f"'{ROW}'"},
        option="--contacts-map",
    )
