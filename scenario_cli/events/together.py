"""Small files in one query: to plan a query takes longer than to read an hour's events.

Files of one shape are read as one; those of several shapes are brought to the same columns first. Nothing is mended
here: where a file holds a broken line, fewer are read at once, and in the end each by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import duckdb

from scenario_cli.events.formats.table import Column, Rows
from scenario_cli.events.mapping import Resolved
from scenario_cli.events.opening import Opened
from scenario_cli.events.staging_sql import BROKEN_LINE, insert_sql
from scenario_cli.events.staging_tables import Target

# A group that has to be read again must not cost much.
_MOST_BYTES = 64 << 20
_MOST_FILES = 500
# Shapes in one query: each has a reader of its own, with its memory.
_MOST_SHAPES = 50


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


def batches(target: Target, opened: Sequence[Opened]) -> Iterator[list[int]]:
    """The files by number, in order, those that can be read in one query though their columns differ."""
    batch: list[int] = []
    size, count, shared = 0, 0, _Places()
    for numbers in groups(opened):
        first = opened[numbers[0]]
        more = sum(opened[number].table.file.size for number in numbers)
        fits = batch and _is_joined(target, opened[batch[0]], first) and count < _MOST_SHAPES
        fits = fits and size + more <= _MOST_BYTES and len(batch) + len(numbers) <= _MOST_FILES
        if batch and not (fits and shared.take(first)):
            yield batch
            batch, size, count, shared = [], 0, 0, _Places()
        if not batch:
            shared.take(first)
        batch += numbers
        size, count = size + more, count + 1
    if batch:
        yield batch


def _is_joined(target: Target, one: Opened, other: Opened) -> bool:
    """In the contacts table a column that a file lacks is not an empty one; a fingerprint is of all columns."""
    return (
        not target.is_table
        and not target.dedupe
        and all(each.table.names and each.table.shape is not None for each in (one, other))
        and one.table.rows().untyped == other.table.rows().untyped
        and one.source is other.source
        and one.clock == other.clock
        and one.found.dates == other.found.dates
        and one.found.decimals == other.found.decimals
    )


@dataclass(slots=True)
class _Places:
    """The kinds of fields, and of the places of each property, that several shapes share."""

    fields: dict[str, Column] = field(default_factory=dict)
    values: dict[str, list[Column]] = field(default_factory=dict)

    def take(self, opened: Opened) -> bool:
        """Makes room for the places of a file; False where they are of other kinds, and nothing is changed."""
        fields, values = dict(self.fields), dict(self.values)
        for name, column in opened.found.fields.items():
            if _kind(fields.setdefault(name, column)) != _kind(column):
                return False
        for name, columns in opened.found.values.items():
            known = values.get(name, [])
            if _ranks(columns, known) is None:
                if _ranks(known, columns) is None:
                    return False
                values[name] = list(columns)
        self.fields, self.values = fields, values
        return True

    def resolved(self, like: Resolved) -> Resolved:
        """The places as columns of the joined relation."""
        fields = {name: Column(f"field_{name}", column.kind) for name, column in self.fields.items()}
        values = {
            name: tuple(
                Column(f"value{n}_{rank}", place.kind, f"null{n}_{rank}" if place.null else None, place.nested)
                for rank, place in enumerate(places)
            )
            for n, (name, places) in enumerate(self.values.items())
        }
        return Resolved(fields, values, {}, like.dates, like.decimals)

    def select(self, rows: Rows, number: str, found: Resolved) -> str:
        """The rows of one shape with these columns."""
        columns = [f"{number} AS scenario_file, {rows.broken} AS broken, CAST({rows.line} AS BIGINT) AS line"]
        for name in self.fields:
            place = found.fields.get(name)
            columns.append(f"{place.sql if place else 'NULL'} AS field_{name}")
        for n, (name, places) in enumerate(self.values.items()):
            own = found.values.get(name, ())
            at = dict(zip(_ranks(own, places) or (), own, strict=True))
            for rank, shared in enumerate(places):
                place = at.get(rank)
                columns.append(f"{place.sql if place else 'NULL'} AS value{n}_{rank}")
                if shared.null:
                    columns.append(f"{(place.null if place else None) or 'false'} AS null{n}_{rank}")
        return f"SELECT {', '.join(columns)} FROM {rows.relation} AS source"


def _kind(column: Column) -> tuple[str, str | None, bool]:
    return column.kind, column.nested, column.null is None


def _ranks(own: Sequence[Column], shared: Sequence[Column]) -> list[int] | None:
    """The rank of each place among those of the same kinds in the same order; None where some is not among them."""
    ranks: list[int] = []
    for place in own:
        start = ranks[-1] + 1 if ranks else 0
        found = next((rank for rank in range(start, len(shared)) if _kind(shared[rank]) == _kind(place)), None)
        if found is None:
            return None
        ranks.append(found)
    return ranks


def _joined(numbers: Sequence[int], opened: Sequence[Opened]) -> tuple[Rows, Resolved]:
    """The rows of all those files, with the number of each in `scenario_file`."""
    here = [opened[number] for number in numbers]
    shapes = [[numbers[place] for place in group] for group in groups(here)]
    first = here[0]
    if len(shapes) == 1:
        return first.table.rows_of([each.table.file for each in here], numbers[0]), first.found
    places = _Places()
    for shape in shapes:
        places.take(opened[shape[0]])
    selects = []
    for shape in shapes:
        table = opened[shape[0]].table
        if len(shape) == 1:
            rows, number = table.rows(), f"CAST({shape[0]} AS INTEGER)"
        else:
            rows, number = table.rows_of([opened[n].table.file for n in shape], shape[0]), "scenario_file"
        selects.append(places.select(rows, number, opened[shape[0]].found))
    untyped = first.table.rows().untyped
    relation = f"({' UNION ALL '.join(selects)})"
    return Rows(relation, (), broken="broken", line="line", untyped=untyped), places.resolved(first.found)


def read_together(
    con: duckdb.DuckDBPyConnection, target: Target, numbers: list[int], opened: Sequence[Opened]
) -> list[int] | None:
    """The rows of each file, once all of them are staged; None where it cannot be done, and nothing is staged."""
    rows, places = _joined(numbers, opened)
    con.execute("BEGIN")
    try:
        con.execute(insert_sql(target, "scenario_file", rows, places))
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
