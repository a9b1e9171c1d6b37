"""Makes one row of the rows that a warehouse has of one event: one in the table of all events, one in its own."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from scenario_cli.events.staging_tables import Target

SPLIT = "another table of the warehouse has the same event, with its properties"


def join(con: duckdb.DuckDBPyConnection, target: Target, files: Collection[int]) -> None:
    """Keeps the row with the most properties of those that share a name and an id over several of the `files`.

    Further properties of the others are added to it; the others are marked as unusable.
    """
    columns = list(target.layout.columns)
    filled = " + ".join(["0", *(f"({column} IS NOT NULL)::INTEGER" for column in columns)])
    of_files = f"reason IS NULL AND event_id IS NOT NULL AND file IN ({', '.join(map(str, sorted(files)))})"
    several = f"SELECT name, event_id FROM {target.table} WHERE {of_files} GROUP BY ALL HAVING count(DISTINCT file) > 1"
    con.execute(
        "CREATE TEMP TABLE split AS SELECT number, first_value(number) OVER same AS kept,"
        f" row_number() OVER same AS place FROM (SELECT name, event_id, rowid AS number, {filled} AS filled"
        f" FROM {target.table} SEMI JOIN ({several}) USING (name, event_id) WHERE {of_files})"
        " WINDOW same AS (PARTITION BY name, event_id ORDER BY filled DESC, number)"
    )
    if columns:
        values = ", ".join(f"arg_min({column}, place) AS {column}" for column in columns)
        additions = (
            f"SELECT kept, {values} FROM (SELECT kept, place, {', '.join(columns)} FROM split"
            f" JOIN {target.table} AS other ON other.rowid = number WHERE place > 1) GROUP BY kept"
        )
        # Without the columns of lists: to set one of those moves the row, and its number is its place in the file.
        changes = ", ".join(f"{column} = {_completed(target, column)}" for column in columns)
        con.execute(
            f"UPDATE {target.table} SET {changes} FROM ({additions}) AS given WHERE {target.table}.rowid = kept"
        )
    con.execute(
        f"UPDATE {target.table} SET reason = '{SPLIT}', code = NULL FROM (SELECT number FROM split WHERE place > 1)"
        f" AS later WHERE {target.table}.rowid = later.number"
    )
    con.execute("DROP TABLE split")


def _completed(target: Target, column: str) -> str:
    """The value of the row itself, if it has the property at all: a number is in one of two columns."""
    own_value = f"{target.table}.{column}"
    other_columns = [
        (item.events, other_column)
        for item in target.layout.items
        for other_column in item.columns.values()
        if column in item.columns.values() and other_column != column
    ]
    cases = " ".join(
        f"WHEN code IN ({', '.join(map(str, events))}) AND {target.table}.{other_column} IS NOT NULL THEN {own_value}"
        for events, other_column in other_columns
    )
    completed = f"coalesce({own_value}, given.{column})"
    return f"CASE {cases} ELSE {completed} END" if cases else completed
