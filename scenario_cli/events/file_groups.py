"""Small files in one query: to plan a query takes longer than to read an hour's events.

Files of one shape are read as one; those of several shapes are brought to the same columns first. Nothing is repaired
here: if a file has a broken line, fewer are read at once, and in the end each by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import duckdb

from scenario_cli.events.formats.table import Column, Relation, Rows
from scenario_cli.events.mapping import Resolved
from scenario_cli.events.opening import Opened
from scenario_cli.events.staging_sql import BROKEN_LINE, insert_sql
from scenario_cli.events.staging_tables import Target

# A group that must be read again must not cost much.
_MOST_BYTES = 64 << 20
_MOST_FILES = 500
# Shapes in one query: each has a reader of its own, with its memory.
_MOST_SHAPES = 50


def groups(opened: Sequence[Opened]) -> Iterator[list[int]]:
    """Groups of files by number, in order; one query reads a group."""
    group: list[int] = []
    size = 0
    for number, opened_file in enumerate(opened):
        size += opened_file.table.file.size
        if group and (
            not _can_share_query(opened[group[0]], opened_file) or size > _MOST_BYTES or len(group) == _MOST_FILES
        ):
            yield group
            group, size = [], opened_file.table.file.size
        group.append(number)
    if group:
        yield group


def batches(target: Target, opened: Sequence[Opened]) -> Iterator[list[int]]:
    """Batches of files by number, in order; one query reads a batch although columns differ."""
    batch: list[int] = []
    size, count, shared = 0, 0, _SharedColumns()
    for numbers in groups(opened):
        sample = opened[numbers[0]]
        group_size = sum(opened[number].table.file.size for number in numbers)
        has_room = batch and _is_joined(target, opened[batch[0]], sample) and count < _MOST_SHAPES
        has_room = has_room and size + group_size <= _MOST_BYTES and len(batch) + len(numbers) <= _MOST_FILES
        if batch and not (has_room and shared.add(sample)):
            yield batch
            batch, size, count, shared = [], 0, 0, _SharedColumns()
        if not batch:
            shared.add(sample)
        batch += numbers
        size, count = size + group_size, count + 1
    if batch:
        yield batch


def _is_joined(target: Target, left: Opened, right: Opened) -> bool:
    """Whether two files can be in one batch. Never in the contacts table, where a column that a file lacks is not an
    empty one, and never with deduplication, where a fingerprint is of all columns.
    """
    return (
        not target.is_table
        and not target.dedupe
        and all(opened_file.table.names and opened_file.table.shape is not None for opened_file in (left, right))
        and left.table.rows().untyped == right.table.rows().untyped
        and left.source is right.source
        and left.clock == right.clock
        and left.resolved.dates == right.resolved.dates
        and left.resolved.decimals == right.resolved.decimals
    )


@dataclass(slots=True)
class _SharedColumns:
    """The kinds of fields, and of the columns of each property, that several shapes share."""

    fields: dict[str, Column] = field(default_factory=dict)
    values: dict[str, list[Column]] = field(default_factory=dict)

    def add(self, opened: Opened) -> bool:
        """Makes room for the columns of a file. Returns False without a change if their kinds differ."""
        fields, values = dict(self.fields), dict(self.values)
        for name, column in opened.resolved.fields.items():
            if _kind(fields.setdefault(name, column)) != _kind(column):
                return False
        for name, columns in opened.resolved.values.items():
            own_columns = values.get(name, [])
            if _ranks(columns, own_columns) is None:
                if _ranks(own_columns, columns) is None:
                    return False
                values[name] = list(columns)
        self.fields, self.values = fields, values
        return True

    def resolved(self, like: Resolved) -> Resolved:
        """The columns of the joined relation."""
        fields = {name: Column(f"field_{name}", column.kind) for name, column in self.fields.items()}
        values = {
            name: tuple(
                Column(f"value{n}_{rank}", column.kind, f"null{n}_{rank}" if column.null else None, column.nested)
                for rank, column in enumerate(columns)
            )
            for n, (name, columns) in enumerate(self.values.items())
        }
        return Resolved(fields, values, {}, like.dates, like.decimals)

    def select(self, rows: Rows, number: str, resolved: Resolved) -> str:
        """The rows of one shape with these columns."""
        columns = [f"{number} AS scenario_file, {rows.broken} AS broken, CAST({rows.line} AS BIGINT) AS line"]
        for name in self.fields:
            column = resolved.fields.get(name)
            columns.append(f"{column.sql if column else 'NULL'} AS field_{name}")
        for n, (name, shared_columns) in enumerate(self.values.items()):
            own_columns = resolved.values.get(name, ())
            by_rank = dict(zip(_ranks(own_columns, shared_columns) or (), own_columns, strict=True))
            for rank, shared in enumerate(shared_columns):
                column = by_rank.get(rank)
                columns.append(f"{column.sql if column else 'NULL'} AS value{n}_{rank}")
                if shared.null:
                    columns.append(f"{(column.null if column else None) or 'false'} AS null{n}_{rank}")
        return f"SELECT {', '.join(columns)} FROM {rows.relation.sql(*columns)} AS source"


def _kind(column: Column) -> tuple[str, str | None, bool]:
    return column.kind, column.nested, column.null is None


def _ranks(columns: Sequence[Column], shared: Sequence[Column]) -> list[int] | None:
    """The rank of each column among shared ones of the same kinds in the same order; None if one is missing."""
    ranks: list[int] = []
    for column in columns:
        start = ranks[-1] + 1 if ranks else 0
        rank = next((rank for rank in range(start, len(shared)) if _kind(shared[rank]) == _kind(column)), None)
        if rank is None:
            return None
        ranks.append(rank)
    return ranks


def _joined(numbers: Sequence[int], opened: Sequence[Opened]) -> tuple[Rows, Resolved]:
    """The rows of all those files, with the number of each in `scenario_file`."""
    files = [opened[number] for number in numbers]
    shapes = [[numbers[index] for index in group] for group in groups(files)]
    sample = files[0]
    if len(shapes) == 1:
        return sample.table.rows_of([opened_file.table.file for opened_file in files], numbers[0]), sample.resolved
    shared_columns = _SharedColumns()
    for shape in shapes:
        shared_columns.add(opened[shape[0]])
    selects = []
    for shape in shapes:
        table = opened[shape[0]].table
        if len(shape) == 1:
            rows, number = table.rows(), f"CAST({shape[0]} AS INTEGER)"
        else:
            rows, number = table.rows_of([opened[n].table.file for n in shape], shape[0]), "scenario_file"
        selects.append(shared_columns.select(rows, number, opened[shape[0]].resolved))
    untyped = sample.table.rows().untyped
    relation = Relation("*", f"({' UNION ALL '.join(selects)})")
    return Rows(relation, (), broken="broken", line="line", untyped=untyped), shared_columns.resolved(sample.resolved)


def read_together(
    con: duckdb.DuckDBPyConnection, target: Target, numbers: list[int], opened: Sequence[Opened]
) -> list[int] | None:
    """Stages the files and returns the number of rows of each; None, with nothing staged, if the query fails."""
    rows, columns = _joined(numbers, opened)
    con.execute("BEGIN")
    try:
        con.execute(insert_sql(target, "scenario_file", rows, columns))
        rows_by_file = con.execute(
            f"SELECT file, count(*), max(rowid) - min(rowid) + 1, count(*) FILTER (reason = '{BROKEN_LINE}')"
            f" FROM {target.table} WHERE file BETWEEN {numbers[0]} AND {numbers[-1]} GROUP BY file"
        ).fetchall()
    except duckdb.Error:
        con.execute("ROLLBACK")
        return None
    # The rows of a file are next to one another, in order, so their lines can be found again.
    if any(count != extent or broken for _, count, extent, broken in rows_by_file):
        con.execute("ROLLBACK")
        return None
    con.execute("COMMIT")
    counts = {file: count for file, count, _, _ in rows_by_file}
    return [counts.get(number, 0) for number in numbers]


def _can_share_query(left: Opened, right: Opened) -> bool:
    return (
        left.table.shape is not None
        and left.table.shape == right.table.shape
        and left.source is right.source
        and left.clock == right.clock
        and left.resolved == right.resolved
        and left.table.picks == right.table.picks
        and bool(left.table.names) == bool(right.table.names)
    )
