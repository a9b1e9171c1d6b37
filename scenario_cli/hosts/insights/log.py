"""Stages an export for insights, and opens the staged log for queries. Calculates nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from scenario_cli.analysis.needs import events_behind, wanted_attributes
from scenario_cli.events import database
from scenario_cli.events.decoding import KNOWN_SINCE
from scenario_cli.events.errors import translated
from scenario_cli.events.read_property import amount_of, code_of, list_of, text_of
from scenario_cli.events.sql_text import text_literal
from scenario_cli.events.staged import StagedLog
from scenario_cli.events.staging import stage
from scenario_cli.events.zones import local_offset_sql
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.insights import InsightSettings
from scenario_cli.model.project import Project
from scenario_cli.model.source import Name

DAY = 86_400_000_000  # microseconds

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Log:
    """A staged log with a connection to ask it, until an instant; the macros `month_of` and `day_of` give the month and
    the day (days since 1970) of an instant on the project's clock."""

    con: duckdb.DuckDBPyConnection
    staged: StagedLog
    project: Project
    settings: InsightSettings
    as_of: int
    start: int | None
    until: int | None

    def text(self, event: Name, name: Name | None) -> str:
        return text_of(self.staged.events, event.text, name.text if name is not None else None)

    def amount(self, event: Name, name: Name | None) -> str:
        return amount_of(self.staged.events, event.text, name.text if name is not None else None)

    def listed(self, event: Name, name: Name | None) -> str:
        return list_of(self.staged.events, event.text, name.text if name is not None else None)

    def rows(self, *events: Name) -> str:
        """The condition for the rows of these events that count: those of contacts, until the instant."""
        codes = ", ".join(str(code_of(self.staged.events, event.text)) for event in events)
        return f"code IN ({codes}) AND contact IS NOT NULL AND instant <= {self.as_of}"

    def within(self, instant: str) -> str:
        """The condition for an instant to be in the reported span."""
        bounds = [f"{instant} <= {self.as_of}"]
        bounds += [f"{instant} >= {self.start}"] if self.start is not None else []
        bounds += [f"{instant} < {self.until}"] if self.until is not None else []
        return " AND ".join(bounds)

    def ask(self, query: str) -> list[tuple]:  # type: ignore[type-arg]
        return self.con.execute(query).fetchall()


@contextmanager
def insights_log(
    project: Project, options: ExportOptions, parts: Collection[str], progress: Progress | None = None
) -> Iterator[StagedLog]:
    """The export, staged with the data that some parts of the insights read: for the base every event of the tracking
    plan, for RFM and the base the attributes of contacts. Raises `ExportError`.
    """
    settings = project.insights
    assert settings is not None
    plan = project.plan
    meets_people = "base" in parts or "rfm" in parts
    types_by_event: dict[str, dict[str, str | None]] = {name: {} for name in plan.events if "base" in parts}
    for event, properties in settings.readings:
        declared = plan.events[event.text].properties
        types_by_event.setdefault(event.text, {}).update({name.text: declared[name.text].type for name in properties})
    for name in fed_events(project) if meets_people else ():
        all_types = {key: property_.type for key, property_ in plan.events[name].properties.items()}
        types_by_event.setdefault(name, {}).update(all_types)
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
        staged = stage(
            options,
            types_by_event,
            {KNOWN_SINCE: "datetime", **(wanted_attributes(project) if meets_people else {})},
            Path(folder),
            progress,
            broadcast=[name for name, event in plan.events.items() if event.broadcast],
            profile=[name for name, event in plan.events.items() if event.profile],
        )
        # The base reports events that no export has and attributes that are never filled.
        report = replace(staged.report, absent=(), unfilled=())
        table = report.contacts_table
        report = replace(report, contacts_table=replace(table, unfilled=()) if table is not None else None)
        yield replace(staged, report=report, timezone=options.timezone)


def fed_events(project: Project) -> list[str]:
    """The events that the executor is fed: those that change the profile, and those that scores and segments look
    at."""
    settings = project.insights
    assert settings is not None
    rfm = settings.rfm
    behind = events_behind(project, [name.text for name in rfm.metrics], [name.text for name in rfm.segments])
    changing = {name for name, event in project.plan.events.items() if event.profile}
    return sorted((behind | changing) & set(project.plan.events))


@contextmanager
def opened(staged: StagedLog, project: Project, as_of: int, start: int | None, until: int | None) -> Iterator[Log]:
    """The staged log, ready for queries; raises `ExportError` if the database fails."""
    assert project.insights is not None
    try:
        with database.staging(staged.path.parent) as con:
            con.execute(f"ATTACH {text_literal(str(staged.path))} AS log (READ_ONLY)")
            local = f"(t + {local_offset_sql(project.timezone, 't')})"
            con.execute(f"CREATE TEMP MACRO day_of(t) AS CAST({local} // {DAY} AS INTEGER)")
            con.execute(f"CREATE TEMP MACRO month_of(t) AS strftime(make_timestamp({local}), '%Y-%m')")
            yield Log(con, staged, project, project.insights, as_of, start, until)
    except duckdb.Error as error:
        raise translated(error, "the staged log") from None
