"""Turns the rows of an export that Spark reads, partition by partition, into rows to shuffle. Runs in Spark's Python
workers.

Each partition is written to files in a temporary folder, in the export's format, and read from there by the same code
as an export on disk. So memory stays flat, and a value means the same.
"""

from __future__ import annotations

import pickle
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from scenario_cli.events.errors import ExportError
from scenario_cli.events.pieces import PLACE, Piece, read_piece
from scenario_cli.hosts.spark.columns import EVENTS, FACTS, PEOPLE, prefixed, shuffled
from scenario_cli.hosts.spark.job import Shipped, Side

Role = Literal["events", "people"]
Form = Literal["lines", "texts", "typed"]

# Columns for the source of a row; the last column only if Spark numbers the rows of a file itself.
FILE, BLOCK, ROW = "scenario_file", "scenario_block", "scenario_row"


@dataclass(frozen=True, slots=True)
class Source:
    """The form in which Spark reads one side of an export, and the ranks of its files in the order of reading.

    `lines` are JSON lines in a column `value`, `texts` the columns of a CSV file, `typed` columns with types. Without
    `files` the rows come from a data frame, which has no order.
    """

    role: Role
    form: Form
    files: Mapping[str, int] = field(default_factory=dict)


def reader(shipped: Shipped, source: Source) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function for `DataFrame.mapInArrow`."""

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        job = shipped.value
        names = shuffled(job.events.target.layout, job.people.target.layout)
        arrow = _arrow_schema(names)
        with tempfile.TemporaryDirectory(prefix="scenario-") as folder, ExitStack() as reading:
            spool = _spooled(batches, source, Path(folder))
            side: Side = getattr(job, source.role)
            if not spool.files:
                return
            part = replace(side.part, sources=tuple(map(str, spool.files)))
            part = replace(part, access=replace(part.access, checked_files=dict.fromkeys(part.sources, "the export")))
            try:
                piece = reading.enter_context(read_piece(part, side.target, Path(folder) / "read"))
                yield _facts(arrow, source, piece.facts)
                for batch in piece.batches():
                    yield _placed(batch, arrow, piece, source, spool)
            except ExportError as error:
                yield _facts(arrow, source, error)

    return read


def facts_of(data: bytes) -> Any:
    """The facts about a piece, or the `ExportError` that stopped its reading."""
    return pickle.loads(data)


@dataclass(slots=True)
class _Spool:
    """The files of a partition, and the runs of its rows: each begins at a row, which belongs to a file by rank."""

    files: list[Path] = field(default_factory=list)
    runs: list[tuple[int, int, int]] = field(default_factory=list)

    def place(self, row: int) -> tuple[int, int]:
        """The rank of the file that a row comes from, and its number in the file."""
        first, file, number = self.runs[bisect_right(self.runs, row, key=lambda run: run[0]) - 1]
        return file, number + row - first


def _spooled(batches: Iterator[pa.RecordBatch], source: Source, folder: Path) -> _Spool:
    """Writes a partition to files, a file for each file that its rows come from."""
    spool, rows, last, writer = _Spool(), 0, None, None
    for batch in batches:
        for piece, file, block, number in _by_file(batch, source):
            if (file, block) != last:
                if last is None or file != last[0]:
                    if writer is not None:
                        writer.close()
                    spool.files.append(folder / f"{len(spool.files)}{_ENDINGS[source.form]}")
                    writer = _WRITERS[source.form](spool.files[-1], piece.schema)
                spool.runs.append((rows, source.files.get(file, 0), number if number is not None else block))
                last = (file, block)
            assert writer is not None
            writer.write(piece)
            rows += piece.num_rows
    if writer is not None:
        writer.close()
    return spool


def _by_file(batch: pa.RecordBatch, source: Source) -> Iterator[tuple[pa.RecordBatch, str, int, int | None]]:
    """Stretches of rows of one file and block, each with the file, the block, and its first row's number if known."""
    if batch.num_rows == 0:
        return
    if FILE not in batch.schema.names:
        yield batch, "", 0, None
        return
    files, blocks = batch.column(FILE), batch.column(BLOCK)
    numbers = batch.column(ROW) if ROW in batch.schema.names else None
    content = batch.drop_columns([name for name in (FILE, BLOCK, ROW) if name in batch.schema.names])
    changes = pc.or_(pc.not_equal(files[1:], files[:-1]), pc.not_equal(blocks[1:], blocks[:-1]))
    starts = [0, *(index + 1 for index in pc.indices_nonzero(changes).to_pylist()), batch.num_rows]
    for start, end in pairwise(starts):
        number = numbers[start].as_py() if numbers is not None else None
        yield content.slice(start, end - start), files[start].as_py(), blocks[start].as_py(), number


class _Lines:
    """Writes a column of lines as they are."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("wb")

    def write(self, batch: pa.RecordBatch) -> None:
        self._file.writelines(line + b"\n" for line in batch.column(0).cast(pa.binary()).to_pylist())

    def close(self) -> None:
        self._file.close()


class _Typed:
    """Writes columns with their types."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pa.parquet.ParquetWriter(path, schema, compression="none", use_dictionary=False)

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()


_KINDS = {"events": EVENTS, "people": PEOPLE}
_ENDINGS: Mapping[Form, str] = {"lines": ".jsonl", "texts": ".csv", "typed": ".parquet"}
_WRITERS: Mapping[Form, Any] = {"lines": _Lines, "texts": pa.csv.CSVWriter, "typed": _Typed}


def _arrow_schema(columns: Mapping[str, str]) -> pa.Schema:
    return pa.schema([(name, _ARROW[kind]) for name, kind in columns.items()])


_ARROW: Mapping[str, pa.DataType] = {
    "tinyint": pa.int8(), "int": pa.int32(), "long": pa.int64(), "double": pa.float64(), "boolean": pa.bool_(),
    "string": pa.string(), "binary": pa.binary(), "array<string>": pa.list_(pa.string()),
    "decimal(38,0)": pa.decimal128(38, 0),
}  # fmt: skip


def _facts(schema: pa.Schema, source: Source, facts: Any) -> pa.RecordBatch:
    values = {"kind": [FACTS], "role": [_KINDS[source.role]], "facts": [pickle.dumps(facts)]}
    return _batch(schema, {name: pa.array(value, schema.field(name).type) for name, value in values.items()}, 1)


def _placed(batch: pa.RecordBatch, schema: pa.Schema, piece: Piece, source: Source, spool: _Spool) -> pa.RecordBatch:
    """The rows of a piece with all columns of the shuffle."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    places = [spool.place(row) for row in columns.pop("place").to_pylist()]
    prefix = source.role[0]
    named = {name: columns[name] for name in (*PLACE[:1], "contact", "code", "instant", "event_id", "nulls")}
    layout = piece.target.layout
    own = {new: columns[old] for new, old in zip(prefixed(layout, prefix), layout.columns, strict=True)}
    filled = {
        "kind": pa.array([_KINDS[source.role]] * batch.num_rows, pa.int8()),
        "file": pa.array([file for file, _ in places], pa.int32()),
        "row": pa.array([row for _, row in places], pa.int64()),
        **({} if source.files else {"tie": columns["event_id"]}),
    }
    return _batch(schema, {**named, **own, **filled}, batch.num_rows)


def _batch(schema: pa.Schema, columns: Mapping[str, pa.Array], rows: int) -> pa.RecordBatch:
    """A batch with every column of the schema; those that are not given are empty."""
    arrays = [
        columns[field.name].cast(field.type) if field.name in columns else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
