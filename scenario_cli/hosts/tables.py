"""A project's reference tables, read and ready to be looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from scenario_cli.engine.calendar import UTC, read_datetime, to_instant, zone
from scenario_cli.engine.tables import Row, Table, Tables
from scenario_cli.model.project import Project

if TYPE_CHECKING:
    from scenario_cli.events.reference_tables import TableRow


def load_tables(project: Project) -> Tables:
    """Every table of the project; raises `ExportError` if a file cannot be read."""
    if not project.tables:
        return {}
    from scenario_cli.events.reference_tables import opened

    tz = zone(project.timezone) or UTC

    def valid(rows: Iterator[TableRow]) -> Iterator[tuple[Any, int | None, Row]]:
        for key, since, row in rows:
            moment = read_datetime(since, tz) if isinstance(since, str) else None
            yield key, None if moment is None else to_instant(moment), row

    with opened(project.tables.values()) as read:
        return {name: Table(valid(read(table))) for name, table in project.tables.items()}


def table_rows(project: Project, names: Iterable[str]) -> dict[str, list[Row]]:
    """The rows of some tables, as they are written; raises `ExportError` if a file cannot be read."""
    from scenario_cli.events.reference_tables import opened

    tables = [project.tables[name] for name in names if name in project.tables]
    if not tables:
        return {}
    with opened(tables) as read:
        return {table.name: [row for _, _, row in read(table)] for table in tables}
