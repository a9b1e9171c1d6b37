"""Leaves contacts without any relevant row out of a staged log, so that they are not streamed. Decides about no row.

The database finds the relevant contacts by the columns of the log, and copies their rows in order, if that costs less
than streaming all rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb

from scenario_cli.events import database
from scenario_cli.events.errors import translated
from scenario_cli.events.property_sql import condition_sql
from scenario_cli.events.slots import Layout
from scenario_cli.events.sql_text import text_literal
from scenario_cli.events.staged import StagedLog
from scenario_cli.events.staging_tables import column_definitions, sorted_columns
from scenario_cli.model.concerning import Concerning, ConcerningEvent

# Copying a row takes the database a fraction of the time of streaming it.
_WORTH = 0.75

# Dates and date-times as the executor reads them, too: within its years and within a day.
_READABLE = r"[1-9]\d{3}-\d{2}-\d{2}([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-][01]\d:[0-5]\d)?)?"


def concerned_alone(
    staged: StagedLog, concerning: Concerning, start: int | None, until: int, worth: float = _WORTH
) -> StagedLog:
    """The log without contacts who have no relevant row up to `until`; contacts can enter from `start` on.

    It is the log itself if more than a share of `worth` of its rows would remain, or if an event without a contact
    concerns everybody. Raises `ExportError`.
    """
    folder = staged.path.parent
    path = folder / "concerned.duckdb"
    try:
        with database.staging(folder) as con:
            con.execute(f"ATTACH {text_literal(str(staged.path))} AS log (READ_ONLY)")
            contacts = _find(con, staged, concerning, start, until)
            if contacts is None or sum(_rows(con, _LEFT)) > worth * sum(_rows(con)):
                return staged
            con.execute(f"ATTACH {text_literal(str(path))} AS concerned")
            for table, layout in (("events", staged.events), ("people", staged.people)):
                _copy(con, table, layout)
            con.execute("CHECKPOINT concerned")
            rows_left, _ = _rows(con, _LEFT)
            return replace(staged, path=path, left_out=staged.report.contacts - contacts, rows_left=rows_left)
    except duckdb.Error as error:
        raise translated(error, "the staged log") from None


def _find(
    con: duckdb.DuckDBPyConnection, staged: StagedLog, concerning: Concerning, start: int | None, until: int
) -> int | None:
    """Makes the table of the contacts with relevant rows, and returns their number; None if it is everybody."""
    rows = " OR ".join(_conditions(staged.events, concerning, start)) or "false"
    in_time = f"instant <= {until} AND ({rows})"
    if con.execute(f"SELECT 1 FROM log.events WHERE contact IS NULL AND {in_time} LIMIT 1").fetchall():
        return None
    people = " OR ".join((*_unreadable(staged.people), *(("instant IS NOT NULL",) if concerning.later_rows else ())))
    con.execute(
        f"CREATE TEMP TABLE found AS SELECT contact FROM log.events WHERE contact IS NOT NULL AND {in_time}"
        f" UNION SELECT contact FROM log.people WHERE {people or 'false'}"
    )
    ((count,),) = con.execute("SELECT count(*) FROM found").fetchall()
    return int(count)


def _conditions(layout: Layout, concerning: Concerning, start: int | None) -> Iterator[str]:
    """The rows of events that concern their contacts."""
    codes = {name: code for code, name in enumerate(layout.events)}
    for event in concerning.events:
        if event.event in codes:
            yield _condition(layout, codes[event.event], event, start)
    for name in concerning.profile_events:
        if name in codes:
            yield from (f"(code = {codes[name]} AND {unreadable})" for unreadable in _unreadable(layout, codes[name]))


def _condition(layout: Layout, code: int, event: ConcerningEvent, start: int | None) -> str:
    parts = [f"code = {code}"]
    if event.lets_in and start is not None:
        parts.append(f"instant >= {start}")
    if event.where is not None:
        parts.append(condition_sql(event.where, layout, code))
    return f"({' AND '.join(parts)})"


def _unreadable(layout: Layout, code: int = 0) -> list[str]:
    """Dates that the database accepted and the executor possibly does not."""
    columns = {
        column
        for item in layout.items
        if item.declared in ("date", "datetime") and code in item.events
        for column in item.columns.values()
    }
    return [f"NOT regexp_full_match({column}, {text_literal(_READABLE)})" for column in sorted(columns)]


_LEFT = "contact IN (SELECT contact FROM found)"


def _rows(con: duckdb.DuckDBPyConnection, condition: str = "true") -> tuple[int, int]:
    """The numbers of events and of rows of the contacts table that a condition holds for."""
    ((events,),) = con.execute(f"SELECT count(*) FROM log.events WHERE {condition}").fetchall()
    ((people,),) = con.execute(f"SELECT count(*) FROM log.people WHERE {condition}").fetchall()
    return events, people


def _copy(con: duckdb.DuckDBPyConnection, table: str, layout: Layout) -> None:
    """The rows without a contact, which are first, and those of the contacts that were found."""
    con.execute(f"CREATE OR REPLACE TABLE concerned.{table} ({column_definitions(layout)})")
    for condition in ("contact IS NULL", _LEFT):
        con.execute(
            f"INSERT INTO concerned.{table} SELECT {sorted_columns(layout)} FROM log.{table} WHERE {condition}"
            " ORDER BY rowid"
        )
