"""Rows that are in an export more than once: counted as they are read, left out on request."""

from __future__ import annotations

import duckdb

from scenario_cli.events.slots import Layout
from scenario_cli.events.staging_tables import Target

DUPLICATE = "exact duplicate"


def leave_out(con: duckdb.DuckDBPyConnection, target: Target) -> None:
    """Marks as unusable every row that equals an earlier row in full, also a row of another file."""
    repeated = f"SELECT fingerprint, instant FROM {target.table} WHERE reason IS NULL GROUP BY ALL HAVING count(*) > 1"
    numbered = (
        f"SELECT rowid AS number, row_number() OVER (PARTITION BY fingerprint, instant ORDER BY rowid) AS turn"
        f" FROM {target.table} SEMI JOIN ({repeated}) USING (fingerprint, instant) WHERE reason IS NULL"
    )
    # Without the columns of lists: to set one of those moves the row, and its number is its place in the file.
    con.execute(
        f"UPDATE {target.table} SET reason = '{DUPLICATE}', code = NULL"
        f" FROM (SELECT number FROM ({numbered}) WHERE turn > 1) AS later WHERE {target.table}.rowid = later.number"
    )


def count_repeated(con: duckdb.DuckDBPyConnection, table: str, layout: Layout) -> int:
    """Rows of the sorted log that equal an earlier row in all kept values.

    Such rows have the contact and the instant of a neighbour, so that few rows need to be compared in full.
    """
    columns = ", ".join(("contact", "code", "instant", "event_id", "nulls", *layout.columns))
    has_neighbour = " OR ".join(
        f"(contact IS NOT DISTINCT FROM {side}(contact) OVER () AND instant = {side}(instant) OVER ())"
        for side in ("lag", "lead")
    )
    candidates = f"SELECT {columns}, {has_neighbour} AS beside FROM log.{table}"
    ((count,),) = con.execute(
        f"SELECT coalesce(sum(copies - 1), 0) FROM (SELECT count(*) AS copies FROM"
        f" (SELECT {columns} FROM ({candidates}) WHERE beside) GROUP BY {columns} HAVING count(*) > 1)"
    ).fetchall()
    return int(count)
