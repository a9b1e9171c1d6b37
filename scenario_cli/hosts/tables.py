"""A project's reference tables, read and ready to be looked up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scenario_cli.engine.calendar import UTC, read_datetime, to_instant, zone
from scenario_cli.engine.tables import Row, Table, Tables
from scenario_cli.model.project import Project


def load_tables(project: Project) -> Tables:
    """Every table of the project; raises `ExportError` where a file cannot be read."""
    if not project.tables:
        return {}
    from scenario_cli.events.reference_tables import read_table

    tz = zone(project.timezone) or UTC

    def rows(name: str) -> Iterator[tuple[Any, int | None, Row]]:
        for key, since, row in read_table(project.tables[name]):
            moment = read_datetime(since, tz) if isinstance(since, str) else None
            yield key, None if moment is None else to_instant(moment), row

    return {name: Table(rows(name)) for name in project.tables}
