"""Asks whether rows with one contact, event and instant are lines of one order. Changes no rows."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from scenario_cli.events.id_names import is_id_name
from scenario_cli.events.staging_tables import Target

_LEAST_ROWS = 20
# So many rows to an instant, on average, are not there by chance.
_LEAST_RATIO = 1.3
_NEARLY = 0.95


def order_line_notes(con: duckdb.DuckDBPyConnection, target: Target) -> Iterator[str]:
    """A question for each event whose rows often share contact and instant, with the column that names the order."""
    counts = con.execute(
        f"SELECT code, count(*), count(DISTINCT (contact, instant)) FROM {target.table}"
        " WHERE code IS NOT NULL AND instant IS NOT NULL GROUP BY code ORDER BY code"
    ).fetchall()
    for code, rows, moments in counts:
        if rows < _LEAST_ROWS or rows < _LEAST_RATIO * moments:
            continue
        column = _order_column(con, target, code, moments)
        yield (
            f"{target.layout.events[code]}: {rows:,} rows have only {moments:,} different contacts and "
            "times. Are they lines of orders? Make one event for each order with --group "
            f"{column or 'COLUMN'}"
        )


def _order_column(con: duckdb.DuckDBPyConnection, target: Target, code: int, moments: int) -> str | None:
    """The id that has a single value for each contact and instant."""
    for item in target.layout.items:
        if code not in item.events or not item.columns or not is_id_name(item.property):
            continue
        value = f"coalesce({', '.join(f'CAST({column} AS VARCHAR)' for column in item.columns.values())})"
        ((ids, together),) = con.execute(
            f"SELECT count(DISTINCT {value}), count(DISTINCT (contact, instant, {value})) FROM {target.table}"
            f" WHERE code = {code}"
        ).fetchall()
        if _NEARLY * moments <= ids and together * _NEARLY <= moments:
            return item.property
    return None
