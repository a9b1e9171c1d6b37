"""Replaces Spark in tests without Java: hands out pieces of an export, shuffles, sorts, and keeps states.

It calls the functions that Spark calls, on the same Arrow batches and rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Unpack
from zlib import crc32

import duckdb
import pyarrow as pa
from pyspark.sql import Row

from scenario_cli import spark as public
from scenario_cli.events.decoding import COLUMNS, event_reader
from scenario_cli.events.errors import ExportError
from scenario_cli.events.pieces import PieceFacts
from scenario_cli.hosts.spark.columns import EVENTS, FACTS, LAST, ORDER, PEOPLE, prefixed
from scenario_cli.hosts.spark.job import ReplaySpan, Shipped, SparkJob
from scenario_cli.hosts.spark.processor import ContactProcessor, packed_table
from scenario_cli.hosts.spark.reading import BLOCK, FILE, Role, Source, facts_of, reader
from scenario_cli.hosts.spark.replaying import SUMMARY, contact_logs, replayer

_ORDERING = ", ".join(f"{name} NULLS {'LAST' if name in LAST else 'FIRST'}" for name in ORDER)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def job_of(project: Path, has_contacts: bool = True, **reading: Unpack[public.Reading]) -> SparkJob:
    """The job of a replay of all live and draft scenarios, with rows."""
    return public._job(project, (), has_contacts, reading, rows=True)[1]


def pieces(lines: Sequence[str], cuts: Sequence[int]) -> list[pa.RecordBatch]:
    """The lines of a file in Spark's pieces, cut before some lines."""
    bounds = [0, *sorted(set(cuts) - {0, len(lines)}), len(lines)]
    return [
        pa.RecordBatch.from_pydict(
            {"value": lines[start:end], FILE: ["file"] * (end - start), BLOCK: [start] * (end - start)}
        )
        for start, end in pairwise(bounds)
    ]


def read(job: SparkJob, role: Role, batches: Sequence[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """The tasks' output for the pieces of one side, each a partition of its own."""
    task = reader(Shipped(job), Source(role, "lines", {"file": 0}))
    return [rows for batch in batches for rows in task(iter(batch.slice(i, 3) for i in range(0, batch.num_rows, 3)))]


def replayed(job: SparkJob, batches: Sequence[pa.RecordBatch], until: int, partitions: int) -> list[tuple[Any, ...]]:
    """The rows of the plan, from the tasks' output for all pieces."""
    facts = {EVENTS: PieceFacts(), PEOPLE: PieceFacts()}
    for batch in batches:
        for row in batch.select(["kind", "role", "facts"]).to_pylist():
            if row["kind"] == FACTS:
                piece_facts = facts_of(row["facts"])
                if isinstance(piece_facts, ExportError):
                    raise piece_facts
                facts[row["role"]].add(piece_facts)
    first = min((rows.first for rows in facts[EVENTS].usable.values()), default=None)
    layout = job.events.target.layout
    with _database().cursor() as con:
        con.register("everything", pa.Table.from_batches(batches))
        columns = ", ".join((*COLUMNS, *prefixed(layout, "e")))
        for_all = con.execute(
            f"SELECT {columns} FROM everything WHERE kind = {EVENTS} AND contact IS NULL ORDER BY {_ORDERING}"
        ).fetchall()
        rows = con.sql(f"SELECT * FROM everything WHERE contact IS NOT NULL ORDER BY {_ORDERING}").to_arrow_table()
    span = ReplaySpan(None, until, first, event_reader(layout)(for_all), facts[EVENTS].longest)
    owners = [crc32(contact.encode()) % partitions for contact in rows.column("contact").to_pylist()]
    found_rows: list[tuple[Any, ...]] = []
    for number in range(partitions):
        part = rows.filter(pa.array([owner == number for owner in owners], pa.bool_()))
        for batch in replayer(Shipped(job), span)(iter(part.to_batches(max_chunksize=4))):
            found_rows += [
                tuple(row.values())
                for row in batch.drop_columns([SUMMARY]).to_pylist()
                if batch.column(SUMMARY)[0].as_py() is None
            ]
    return found_rows


class Stream:
    """Spark's part in a stream: states and timers of contacts, and the watermark, which each batch advances."""

    def __init__(self, job: SparkJob, begins: int) -> None:
        self.job, self.begins = job, begins
        self._shipped: tuple[SparkJob, Shipped] | None = None
        self.states: dict[str, tuple[Any, ...]] = {}
        self.timers: set[tuple[str, int]] = set()
        self.watermark = 0  # milliseconds

    def first_states(self, contact_rows: Sequence[tuple[str, bytes]]) -> None:
        """Gives the contacts of the table their first states."""
        for contact, data in contact_rows:
            processor = self._processor(contact)
            processor.handleInitialState((contact,), Row(contact=contact, contact_row=data), _Timers(self.watermark))

    def batch(self, rows: Sequence[Row], watermark: int) -> Iterator[tuple[Any, ...]]:
        """Hands rows to their contacts, fires due timers, and then advances the watermark."""
        by_contact: dict[str, list[Row]] = {}
        for row in rows:
            by_contact.setdefault(row.contact, []).append(row)
        for contact, own in by_contact.items():
            output = self._processor(contact).handleInputRows((contact,), iter(own), _Timers(self.watermark))
            yield from (tuple(row) for row in output)
        for contact, timer in sorted(self.timers):
            if timer <= self.watermark and (contact, timer) in self.timers:
                self.timers.discard((contact, timer))
                processor = self._processor(contact)
                output = processor.handleExpiredTimer((contact,), _Timers(self.watermark), _Expired(timer))
                yield from (tuple(row) for row in output)
        self.watermark = max(self.watermark, watermark)

    def _processor(self, contact: str) -> ContactProcessor:
        if self._shipped is None or self._shipped[0] is not self.job:  # Spark ships a job once, too
            self._shipped = self.job, Shipped(self.job)
        processor = ContactProcessor(self._shipped[1], None, self.begins)
        processor.init(_Handle(self, contact))
        return processor


class _Handle:
    def __init__(self, stream: Stream, contact: str) -> None:
        self._stream, self._contact = stream, contact

    def getValueState(self, name: str, schema: str) -> _Handle:
        return self

    def exists(self) -> bool:
        return self._contact in self._stream.states

    def get(self) -> tuple[Any, ...]:
        return self._stream.states[self._contact]

    def update(self, value: tuple[Any, ...]) -> None:
        self._stream.states[self._contact] = value

    def registerTimer(self, expiryTimestampMs: int) -> None:
        self._stream.timers.add((self._contact, expiryTimestampMs))

    def deleteTimer(self, expiryTimestampMs: int) -> None:
        self._stream.timers.discard((self._contact, expiryTimestampMs))


class _Timers:
    def __init__(self, watermark: int) -> None:
        self._watermark = watermark

    def getCurrentWatermarkInMs(self) -> int:
        return self._watermark


class _Expired:
    def __init__(self, timer: int) -> None:
        self._timer = timer

    def getExpiryTimeInMs(self) -> int:
        return self._timer


def stream_rows(batches: Sequence[pa.RecordBatch]) -> list[Row]:
    """Rows of events in the form that Spark hands to a processor."""
    return [Row(**row) for batch in batches for row in batch.to_pylist() if row["kind"] == EVENTS and row["contact"]]


def contact_rows(job: SparkJob, batches: Sequence[pa.RecordBatch]) -> list[tuple[str, bytes]]:
    """Each contact with its rows of the contacts table, packed for the first state."""
    with _database().cursor() as con:
        con.register("everything", pa.Table.from_batches(batches))
        rows = con.sql(f"SELECT * FROM everything WHERE contact IS NOT NULL ORDER BY {_ORDERING}").to_arrow_table()
    return [(log.contact_id, packed_table(log)) for log, _ in contact_logs(job, iter(rows.to_batches()), 0)]
