"""Small files of one shape in one query: to plan a query takes longer than to read an hour's events.

Nothing is mended here: where a file holds a broken line, its group is read file by file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb

from scenario_cli.events.opening import Opened
from scenario_cli.events.staging_sql import BROKEN_LINE, Target, insert_sql

# A group that has to be read again must not cost much.
_MOST_BYTES = 64 << 20
_MOST_FILES = 500


def groups(opened: Sequence[Opened]) -> Iterator[list[int]]:
    """The files by number, in order, those that can be read in one query together."""
    group: list[int] = []
    size = 0
    for number, each in enumerate(opened):
        size += each.table.file.size
        if group and (not _alike(opened[group[0]], each) or size > _MOST_BYTES or len(group) == _MOST_FILES):
            yield group
            group, size = [], each.table.file.size
        group.append(number)
    if group:
        yield group


def read_together(
    con: duckdb.DuckDBPyConnection, target: Target, numbers: list[int], opened: Sequence[Opened]
) -> list[int] | None:
    """The rows of each file, once all of them are staged; None where it cannot be done, and nothing is staged."""
    first = opened[numbers[0]]
    rows = first.table.rows_of([opened[number].table.file for number in numbers], numbers[0])
    con.execute("BEGIN")
    try:
        con.execute(insert_sql(target, "scenario_file", rows, first.found))
        found = con.execute(
            f"SELECT file, count(*), max(rowid) - min(rowid) + 1, count(*) FILTER (reason = '{BROKEN_LINE}')"
            f" FROM {target.table} WHERE file BETWEEN {numbers[0]} AND {numbers[-1]} GROUP BY file"
        ).fetchall()
    except duckdb.Error:
        con.execute("ROLLBACK")
        return None
    # The rows of a file lie together, in order: by that their lines are found again.
    if any(count != extent or broken for _, count, extent, broken in found):
        con.execute("ROLLBACK")
        return None
    con.execute("COMMIT")
    counts = {file: count for file, count, _, _ in found}
    return [counts.get(number, 0) for number in numbers]


def _alike(one: Opened, other: Opened) -> bool:
    return (
        one.table.shape is not None
        and one.table.shape == other.table.shape
        and one.source is other.source
        and one.clock == other.clock
        and one.found == other.found
        and one.table.picks == other.table.picks
        and bool(one.table.names) == bool(other.table.names)
    )
