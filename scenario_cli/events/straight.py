"""A log of columnar files straight into the sorted table, without staging every row of it.

Usually a fifth of a log's rows are wanted. If the columns of a file can be read apart, three of them show which rows
those are, the names of the others, and which rows cannot be used; the rest is read, converted and sorted only for the
wanted rows. The report is the same, and tests check that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import duckdb

from scenario_cli.events.formats.table import Rows
from scenario_cli.events.mapping import Resolved
from scenario_cli.events.opening import Opened
from scenario_cli.events.reporting import Reading, UsableRows
from scenario_cli.events.slots import lay_out
from scenario_cli.events.staging_sql import rows_sql
from scenario_cli.events.staging_tables import Target, create_log_sql, create_sql, straight_sql

# Files of one shape, as `rows_sql` requires them: the table, with their clock, the file's number, the rows, and the
# places of the values in them.
Part = tuple[Target, int | str, Rows, Resolved]

# The general reading takes no longer for smaller files.
LEAST_BYTES = 256 << 10

# The fields that decide whether a row is usable and wanted.
_DECIDING = ("contact_id", "event", "timestamp")


def is_possible(target: Target, opened: Sequence[Opened]) -> bool:
    """True if each row is judged by itself, every file lets its columns be read apart, and there is enough of them to
    be worth two queries. A log of one contact lacks the facts about all the others.
    """
    needs_staging = target.dedupe or target.identity or target.split or target.contact is not None
    if (
        needs_staging
        or not target.layout.events
        or sum(opened_file.table.file.size for opened_file in opened) < LEAST_BYTES
    ):
        return False
    return all(opened_file.table.names and opened_file.table.rows().number for opened_file in opened)


def part(target: Target, numbers: Sequence[int], opened: Sequence[Opened]) -> Part:
    """The files with those numbers, which have one shape."""
    first = opened[numbers[0]]
    if len(numbers) == 1:
        return target, numbers[0], _numbered(first.table.rows()), first.resolved
    rows = first.table.rows_of([opened[number].table.file for number in numbers], numbers[0])
    return target, "scenario_file", _numbered(rows), first.resolved


def read(con: duckdb.DuckDBPyConnection, target: Target, parts: Sequence[Part], reading: Reading) -> list[int] | None:
    """Fills the sorted table, and the staged table with the rows to report one by one. Returns the rows of each file.

    None if the database refuses; then the tables that were made are of no use.
    """
    try:
        usable: dict[str, UsableRows] = {}
        rows = [0] * len(reading.tables)
        unusable = False
        for part in parts:
            for file, name, reason, count, first, last in con.execute(_usable_rows_sql(*part)).fetchall():
                rows[file] += count
                unusable |= reason is not None
                if reason is None:
                    before = usable.get(name, UsableRows(0, first, last))
                    usable[name] = UsableRows(before.rows + count, min(before.first, first), max(before.last, last))
        con.execute(create_sql(target))
        if unusable:
            for part in parts:
                con.execute(
                    f"INSERT INTO {target.table} (file, line, reason) SELECT file, line, reason"
                    f" FROM ({_deciding_sql(*part)}) WHERE reason IS NOT NULL"
                )
        con.execute(create_log_sql(target, straight=True))
        con.execute(straight_sql(target, [rows_sql(*part, wanted_alone=True) for part in parts]))
        # Next to the unusable rows, in the order of the files.
        con.execute(
            f"INSERT INTO {target.table} (code, misfit) SELECT code, misfit FROM log.{target.table}"
            " WHERE misfit IS NOT NULL ORDER BY place"
        )
    except duckdb.Error:
        return None
    reading.starts.update(enumerate(accumulate(rows[:-1], initial=0)))
    reading.staged = sum(rows)
    reading.usable = usable
    return rows


def _numbered(rows: Rows) -> Rows:
    return replace(rows, line=rows.number or "NULL")


def _deciding_sql(target: Target, file: int | str, rows: Rows, resolved: Resolved) -> str:
    """Every row, judged, without its properties."""
    layout = lay_out({name: {} for name in target.layout.events})
    fields = {field: column for field, column in resolved.fields.items() if field in _DECIDING}
    return rows_sql(replace(target, layout=layout), file, rows, Resolved(fields, {}, {}))


def _usable_rows_sql(target: Target, file: int | str, rows: Rows, resolved: Resolved) -> str:
    return (
        "SELECT file, name, reason, count(*), min(instant), max(instant)"
        f" FROM ({_deciding_sql(target, file, rows, resolved)}) GROUP BY file, name, reason"
    )
